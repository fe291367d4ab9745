"""Brings nations back whose leave is over."""

from __future__ import annotations

from loguru import logger

from modelus_bot.jobs.loop import Job
from modelus_bot.subjects.nations.writes.archiving import EndLeaves

__all__ = ["NationLeaves"]


class NationLeaves(Job):
    """Looks every ten minutes."""

    name = "nation_leaves"
    interval = 600.0

    async def run(self) -> None:
        """Bring them back."""
        back = await self.bot.db.write(EndLeaves(), self.context())
        if back:
            logger.bind(nations=len(back)).info("nation_leaves_ended")
