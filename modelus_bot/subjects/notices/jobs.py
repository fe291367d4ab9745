"""Sends due notices as direct messages; what cannot be delivered is tried later or told in the channel."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord
from loguru import logger

from modelus_bot.domain.subject import declared
from modelus_bot.jobs.loop import Job
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.runtime.tasks import owned
from modelus_bot.subjects.notices.enclosures import Enclosure
from modelus_bot.subjects.notices.model import Notice
from modelus_bot.subjects.notices.queries import due_notices
from modelus_bot.subjects.notices.writes.outbox import MarkDelivered, MarkFailed
from modelus_bot.ui import cards
from modelus_bot.ui.answering import FAILURES
from modelus_bot.ui.sending import send

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["Outbox"]

BATCH = 20
"""Notices that one person gets in a row."""
AT_ONCE = 10
"""People who are sent to at the same time."""
FOR_ALL = 2.0
"""Seconds a run waits for all of them; it leaves those who take longer to themselves."""
PAUSES = (60, 300, 1800, 7200, 43200)
"""Seconds until the next try after each failure; then every twelve hours, for at most ten tries."""
TRIES = 10
NEVER = 10 * 365 * 86400
"""Seconds until a notice that was given up would be tried again."""
INVALID_RECIPIENT = 50033


class Outbox(Job):
    """Looks every five seconds and sends to several people at once, to each in the order of their notices.

    Whoever does not answer holds up nobody else.
    """

    name = "outbox"
    interval = 5.0

    def __init__(self, bot: ModelUsBot) -> None:
        """Start with nothing sent."""
        super().__init__(bot)
        self._sent: set[int] = set()
        """Notices that left but could not be marked yet; they are not sent a second time."""
        self._serving: dict[int, asyncio.Task[None]] = {}
        """Who is being sent to."""
        self._places = asyncio.Semaphore(AT_ONCE)
        self._enclosures = declared().screens().enclosures

    async def run(self) -> None:
        """Send what is due; raises the first failure of the database."""
        if not self.bot.is_ready():
            return
        due = await self.bot.db.read(due_notices, int(time.time()), BATCH)
        for person, notices in itertools.groupby(due, key=lambda item: item.user_id):
            if person not in self._serving:
                self._serving[person] = owned(self._serve(tuple(notices)), name=f"outbox-{person}")
        if self._serving:
            await asyncio.wait(self._serving.values(), timeout=FOR_ALL)
        ended = {person: task for person, task in self._serving.items() if task.done()}
        for person in ended:
            del self._serving[person]
        failures = [task.exception() for task in ended.values()]
        for failure in filter(None, failures):
            raise failure

    async def close(self) -> None:
        """Stop sending; what left unmarked keeps its nonce, so that it is not shown a second time."""
        for task in self._serving.values():
            task.cancel()
        if self._serving:
            await asyncio.wait(self._serving.values())

    async def _serve(self, notices: Sequence[Notice]) -> None:
        """Send one person's notices in their order, up to the first that fails."""
        async with self._places:
            for number, notice in enumerate(notices):
                failed = None if notice.id in self._sent else await self._send(notice)
                if failed is not None:
                    await self._retry_later(notices[number:], failed)
                    return
                self._sent.add(notice.id)
                await self.bot.db.write(MarkDelivered(ids=(notice.id,)), self.context(f"sent:{notice.id}"))
                self._sent.discard(notice.id)

    async def _send(self, notice: Notice) -> Exception | None:
        """Send a notice to its person, or word of it to the duty channel; return why neither worked.

        A reminder of what has begun or is somebody else's meanwhile is not sent at all.
        """
        try:
            place = await self.bot.mailroom.open(self.bot, notice.user_id)
            added = await self._enclosed(notice)
            if added.outdated:
                logger.bind(notice=notice.id).info("notice_outdated")
                return None
            card = added.on(cards.info(notice.title, notice.message))
            sent = await send(place, key=_key("notice", notice), card=card, view=added.view, file=added.file)
        except FAILURES as error:
            return await self._tell_in_channel(notice, error) if _closed(error) else error
        await added.remember(sent, self.context(f"card:{notice.id}"))
        return None

    async def _enclosed(self, notice: Notice) -> Enclosure:
        """Return what the subject that a notice is about sends with it."""
        make = self._enclosures.get(notice.ref_table or "")
        return await make(self.bot, notice) if make is not None else Enclosure()

    async def _tell_in_channel(self, notice: Notice, closed: Exception) -> Exception | None:
        """Say in the duty channel that somebody's messages are closed, without the text or a ping."""
        channel = self.bot.get_channel(self.bot.settings.server.duty_channel_id or 0)
        if not isinstance(channel, discord.abc.Messageable):
            return closed
        text = (
            f"<@{notice.user_id}>: there is a notice for you, but your direct messages are closed."
            f" “{notice.title}”"
        )
        try:
            await send(channel, key=_key("word", notice), content=text)
        except FAILURES as error:
            return error
        return None

    async def _retry_later(self, notices: Sequence[Notice], error: Exception) -> None:
        """Put off all that wait for somebody, so that they keep their order."""
        first = notices[0]
        pause = PAUSES[min(first.attempts, len(PAUSES) - 1)]
        now = int(time.time())
        text = cards.clip(in_words(error), 200)
        for notice in notices:
            given_up = notice.attempts + 1 >= TRIES
            if given_up:
                logger.bind(notice=notice.id, error=in_words(error)).error("notice_given_up")
            await self.bot.db.write(
                MarkFailed(id=notice.id, error=text, retry_at=now + (NEVER if given_up else pause)),
                self.context(f"failed:{notice.id}:{notice.attempts}"),
            )


def _closed(error: Exception) -> bool:
    """Say whether somebody cannot be written to at all, now or in a minute."""
    if isinstance(error, discord.HTTPException) and error.code == INVALID_RECIPIENT:
        return True
    return isinstance(error, discord.Forbidden | discord.NotFound)


def _key(kind: str, notice: Notice) -> str:
    """Return what makes a message another one, also where a restored database gives a number again."""
    return f"{kind}:{notice.id}:{notice.user_id}:{notice.created_at}:{notice.title}:{notice.message}"
