"""HealthMonitor: counts and latencies of every operation, and the log event each one leaves."""

from __future__ import annotations

import functools
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from loguru import logger

from modelus_bot.database.core.errors import ConstraintViolated, DatabaseError
from modelus_bot.database.core.operation_event import Failure, OperationEvent, bound, fields_of
from modelus_bot.database.core.statement_fields import told
from modelus_bot.database.health.environment import NOTHING_KNOWN, Environment
from modelus_bot.database.health.figures import Figures
from modelus_bot.database.health.incidents import Incident
from modelus_bot.database.health.log_rate_limit import Allowance, Spread
from modelus_bot.database.health.rolling import Rolling
from modelus_bot.database.health.tracebacks import Stacks

if TYPE_CHECKING:
    from modelus_bot.database.engine import ModeChange
    from modelus_bot.database.health.samples import HealthSample

__all__ = ["PENDING", "HealthMonitor"]

PENDING = 64
"""How many operations wait at most to be counted."""


@dataclass(slots=True)
class HealthMonitor:
    """Takes an event for each operation, and counts them when somebody asks; cheap enough to be always on.

    ``slow`` seconds or more are logged always, in a storm as a number; with ``debug`` every operation is
    logged, with its fields.
    """

    slow: float
    debug: bool = False
    started: int = field(default_factory=lambda: int(time.time()))
    loop_delays: Rolling = field(default_factory=Rolling)
    """How much later than asked the event loop went on."""
    surroundings: Environment = NOTHING_KNOWN
    incidents: tuple[Incident, ...] = ()
    mode_changes: deque[ModeChange] = field(default_factory=lambda: deque(maxlen=1000))
    """Changes of the mode that nobody has looked at yet."""
    recent: deque[Failure] = field(default_factory=lambda: deque(maxlen=100))
    stacks: Stacks = field(default_factory=Stacks)
    samples: deque[HealthSample] = field(default_factory=lambda: deque(maxlen=960))
    """Those of the last eight hours, for who looks while the database is away."""
    counted: Figures = field(default_factory=Figures)
    """What was added up already; whoever wants to know asks for ``figures``."""
    _uncounted: list[tuple[float, OperationEvent]] = field(default_factory=list)
    """What was recorded since somebody last asked for figures, with the moment at which it was."""
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

    @property
    def figures(self) -> Figures:
        """What operations added up to so far."""
        self._add_up()
        return self.counted

    def record(self, event: OperationEvent) -> None:
        """Keep a finished operation to be counted, and leave its log event where one is due."""
        self._uncounted.append((self.counted.clock(), event))
        if event.error is not None:
            self._record_failure(event, event.error)
        elif event.seconds >= self.slow:
            self.figures.slow_operations[event.name] += 1
            if self.debug or self._slow_records.take(event.name):
                self._spread.do(functools.partial(_log_slow, event))
        elif self.debug:
            bound(event, debug=True).bind(fields=fields_of(event)).debug("database_operation")
        if event.error is not None or len(self._uncounted) >= PENDING:
            self._add_up()

    def _add_up(self) -> None:
        uncounted, self._uncounted = self._uncounted, []
        for at, event in uncounted:
            self.counted.count(event, at)

    def tell_of_storm(self) -> None:
        """Log how many operations were slow besides those that were logged one by one."""
        if counted := self._slow_records.counted():
            logger.bind(operations=counted).warning("database_operations_slow")

    def mode_changed(self, change: ModeChange) -> None:
        """Keep a change of the mode for whoever tells people."""
        self.mode_changes.append(change)

    def group_committed(self, size: int) -> None:
        """Count one COMMIT and the writes it carried."""
        self.counted.counts["groups"] += 1
        self.counted.counts["grouped"] += size

    def retried(self, writes: int) -> None:
        """Count writes that are about to be tried again."""
        self.counted.counts["retries"] += writes

    def _record_failure(self, event: OperationEvent, error: BaseException) -> None:
        if not isinstance(error, DatabaseError):
            if self.debug:
                log = bound(event, debug=True).bind(fields=fields_of(event), refusal=str(error))
                log.debug("database_operation")
            return
        if not isinstance(error, ConstraintViolated):
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
