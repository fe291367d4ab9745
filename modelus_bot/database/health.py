"""HealthMonitor: counts and latencies of every operation, and the log event each one leaves."""

from __future__ import annotations

import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any, Literal

from loguru import logger

from modelus_bot.database.degradation import Mode
from modelus_bot.database.errors import ConstraintViolated, DatabaseError
from modelus_bot.database.operation import Query, Write

__all__ = ["Failure", "HealthMonitor", "OperationEvent", "Overview", "Percentiles", "percentiles"]

SAMPLES = 4096
"""How many of the latest latencies of each kind the percentiles are taken over."""

Kind = Literal["read", "write", "preview"]


@dataclass(slots=True)
class OperationEvent:
    """One finished operation. ``seconds`` from submitting to the answer, ``ran`` on the thread."""

    kind: Kind
    operation: Write[Any] | Query[..., Any]
    seconds: float
    ran: float
    statements: int
    rows: int
    attempt: int
    group: int
    error: BaseException | None = None
    repeated: bool = False
    request_id: str | None = None
    actor: int | None = None

    @property
    def name(self) -> str:
        """The operation's name: a Write's class, a Query's module and function."""
        return self.operation.name if isinstance(self.operation, Query) else type(self.operation).__name__


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Latencies in milliseconds over the latest samples; None while there are none."""

    count: int
    p50: float | None
    p95: float | None
    p99: float | None
    highest: float | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure as operators look it up: when (UTC seconds), what, under which reference code."""

    at: int
    operation: str
    error_type: str
    reference: str
    detail: str


@dataclass(frozen=True, slots=True)
class Overview:
    """How the database is doing, gathered without touching it."""

    mode: Mode
    write_breaker: str
    read_breaker: str
    cause: str | None
    since: int
    reads: Percentiles
    writes: Percentiles
    read_count: int
    write_count: int
    repeated: int
    refused: int
    failures: int
    retries: int
    queue_depth: int
    mean_group: float
    reopened: int
    slow: tuple[tuple[str, int], ...]
    recent_failures: tuple[Failure, ...]
    path: str
    file_bytes: int | None
    wal_bytes: int | None
    free_bytes: int | None
    synchronous: str
    sqlite_version: str


def percentiles(samples: deque[float]) -> Percentiles:
    """Return nearest-rank percentiles of latencies given in seconds."""
    if not samples:
        return Percentiles(0, None, None, None, None)
    ordered = sorted(samples)

    def rank(share: float) -> float:
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000

    return Percentiles(len(ordered), rank(0.50), rank(0.95), rank(0.99), ordered[-1] * 1000)


@dataclass(slots=True)
class HealthMonitor:
    """Takes an event for each operation; cheap enough to be always on.

    ``slow`` seconds or more are logged always; with ``debug`` every operation is, with its fields.
    """

    slow: float
    debug: bool = False
    started: int = field(default_factory=lambda: int(time.time()))
    reads: deque[float] = field(default_factory=lambda: deque(maxlen=SAMPLES))
    writes: deque[float] = field(default_factory=lambda: deque(maxlen=SAMPLES))
    counts: Counter[str] = field(default_factory=Counter)
    slow_operations: Counter[str] = field(default_factory=Counter)
    recent: deque[Failure] = field(default_factory=lambda: deque(maxlen=20))

    def record(self, event: OperationEvent) -> None:
        """Count a finished operation and leave its log event where one is due."""
        (self.reads if event.kind == "read" else self.writes).append(event.seconds)
        self.counts[event.kind] += 1
        if event.repeated:
            self.counts["repeated"] += 1
        if event.error is not None:
            self._record_failure(event, event.error)
        elif event.seconds >= self.slow:
            self.slow_operations[event.name] += 1
            _bind(event).warning("database_operation_slow")
        elif self.debug:
            _bind(event).bind(fields=_fields(event)).debug("database_operation")

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
                _bind(event).bind(fields=_fields(event), refusal=str(error)).debug("database_operation")
            return
        if isinstance(error, ConstraintViolated):
            self.counts["refused"] += 1
        else:
            self.counts["failures"] += 1
            self.recent.append(
                Failure(int(time.time()), event.name, error.error_type, error.reference, error.detail)
            )
        level = "INFO" if isinstance(error, ConstraintViolated) else "ERROR"
        log = _bind(event).bind(
            reference=error.reference,
            error_type=error.error_type.value,
            severity=error.severity.value,
            code=error.code_name,
            detail=error.detail,
        )
        if self.debug:
            log = log.bind(fields=_fields(event))
        log.log(level, "database_operation_failed")


def _bind(event: OperationEvent) -> Any:
    return logger.bind(
        operation=event.name,
        kind=event.kind,
        milliseconds=round(event.seconds * 1000, 3),
        ran_milliseconds=round(event.ran * 1000, 3),
        statements=event.statements,
        rows=event.rows,
        attempt=event.attempt,
        group=event.group,
        repeated=event.repeated,
        request_id=event.request_id,
        actor=event.actor,
    )


def _fields(event: OperationEvent) -> dict[str, Any] | None:
    return event.operation.model_dump(mode="json") if isinstance(event.operation, Write) else None
