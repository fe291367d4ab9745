"""Looks at every open task once a day."""

from __future__ import annotations

from loguru import logger

from modelus_bot.jobs.loop import Job
from modelus_bot.subjects.tasks.writes.checking import CHECK, CheckTasks

__all__ = ["TaskCheck"]


class TaskCheck(Job):
    """Looks every half minute whether a day of tasks has begun; what was missed is caught up on once."""

    name = CHECK
    interval = 30.0

    async def run(self) -> None:
        """Check the day that tasks are in; the record of the run says whether that was done."""
        report = await self.bot.db.write(CheckTasks(), self.context())
        if report is not None:
            logger.bind(day=str(report.day), changed=report.changed, told=report.told).info("tasks_checked")
