"""Sends due notices as direct messages; what cannot be delivered is tried later and told in the channel."""

from __future__ import annotations

import time

import aiohttp
import discord
from loguru import logger

from modelus_bot.domain.notifications import MarkDelivered, MarkFailed, Notice, due_notices
from modelus_bot.jobs.loop import Job
from modelus_bot.ui import embeds

__all__ = ["Outbox"]

BATCH = 20
PAUSES = (60, 300, 1800, 7200, 43200)
"""Seconds until the next try after each failure; then every twelve hours, for at most ten tries."""
TRIES = 10


class Outbox(Job):
    """Looks every five seconds and sends a bounded batch, oldest first."""

    name = "outbox"
    interval = 5.0

    async def run(self) -> None:
        """Send what is due."""
        if not self.bot.is_ready():
            return
        for notice in await self.bot.db.read(due_notices, int(time.time()), BATCH):
            await self._deliver(notice)

    async def _deliver(self, notice: Notice) -> None:
        try:
            user = self.bot.get_user(notice.user_id) or await self.bot.fetch_user(notice.user_id)
            await user.send(embed=embeds.info(notice.title, notice.message))
        except (discord.Forbidden, discord.NotFound) as error:
            await self._unreachable(notice, error)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            await self._retry_later(notice, error)
        else:
            await self.bot.db.write(MarkDelivered(ids=(notice.id,)), self.context(f"sent:{notice.id}"))

    async def _unreachable(self, notice: Notice, error: discord.HTTPException) -> None:
        """Tell somebody whose direct messages are closed in the duty channel instead, without the text."""
        channel = self.bot.get_channel(self.bot.settings.server.duty_channel_id or 0)
        if isinstance(channel, discord.abc.Messageable):
            await channel.send(
                f"<@{notice.user_id}>: there is a notice for you, but your direct messages are closed."
                f" “{notice.title}”"
            )
            await self.bot.db.write(MarkDelivered(ids=(notice.id,)), self.context(f"sent:{notice.id}"))
            return
        await self._retry_later(notice, error)

    async def _retry_later(self, notice: Notice, error: Exception) -> None:
        pause = PAUSES[min(notice.attempts, len(PAUSES) - 1)]
        if notice.attempts + 1 >= TRIES:
            pause = 10 * 365 * 86400
            logger.bind(notice=notice.id, error=str(error)).error("notice_given_up")
        text = embeds.clip(str(error) or type(error).__name__, 200)
        await self.bot.db.write(
            MarkFailed(id=notice.id, error=text, retry_at=int(time.time()) + pause),
            self.context(f"failed:{notice.id}:{notice.attempts}"),
        )
