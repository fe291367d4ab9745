"""Sends due notices as direct messages; what cannot be delivered is tried later or told in the channel."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import aiohttp
import discord
from loguru import logger

from modelus_bot.domain.notifications import MarkDelivered, MarkFailed, Notice, due_notices
from modelus_bot.jobs.loop import Job
from modelus_bot.os_errors import in_words
from modelus_bot.ui import embeds

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["Outbox"]

BATCH = 20
PAUSES = (60, 300, 1800, 7200, 43200)
"""Seconds until the next try after each failure; then every twelve hours, for at most ten tries."""
TRIES = 10
NEVER = 10 * 365 * 86400
"""Seconds until a notice that was given up would be tried again."""


class Outbox(Job):
    """Looks every five seconds and sends a bounded batch, oldest first."""

    name = "outbox"
    interval = 5.0

    def __init__(self, bot: ModelUsBot) -> None:
        """Start with nothing sent."""
        super().__init__(bot)
        self._sent: set[int] = set()
        """Notices that left but could not be marked yet; they are not sent a second time."""

    async def run(self) -> None:
        """Send what is due."""
        if not self.bot.is_ready():
            return
        for notice in await self.bot.db.read(due_notices, int(time.time()), BATCH):
            if notice.id not in self._sent:
                failed = await self._send(notice)
                if failed is not None:
                    await self._retry_later(notice, failed)
                    continue
            self._sent.add(notice.id)
            await self.bot.db.write(MarkDelivered(ids=(notice.id,)), self.context(f"sent:{notice.id}"))
            self._sent.discard(notice.id)

    async def _send(self, notice: Notice) -> Exception | None:
        """Send a notice to its person, or word of it to the duty channel; return why neither worked."""
        try:
            user = self.bot.get_user(notice.user_id) or await self.bot.fetch_user(notice.user_id)
            await user.send(embed=embeds.info(notice.title, notice.message))
        except (discord.Forbidden, discord.NotFound) as closed:
            return await self._tell_in_channel(notice, closed)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            return error
        return None

    async def _tell_in_channel(self, notice: Notice, closed: Exception) -> Exception | None:
        """Say in the duty channel that somebody's messages are closed, without the text or a ping."""
        channel = self.bot.get_channel(self.bot.settings.server.duty_channel_id or 0)
        if not isinstance(channel, discord.abc.Messageable):
            return closed
        try:
            await channel.send(
                f"<@{notice.user_id}>: there is a notice for you, but your direct messages are closed."
                f" “{notice.title}”"
            )
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            return error
        return None

    async def _retry_later(self, notice: Notice, error: Exception) -> None:
        pause = PAUSES[min(notice.attempts, len(PAUSES) - 1)]
        if notice.attempts + 1 >= TRIES:
            pause = NEVER
            logger.bind(notice=notice.id, error=in_words(error)).error("notice_given_up")
        text = embeds.clip(in_words(error), 200)
        await self.bot.db.write(
            MarkFailed(id=notice.id, error=text, retry_at=int(time.time()) + pause),
            self.context(f"failed:{notice.id}:{notice.attempts}"),
        )
