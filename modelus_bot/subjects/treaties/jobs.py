"""Closes proposals that nobody answered within fourteen days."""

from __future__ import annotations

from dataclasses import replace

from loguru import logger

from modelus_bot.jobs.loop import Job
from modelus_bot.subjects.treaties.queries import due_proposals
from modelus_bot.subjects.treaties.writes.expiring import ExpireTreaty

__all__ = ["TreatyExpiry"]


class TreatyExpiry(Job):
    """Looks every ten minutes; each proposal is closed once, under its number."""

    name = "treaty_expiry"
    interval = 600.0

    async def run(self) -> None:
        """Close what is over."""
        at = self.context().at
        closed = [
            number
            for number in await self.bot.db.read(due_proposals, at)
            if await self.bot.db.write(
                ExpireTreaty(treaty_id=number), replace(self.context(str(number)), at=at)
            )
        ]
        if closed:
            logger.bind(closed=len(closed)).info("treaties_expired")
