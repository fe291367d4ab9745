"""Figures: what finished operations add up to."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

from modelus_bot.database.core.errors import ConstraintViolated, DatabaseBusy, DatabaseError, DeadlineExceeded
from modelus_bot.database.core.operation import Query
from modelus_bot.database.core.operation_event import OperationEvent
from modelus_bot.database.health.rolling import Rolling
from modelus_bot.database.health.statements.statistics import StatementStatistics

__all__ = ["Figures"]


class Figures:
    """Counts and latencies of operations; ``clock`` gives seconds and never goes back.

    ``waits`` are how long short queries waited, ``long_waits`` how long those did that have a reader of
    their own.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with none."""
        self.clock = clock
        self.reads, self.writes = Rolling(clock), Rolling(clock)
        self.waits, self.long_waits = Rolling(clock), Rolling(clock)
        self.counts: Counter[str] = Counter()
        self.slow_operations: Counter[str] = Counter()
        self.statements = StatementStatistics()

    @property
    def mean_group(self) -> float:
        """How many writes one COMMIT carries on average."""
        return self.counts["grouped"] / self.counts["groups"] if self.counts["groups"] else 0.0

    def count(self, event: OperationEvent, at: float) -> None:
        """Count an operation that ended ``at`` that moment of the clock, none before an earlier one."""
        operation = event.operation
        if isinstance(operation, Query):
            self.reads.take(event.seconds, at)
            (self.long_waits if operation.long else self.waits).take(event.seconds - event.ran, at)
        else:
            self.writes.take(event.seconds, at)
        self.statements.add(event.steps)
        self.counts[event.kind] += 1
        if event.repeated:
            self.counts["repeated"] += 1
        if event.error is not None:
            self._count_failure(event, event.error)

    def _count_failure(self, event: OperationEvent, error: BaseException) -> None:
        if not isinstance(error, DatabaseError) or isinstance(error, ConstraintViolated):
            self.counts["refused"] += 1
            return
        self.counts["failures"] += 1
        (self.reads if event.kind == "read" else self.writes).fail()
        if isinstance(error, DeadlineExceeded | DatabaseBusy):
            self.counts[_lateness(event)] += 1


def _lateness(event: OperationEvent) -> str:
    """Say which deadline an operation has missed."""
    operation = event.operation
    if isinstance(operation, Query):
        return "too_late_reports" if operation.long else "too_late_reads"
    return "too_late_writes"
