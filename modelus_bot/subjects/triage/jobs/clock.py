"""Tells of what is late, wakes what has slept, and passes items on with their duty."""

from __future__ import annotations

from loguru import logger

from modelus_bot.jobs.loop import Job
from modelus_bot.subjects.triage.writes.deadlines import TickClock
from modelus_bot.subjects.triage.writes.handing_over import HandOver

__all__ = ["TriageClock", "TriageHandover"]


class TriageClock(Job):
    """Runs every minute; what it missed while the bot was down it makes up for, once."""

    name = "triage_clock"
    interval = 60.0

    async def run(self) -> None:
        """Take the steps that are due."""
        report = await self.bot.db.write(TickClock(), self.context())
        if report.escalated or report.woken:
            logger.bind(escalated=report.escalated, woken=report.woken).info("triage_clock_ticked")


class TriageHandover(Job):
    """Looks every 30 seconds whether a duty has passed on."""

    name = "triage_handover"
    interval = 30.0

    async def run(self) -> None:
        """Pass items on."""
        moved = await self.bot.db.write(HandOver(), self.context())
        if moved:
            logger.bind(items=moved).info("triage_items_handed_over")
