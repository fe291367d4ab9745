"""Reminds people of turns that begin soon."""

from __future__ import annotations

from loguru import logger

from modelus_bot.jobs.loop import Job
from modelus_bot.subjects.reminders.writes import RemindHolders

__all__ = ["Reminders"]


class Reminders(Job):
    """Looks every minute; with nobody to remind it writes nothing."""

    name = "reminders"
    interval = 60.0

    async def run(self) -> None:
        """Queue what is due."""
        days = self.bot.settings.server.reminder_days
        if not days:
            return
        reminded = await self.bot.db.write(RemindHolders(days_before=days), self.context())
        if reminded:
            logger.bind(notices=reminded).info("holders_reminded")
