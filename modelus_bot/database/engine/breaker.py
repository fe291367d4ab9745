"""Modes and the circuit breaker: when to stop asking an unwell database, and when to ask again."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from enum import StrEnum

from modelus_bot.database.core.errors import (
    DatabaseError,
    DatabaseUnavailable,
    SchemaMismatch,
)

__all__ = ["BreakerState", "CircuitBreaker", "Mode", "mode_for"]


class Mode(StrEnum):
    """How much of the database can be used."""

    NORMAL = "normal"
    READ_ONLY = "read_only"
    DEGRADED = "degraded"


class BreakerState(StrEnum):
    """Closed lets everything through, open nothing, half-open one operation to find out."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class CircuitBreaker:
    """Opens after ``failures`` failures of the environment in a row and probes with growing pauses.

    Failures that are the operation's own (a broken rule, a wrong statement, a query that takes too
    long) do not count; one of the ``conclusive`` classes opens it by itself. Pauses double from
    ``first`` to ``cap`` seconds.
    """

    def __init__(
        self,
        failures: int,
        first: float,
        cap: float,
        clock: Callable[[], float] = time.monotonic,
        *,
        conclusive: tuple[type[DatabaseError], ...] = (),
    ) -> None:
        """Start closed."""
        self._conclusive = conclusive
        self.failures = failures
        self.first = first
        self.cap = cap
        self.clock = clock
        self._failed = 0
        self._pause = first
        self._probe_at = 0.0
        self.state = BreakerState.CLOSED
        self.cause: DatabaseError | None = None
        self.opened = 0

    def configure(self, failures: int, first: float, cap: float) -> None:
        """Take other limits; an open breaker keeps the moment of its next probe."""
        self.failures, self.first, self.cap = failures, first, cap
        if self.state is BreakerState.CLOSED:
            self._pause = first

    def check(self, operation: str) -> None:
        """Raise ``DatabaseUnavailable`` unless the operation, or a probe that is due, may go ahead."""
        if self.state is BreakerState.OPEN and self.clock() >= self._probe_at:
            self.state = BreakerState.HALF_OPEN
            return
        self.require_closed(operation)

    def require_closed(self, operation: str) -> None:
        """Raise ``DatabaseUnavailable`` unless operations go ahead; only the prober finds out."""
        if self.state is not BreakerState.CLOSED:
            raise DatabaseUnavailable("the breaker is open", cause=self.cause, operation=operation)

    def seconds_to_probe(self) -> float:
        """Return how long until the next probe is due; 0 when it is."""
        return max(0.0, self._probe_at - self.clock())

    def probe_now(self) -> None:
        """Let the next probe be due at once; nothing happens unless it is open."""
        if self.state is BreakerState.OPEN:
            self._probe_at = self.clock()

    def worked(self) -> None:
        """Note that an operation worked; one that began before the breaker opened does not close it."""
        if self.state is BreakerState.CLOSED:
            self.succeeded()

    def succeeded(self) -> bool:
        """Note a success; returns True when it closed the breaker."""
        closed_it = self.state is not BreakerState.CLOSED
        self._failed = 0
        self._pause = self.first
        self.cause = None
        self.state = BreakerState.CLOSED
        return closed_it

    def failed(self, error: DatabaseError) -> bool:
        """Note a failure; returns True when it opened the breaker.

        Failures of what was under way when it opened say nothing new: the pause stays as it is.
        """
        if not _of_the_database(error) or error.code == sqlite3.SQLITE_INTERRUPT:
            self.undecided()
            return False
        self._failed += 1
        self.cause = error
        if self.state is BreakerState.OPEN:
            return False
        if self.state is BreakerState.CLOSED and not (
            self._failed >= self.failures or isinstance(error, self._conclusive)
        ):
            return False
        opened_it = self.state is BreakerState.CLOSED
        self.trip(error)
        return opened_it

    def lost(self, cause: DatabaseError) -> bool:
        """Open at once, unless it is open already; returns True when that opened the breaker."""
        opened_it = self.state is BreakerState.CLOSED
        if self.state is BreakerState.OPEN:
            self.cause = cause
        else:
            self.trip(cause)
        return opened_it

    def undecided(self) -> None:
        """Note an operation that proves nothing, or whose caller left: a probe among them is owed again."""
        if self.state is BreakerState.HALF_OPEN:
            self.state = BreakerState.OPEN

    def trip(self, cause: DatabaseError) -> None:
        """Open at once, or stay open and wait longer before the next probe."""
        if self.state is BreakerState.CLOSED:
            self.opened += 1
            self._pause = self.first
        else:
            self._pause = min(self.cap, self._pause * 2)
        self.cause = cause
        self.state = BreakerState.OPEN
        self._probe_at = self.clock() + self._pause


def _of_the_database(error: DatabaseError) -> bool:
    """Say whether a failure speaks against the database; what a breaker itself has refused says nothing."""
    if isinstance(error, DatabaseUnavailable):
        return False
    return error.away or isinstance(error, SchemaMismatch)


def mode_for(writes: CircuitBreaker, reads: CircuitBreaker) -> Mode:
    """Say how much works: nothing without reads, reading only without writes."""
    if reads.state is not BreakerState.CLOSED:
        return Mode.DEGRADED
    if writes.state is not BreakerState.CLOSED:
        return Mode.READ_ONLY
    return Mode.NORMAL
