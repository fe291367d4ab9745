"""Searches: their indexes say what the rows say, in one piece, without words of what is gone."""

from __future__ import annotations

from modelus_bot.database.maintenance.facts import FileFacts
from modelus_bot.database.maintenance.run_request import RunRequest, TaskDecision
from modelus_bot.database.maintenance.task_context import TaskContext
from modelus_bot.database.schema import mend_searches, merge_searches

__all__ = ["Searches"]

SECONDS = 60.0
"""How long either step may hold up writes; a quarter million texts take less than a second."""


class Searches:
    """Compares the index of each search with the rows, and takes out of it what was removed."""

    name = "Searches"
    why = "Lets searches find what is there, and nothing of what was removed."

    def decide(self, facts: FileFacts, order: RunRequest) -> TaskDecision:
        """Always due, since words of what was removed should not stay."""
        return TaskDecision(due=True, because="words of what was removed are taken out")

    async def run(self, work: TaskContext, order: RunRequest) -> str:
        """Do it on the writer's thread."""
        work.tell(self.name)
        mended = await work.on_writer(mend_searches, seconds=SECONDS)
        await work.on_writer(merge_searches, seconds=SECONDS)
        return f"made anew: {', '.join(mended)}" if mended else "in step with the rows"
