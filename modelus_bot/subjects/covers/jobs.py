"""Closes cover requests that nobody decided before their sprint ended."""

from __future__ import annotations

from loguru import logger

from modelus_bot.jobs.loop import Job
from modelus_bot.subjects.covers.writes.steps import ExpireCovers

__all__ = ["CoverExpiry"]


class CoverExpiry(Job):
    """Runs every ten minutes; with nothing to close it writes nothing."""

    name = "cover_expiry"
    interval = 600.0

    async def run(self) -> None:
        """Expire what is over."""
        closed = await self.bot.db.write(ExpireCovers(), self.context())
        if closed:
            logger.bind(closed=closed).info("covers_expired")
