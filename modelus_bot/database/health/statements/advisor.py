"""StatementAdvisor: what SQLite does with the statements that were seen, and what would make them cheaper."""

from __future__ import annotations

from modelus_bot.database.health.statements.advice import index_advice
from modelus_bot.database.health.statements.planning import (
    Database,
    StatementExamination,
    examine,
    explain_slow,
)
from modelus_bot.database.health.statements.statistics import StatementStatistics

__all__ = ["StatementAdvisor"]


class StatementAdvisor:
    """Explains statements on the reader for long queries, when somebody looks or one was slow."""

    def __init__(self, db: Database, statistics: StatementStatistics, *, slow: float) -> None:
        """Take who answers, what was seen, and from how many seconds on a statement is slow."""
        self._db = db
        self._statistics = statistics
        self._slow = slow

    async def examine(self) -> StatementExamination:
        """Explain everything that was seen; raises ``DatabaseError`` when SQLite cannot be asked."""
        return await examine(self._db, self._statistics)

    async def explain_slow(self) -> int:
        """Explain slow statements that have no plan yet, a few at a time; returns how many."""
        return await explain_slow(self._db, self._statistics, self._slow)

    def advice(self, found: StatementExamination, *, now: int) -> tuple[str, ...]:
        """Return what is worth doing, the most expensive first; ``now`` in UTC seconds."""
        return index_advice(found, slow=self._slow, now=now)
