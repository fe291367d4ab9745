"""Saves what was counted, and looks once a day at who holds an office but is not heard."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from loguru import logger

from modelus_bot.database import Context, DatabaseError, WriteDeferred
from modelus_bot.domain.calendar import Calendar
from modelus_bot.jobs.loop import Job
from modelus_bot.runtime.tunables import Pause
from modelus_bot.subjects.activity.rules.tally import MessageTally
from modelus_bot.subjects.activity.writes.counting import CountMessages
from modelus_bot.subjects.activity.writes.reporting import CHECK, CheckInactivity

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["FLUSH_EVERY", "ActivityFlush", "InactivityCheck"]

FLUSH_EVERY = Pause(60.0)
"""Seconds after which what was counted is saved, and which a kill loses at most."""
FLUSH_AT = 200
"""Messages at which it is saved before that, at the next look."""
AWAY_EVERY = Pause(600.0)
"""Seconds between batches that are saved for later: the file for that is people's, too."""
LAST_DEADLINE = 2.0
"""Seconds that stopping waits for the last batch."""
LONGEST_NAME = 100


class ActivityFlush(Job):
    """Looks each second whether there is something to save; stopping saves the rest."""

    name = "activity_flush"
    interval = 1.0
    by_the_clock = False

    def __init__(self, bot: ModelUsBot) -> None:
        """Listen to messages from now on."""
        super().__init__(bot)
        self._tally = MessageTally(self._day_of)
        self._batch: tuple[CountMessages, Context] | None = None
        self._not_before = 0.0
        self._saved_at = time.monotonic()
        self._told_lost = 0
        bot.messages.listen(self._tally.add)

    async def run(self) -> None:
        """Save a batch if one is due; one that could not be saved goes first, under its own number."""
        now = time.monotonic()
        if self._batch is None and not self._tally.waiting:
            self._saved_at = now
            return
        full = self._tally.waiting >= FLUSH_AT
        if now < self._not_before or not (full or now - self._saved_at >= FLUSH_EVERY.value):
            return
        self._not_before = now + FLUSH_EVERY.value
        if await self._flush(None):
            self._saved_at = time.monotonic()
        self._tell_of_lost()

    async def close(self) -> None:
        """Save the rest, in as many batches as it takes."""
        self.bot.messages.listen(None)
        try:
            while self._batch is not None or self._tally.waiting:
                await self._flush(LAST_DEADLINE)
        except DatabaseError as error:
            logger.bind(messages=self._waiting, reference=error.reference).warning("messages_not_counted")

    @property
    def _waiting(self) -> int:
        batch = sum(count.messages for count in self._batch[0].counts) if self._batch is not None else 0
        return batch + self._tally.waiting

    async def _flush(self, deadline: float | None) -> bool:
        """Save one batch; True when it is in the database or saved for later."""
        if self._batch is None:
            self._batch = self._taken()
        write, context = self._batch
        try:
            await self.bot.db.write(write, replace(context, deadline=deadline))
        except WriteDeferred:
            self._batch, self._not_before = None, time.monotonic() + AWAY_EVERY.value
            return True
        self._batch, self._not_before = None, 0.0
        return True

    def _taken(self) -> tuple[CountMessages, Context]:
        """Make a batch of what was counted first, under a number of its own."""
        counts, names = self._tally.take()
        fitting = {user: _fitting(name) for user, name in names.items()}
        write = CountMessages(counts=counts, names={user: name for user, name in fitting.items() if name})
        return write, self.context(secrets.token_hex(8))

    def _tell_of_lost(self) -> None:
        """Say in the log when messages did not fit into memory."""
        if self._tally.lost > self._told_lost:
            logger.bind(messages=self._tally.lost - self._told_lost).warning("messages_not_counted")
            self._told_lost = self._tally.lost

    def _day_of(self, at: int) -> date:
        return Calendar(self.bot.settings.server.timezone).day_of(at)


def _fitting(name: str) -> str:
    """Return a name as the members' table takes it, or nothing: one odd name may not cost a batch."""
    return name.encode("utf-8", "replace").decode().strip()[:LONGEST_NAME].strip()


class InactivityCheck(Job):
    """Looks every half minute whether a day has begun; what was missed is caught up on once."""

    name = CHECK
    interval = 30.0

    async def run(self) -> None:
        """Look at the day; the record of the run says whether that was done."""
        settings = self.bot.settings.activity
        write = CheckInactivity(
            president_days=settings.president_days, vice_president_days=settings.vice_president_days
        )
        report = await self.bot.db.write(write, self.context())
        if report is not None:
            logger.bind(day=str(report.day), offices=report.offices, items=report.items).info(
                "inactivity_checked"
            )
