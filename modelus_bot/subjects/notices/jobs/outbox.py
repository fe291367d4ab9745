"""Sends due notices as direct messages, several to one person at once, several people at a time."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from loguru import logger

from modelus_bot.jobs.loop import Job
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.runtime.tasks import owned
from modelus_bot.runtime.tunables import Tunable
from modelus_bot.subjects.notices.jobs.delivery import CLOSED, Delivery, Departure, Failed, NotThere
from modelus_bot.subjects.notices.model import Parcel
from modelus_bot.subjects.notices.queries import due_people
from modelus_bot.subjects.notices.writes.sending import MarkDelivered, MarkFailed, PackNotices, UnpackNotices
from modelus_bot.ui import cards

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["Outbox"]

AT_ONCE = 10
"""People who are sent to at the same time."""
FOR_ALL = Tunable(2.0)
"""Seconds a run waits for all of them; it leaves those who take longer to themselves."""
PAUSES = (60, 300, 1800, 7200, 43200)
"""Seconds until the next try after each failure; then every twelve hours, for at most ten tries."""
TRIES = 10
FRESH = 5.0
"""Seconds after which what was packed is judged anew: quiet hours may have begun."""


class Outbox(Job):
    """Looks every five seconds and sends to several people at once, to each in the order of their notices.

    Whoever does not answer holds up nobody else.
    """

    name = "outbox"
    interval = 5.0

    def __init__(self, bot: ModelUsBot) -> None:
        """Start with nothing sent."""
        super().__init__(bot)
        self._unmarked: defaultdict[int, list[MarkDelivered]] = defaultdict(list)
        """What left but could not be marked yet, by person; it is not sent a second time."""
        self._serving: dict[int, asyncio.Task[None]] = {}
        """Who is being sent to."""
        self._places = asyncio.Semaphore(AT_ONCE)
        self._delivery = Delivery(bot)

    async def run(self) -> None:
        """Send what is due; raises the first failure of the database."""
        if not self.bot.is_ready():
            return
        for person in await self.bot.db.read(due_people, int(time.time())):
            if person not in self._serving:
                self._serving[person] = owned(self._serve(person), name=f"outbox-{person}")
        if self._serving:
            await asyncio.wait(self._serving.values(), timeout=FOR_ALL.value)
        ended = {person: task for person, task in self._serving.items() if task.done()}
        for person in ended:
            del self._serving[person]
        failures = [task.exception() for task in ended.values()]
        for failure in filter(None, failures):
            raise failure

    async def close(self) -> None:
        """Stop sending; what left unmarked is looked for after the next start, and not sent again."""
        for task in self._serving.values():
            task.cancel()
        if self._serving:
            await asyncio.wait(self._serving.values())

    async def _serve(self, person: int) -> None:
        """Send one person's messages in their order, up to the first that fails."""
        async with self._places:
            await self._mark(person)
            parcels = await self.bot.db.write(PackNotices(user_id=person), self.context())
            packed = time.monotonic()
            for number, parcel in enumerate(parcels):
                if number and time.monotonic() - packed > FRESH:
                    await self._unpack([item for item in parcels[number:] if item.fresh])
                    return
                outcome = await self._delivery.bring(parcel, self.context(f"card:{parcel.number}"))
                if isinstance(outcome, Failed):
                    await self._retry_later(parcel, outcome)
                    await self._unpack([item for item in parcels[number + 1 :] if item.fresh])
                    return
                if isinstance(outcome, NotThere):
                    await self._unpack([parcel])
                    continue
                self._unmarked[person] += map(_mark_of, outcome)
                await self._mark(person)

    async def _mark(self, person: int) -> None:
        """Mark what left, so that nothing of it is sent again."""
        while self._unmarked[person]:
            await self.bot.db.write(self._unmarked[person][0], self.context())
            self._unmarked[person].pop(0)
        del self._unmarked[person]

    async def _unpack(self, parcels: Sequence[Parcel]) -> None:
        """Let notices of messages that did not leave be packed anew."""
        ids = tuple(item.id for parcel in parcels for item in parcel.notices)
        if ids:
            await self.bot.db.write(UnpackNotices(ids=ids), self.context())

    async def _retry_later(self, parcel: Parcel, failed: Failed) -> None:
        """Put a message off; what else waits for the person keeps its place behind it."""
        attempts = max(item.attempts for item in parcel.notices)
        pause = PAUSES[min(attempts, len(PAUSES) - 1)]
        given_up = attempts + 1 >= TRIES
        ids = tuple(item.id for item in parcel.notices)
        if given_up:
            logger.bind(notices=ids, error=in_words(failed.error)).error("notice_given_up")
        write = MarkFailed(
            ids=ids,
            error=cards.clip(in_words(failed.error), 200) or "Discord did not answer",
            retry_at=None if given_up else int(time.time()) + pause,
            arrived=failed.arrived,
        )
        await self.bot.db.write(write, self.context())


def _mark_of(left: Departure) -> MarkDelivered:
    return MarkDelivered(ids=left.ids, way=left.way, error=CLOSED if left.way == "closed" else None)
