"""What every statement costs."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import log2

from modelus_bot.database.core.normalising import normalised
from modelus_bot.database.core.transaction import Step
from modelus_bot.database.health.statements.plan import QueryPlan

__all__ = ["KEPT", "StatementSeen", "StatementStatistics"]

KEPT = 500
"""How many statements are told apart; the one that was not seen for longest makes room for a new one."""
TEXTS = 2000
"""How many texts, before they are normalised, are known at a time."""
FINENESS = 8
"""Classes of latency per doubling: a percentile is at most nine per cent above the true one."""


@dataclass(frozen=True, slots=True)
class StatementSeen:
    """A statement's figures since it was first seen; times in seconds, rows returned or changed.

    ``example`` is the text as it was last run, with its parameters as placeholders.
    """

    text: str
    example: str
    count: int
    total: float
    p99: float
    worst: float
    rows: int
    errors: int

    @property
    def mean(self) -> float:
        """Seconds that one run takes on average."""
        return self.total / self.count


@dataclass(slots=True)
class _Tally:
    text: str
    example: str
    count: int = 0
    total: float = 0.0
    worst: float = 0.0
    rows: int = 0
    errors: int = 0
    seen: int = 0
    classes: dict[int, int] = field(default_factory=dict)

    def percentile(self, share: float) -> float:
        """Return the latency in seconds that ``share`` of the runs did not exceed."""
        left = math.ceil(share * self.count)
        for place, count in sorted(self.classes.items()):
            left -= count
            if left <= 0:
                return min(self.worst, (2 ** ((place + 1) / FINENESS)) / 1e9)
        return self.worst

    def figures(self) -> StatementSeen:
        """Return the figures as they are now."""
        return StatementSeen(
            self.text,
            self.example,
            self.count,
            self.total,
            self.percentile(0.99),
            self.worst,
            self.rows,
            self.errors,
        )


class StatementStatistics:
    """Takes the steps of every operation; memory is bounded by ``kept`` statements.

    What is asked about plans and SQLite's own catalogue is not counted.

    ``since`` is when counting began, in UTC seconds; ``forgotten`` counts statements that made room.
    """

    def __init__(self, kept: int = KEPT, clock: Callable[[], float] = time.time) -> None:
        """Count from now on."""
        self._kept = kept
        self._tallies: dict[str, _Tally] = {}
        self._by_sql: dict[str, _Tally] = {}
        self._ignored = _Tally("", "")
        self._turn = 0
        self._plans: dict[str, QueryPlan] = {}
        self.since = int(clock())
        self.forgotten = 0
        self.used_before: set[str] = set()
        """Indexes in the plans of statements that made room."""

    def seen(self) -> tuple[StatementSeen, ...]:
        """Return the figures of every statement, the one that took most time in all first."""
        figures = [tally.figures() for tally in self._tallies.values()]
        return tuple(sorted(figures, key=lambda figure: -figure.total))

    def plan(self, text: str) -> QueryPlan | None:
        """Return the last plan of a statement; None before somebody asked for it."""
        return self._plans.get(text)

    def keep_plan(self, text: str, plan: QueryPlan) -> None:
        """Remember how SQLite goes about a statement that is known."""
        if text in self._tallies:
            self._plans[text] = plan

    def add(self, steps: Sequence[Step]) -> None:
        """Count the statements of one operation."""
        known = self._by_sql
        self._turn += 1
        for sql, seconds, rows, _, times in steps:
            tally = known.get(sql) or self._tally(sql)
            tally.seen = self._turn
            tally.count += times
            tally.total += seconds
            if rows >= 0:
                tally.rows += rows
            else:
                tally.errors += 1
            each = seconds / times if times > 1 else seconds
            if each > tally.worst:  # noqa: PLR1730 - max() takes twice as long
                tally.worst = each
            place = int(log2(each * 1e9 + 1.0) * FINENESS)
            classes = tally.classes
            classes[place] = classes.get(place, 0) + times

    def _tally(self, sql: str) -> _Tally:
        if sql.startswith("EXPLAIN") or "sqlite_" in sql:
            return self._ignored
        text = normalised(sql)
        tally = self._tallies.get(text)
        if tally is None:
            if len(self._tallies) >= self._kept:
                self._forget_one()
            tally = self._tallies[text] = _Tally(text, sql)
        if len(self._by_sql) >= TEXTS:
            self._by_sql.clear()
        tally.example = sql
        self._by_sql[sql] = tally
        return tally

    def _forget_one(self) -> None:
        oldest = min(self._tallies.values(), key=lambda tally: tally.seen)
        del self._tallies[oldest.text]
        self._by_sql.clear()
        if (plan := self._plans.pop(oldest.text, None)) is not None:
            self.used_before |= plan.indexes
        self.forgotten += 1
