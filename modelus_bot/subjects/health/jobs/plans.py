"""Asks for the plans of slow statements, so that they are known before somebody looks."""

from __future__ import annotations

from modelus_bot.database import Mode
from modelus_bot.database.administration import StatementAdvisor
from modelus_bot.jobs.loop import Job

__all__ = ["Plans"]


class Plans(Job):
    """Looks every minute whether a statement took as long as a slow operation and has no plan yet."""

    name = "plans"
    interval = 60.0
    by_the_clock = False

    async def run(self) -> None:
        """Explain what is new, on the reader for long queries."""
        db = self.bot.db
        if db.mode is not Mode.DEGRADED:
            seen, slow = db.health.figures.statements, db.settings.slow_operation
            await StatementAdvisor(db, seen, slow=slow).explain_slow()
