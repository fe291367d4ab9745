"""Turns the simulation's clock."""

from __future__ import annotations

from loguru import logger

from modelus_bot.jobs.loop import Job
from modelus_bot.subjects.turns.writes import JOB, StepTurn

__all__ = ["TurnJob"]


class TurnJob(Job):
    """Looks every half minute whether a turn is due; those that were missed are made up for in order."""

    name = JOB
    interval = 30.0

    async def run(self) -> None:
        """Step until nothing is due; between two steps everybody else's changes have their turn."""
        while True:
            step = StepTurn(seconds=self.bot.settings.simulation.turn_minutes * 60)
            done = await self.bot.db.write(step, self.context())
            if done is None:
                return
            if done.over:
                logger.bind(turn=done.turn).info("turn_over")
