"""HealthMonitor: counts and latencies of every operation, and the log event each one leaves."""

from __future__ import annotations

import functools
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from loguru import logger

from modelus_bot.database.core.errors import ConstraintViolated, DatabaseBusy, DatabaseError, DeadlineExceeded
from modelus_bot.database.core.operation import Query
from modelus_bot.database.core.operation_event import Failure, OperationEvent, bound, fields_of
from modelus_bot.database.core.statement_fields import told
from modelus_bot.database.health.environment import NOTHING_KNOWN, Environment
from modelus_bot.database.health.incidents import Incident
from modelus_bot.database.health.log_rate_limit import Allowance, Spread
from modelus_bot.database.health.rolling import Rolling
from modelus_bot.database.health.statements.statistics import PENDING, StatementStatistics
from modelus_bot.database.health.tracebacks import Stacks

if TYPE_CHECKING:
    from modelus_bot.database.engine import ModeChange
    from modelus_bot.database.health.samples import HealthSample

__all__ = ["HealthMonitor"]


@dataclass(slots=True)
class HealthMonitor:
    """Takes an event for each operation; cheap enough to be always on.

    ``slow`` seconds or more are logged always, in a storm as a number; with ``debug`` every operation is
    logged, with its fields.
    """

    slow: float
    debug: bool = False
    started: int = field(default_factory=lambda: int(time.time()))
    reads: Rolling = field(default_factory=Rolling)
    writes: Rolling = field(default_factory=Rolling)
    waits: Rolling = field(default_factory=Rolling)
    """How long short queries waited."""
    long_waits: Rolling = field(default_factory=Rolling)
    """How long those waited that have the reader for long queries."""
    loop_delays: Rolling = field(default_factory=Rolling)
    """How much later than asked the event loop went on."""
    surroundings: Environment = NOTHING_KNOWN
    incidents: tuple[Incident, ...] = ()
    mode_changes: deque[ModeChange] = field(default_factory=lambda: deque(maxlen=1000))
    """Changes of the mode that nobody has looked at yet."""
    counts: Counter[str] = field(default_factory=Counter)
    slow_operations: Counter[str] = field(default_factory=Counter)
    statements: StatementStatistics = field(default_factory=StatementStatistics)
    recent: deque[Failure] = field(default_factory=lambda: deque(maxlen=100))
    stacks: Stacks = field(default_factory=Stacks)
    samples: deque[HealthSample] = field(default_factory=lambda: deque(maxlen=960))
    """Those of the last eight hours, for who looks while the database is away."""
    _spread: Spread = field(default_factory=Spread)
    _slow_records: Allowance = field(default_factory=Allowance)

    def apply(self, slow: float, *, debug: bool) -> None:
        """Go on with an edited limit and level."""
        self.slow, self.debug = slow, debug

    def note_surroundings(self, found: Environment) -> None:
        """Keep how things are around the database."""
        self.surroundings = found

    def note_incidents(self, found: tuple[Incident, ...]) -> None:
        """Keep what is wrong at present."""
        self.incidents = found

    def record(self, event: OperationEvent) -> None:
        """Count a finished operation and leave its log event where one is due."""
        operation = event.operation
        if isinstance(operation, Query):
            seconds, now = event.seconds, self.reads.clock()
            self.reads.take(seconds, now)
            (self.long_waits if operation.long else self.waits).take(seconds - event.ran, now)
        else:
            self.writes.add(event.seconds)
        steps = self.statements.waiting
        steps.append(event.steps)
        if len(steps) >= PENDING:
            self.statements.add_up()
        self.counts[event.kind] += 1
        if event.repeated:
            self.counts["repeated"] += 1
        if event.error is not None:
            self._record_failure(event, event.error)
        elif event.seconds >= self.slow:
            self.slow_operations[event.name] += 1
            if self.debug or self._slow_records.take(event.name):
                self._spread.do(functools.partial(_log_slow, event))
        elif self.debug:
            bound(event, debug=True).bind(fields=fields_of(event)).debug("database_operation")

    def tell_of_storm(self) -> None:
        """Log how many operations were slow besides those that were logged one by one."""
        if counted := self._slow_records.counted():
            logger.bind(operations=counted).warning("database_operations_slow")

    def mode_changed(self, change: ModeChange) -> None:
        """Keep a change of the mode for whoever tells people."""
        self.mode_changes.append(change)

    def group_committed(self, size: int) -> None:
        """Count one COMMIT and the writes it carried."""
        self.counts["groups"] += 1
        self.counts["grouped"] += size

    def retried(self, writes: int) -> None:
        """Count writes that are about to be tried again."""
        self.counts["retries"] += writes

    def mean_group(self) -> float:
        """How many writes one COMMIT carries on average."""
        return self.counts["grouped"] / self.counts["groups"] if self.counts["groups"] else 0.0

    def _record_failure(self, event: OperationEvent, error: BaseException) -> None:
        if not isinstance(error, DatabaseError):
            self.counts["refused"] += 1
            if self.debug:
                log = bound(event, debug=True).bind(fields=fields_of(event), refusal=str(error))
                log.debug("database_operation")
            return
        if isinstance(error, ConstraintViolated):
            self.counts["refused"] += 1
        else:
            self.counts["failures"] += 1
            (self.reads if event.kind == "read" else self.writes).fail()
            if isinstance(error, DeadlineExceeded | DatabaseBusy):
                self.counts[_lateness(event)] += 1
            self.recent.append(
                Failure(
                    int(time.time()),
                    event.name,
                    error.error_type,
                    error.reference,
                    error.detail,
                    error.code_name or "",
                    event.attempt,
                    tuple(item["statement"] for item in told(event.steps)),
                )
            )
        stack = self.stacks.of(error)
        self._spread.do(functools.partial(_log_failure, event, error, stack, debug=self.debug))


def _log_slow(event: OperationEvent) -> None:
    bound(event).warning("database_operation_slow")


def _log_failure(event: OperationEvent, error: DatabaseError, stack: str, *, debug: bool) -> None:
    level = "INFO" if isinstance(error, ConstraintViolated) else "ERROR"
    log = bound(event, debug=debug).bind(
        reference=error.reference,
        error_type=error.error_type.value,
        severity=error.severity.value,
        code=error.code_name,
        detail=error.detail,
        stack=stack,
    )
    if debug:
        log = log.bind(fields=fields_of(event))
    log.log(level, "database_operation_failed")


def _lateness(event: OperationEvent) -> str:
    """Say which deadline an operation has missed."""
    operation = event.operation
    if isinstance(operation, Query):
        return "too_late_reports" if operation.long else "too_late_reads"
    return "too_late_writes"
