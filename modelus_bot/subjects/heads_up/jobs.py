"""Tells of the next hand-over at the end of the last working day before it."""

from __future__ import annotations

from loguru import logger

from modelus_bot.jobs.loop import Job
from modelus_bot.subjects.heads_up.writes import TellHeadsUp

__all__ = ["HeadsUp"]


class HeadsUp(Job):
    """Looks every minute; with nobody to tell it writes nothing."""

    name = "heads_up"
    interval = 60.0

    async def run(self) -> None:
        """Queue what is due."""
        minute = self.bot.settings.server.heads_up_minute
        told = await self.bot.db.write(TellHeadsUp(minute=minute), self.context())
        if told:
            logger.bind(notices=told).info("heads_up_told")
