"""The circuit breaker as a state machine, and what opens it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.database.core.errors import (
    ConnectionLost,
    ConstraintViolated,
    DatabaseBusy,
    DatabaseUnavailable,
    QueryFailed,
    QueueFull,
)
from modelus_bot.database.engine.breaker import BreakerState, CircuitBreaker, Mode, mode_for


@dataclass
class Clock:
    """A clock that tests turn."""

    now: float = 0.0

    def __call__(self) -> float:
        """Return the present time in seconds."""
        return self.now


def test_it_opens_after_failures_in_a_row_and_says_the_cause() -> None:
    """Five failures of the environment open it; the refusal carries the last one's sentence."""
    breaker = CircuitBreaker(5, 1.0, 30.0, Clock())
    for _ in range(4):
        assert not breaker.failed(ConnectionLost())
    breaker.succeeded()
    opened = [breaker.failed(DatabaseBusy()) for _ in range(5)]
    assert opened == [False, False, False, False, True]
    with pytest.raises(DatabaseUnavailable) as caught:
        breaker.check("Anything")
    assert caught.value.user_message == DatabaseBusy().user_message


@pytest.mark.parametrize("error", [ConstraintViolated(), QueryFailed(), QueueFull()])
def test_failures_of_the_operation_itself_do_not_count(error: ConstraintViolated) -> None:
    """A broken rule or a wrong statement says nothing about the database's health."""
    breaker = CircuitBreaker(1, 1.0, 30.0, Clock())
    for _ in range(10):
        assert not breaker.failed(error)
    assert breaker.state is BreakerState.CLOSED


def test_probes_come_with_growing_pauses_and_one_success_closes_it() -> None:
    """1, 2, 4, 8, 8 … seconds; then closed, and the pauses begin anew."""
    clock = Clock()
    breaker = CircuitBreaker(1, 1.0, 8.0, clock)
    breaker.failed(ConnectionLost())
    pauses = []
    for _ in range(5):
        pauses.append(breaker.seconds_to_probe())
        clock.now += pauses[-1]
        breaker.check("probe")
        with pytest.raises(DatabaseUnavailable):
            breaker.check("another one meanwhile")
        breaker.failed(ConnectionLost())
    assert pauses == [1, 2, 4, 8, 8]
    clock.now += 8
    breaker.check("probe")
    assert breaker.succeeded()
    assert breaker.state is BreakerState.CLOSED
    breaker.failed(ConnectionLost())
    assert breaker.seconds_to_probe() == 1


def test_the_mode_follows_the_breakers() -> None:
    """No writes: read-only; no reads: degraded."""
    writes, reads = CircuitBreaker(1, 1.0, 1.0), CircuitBreaker(1, 1.0, 1.0)
    assert mode_for(writes, reads) is Mode.NORMAL
    writes.trip(DatabaseBusy())
    assert mode_for(writes, reads) is Mode.READ_ONLY
    reads.trip(ConnectionLost())
    assert mode_for(writes, reads) is Mode.DEGRADED


@given(st.lists(st.sampled_from(["ok", "fail", "rule", "leave", "wait"]), max_size=60), st.integers(1, 6))
@settings(max_examples=200)
def test_it_never_sticks(events: list[str], threshold: int) -> None:
    """Whatever happened, waiting out the pause lets one operation through, and its success closes it."""
    clock = Clock()
    breaker = CircuitBreaker(threshold, 1.0, 5.0, clock)
    for event in events:
        try:
            breaker.check("operation")
        except DatabaseUnavailable:
            clock.now += 1.0 if event == "wait" else 0.0
            continue
        {
            "ok": breaker.succeeded,
            "fail": lambda: breaker.failed(ConnectionLost()),
            "rule": lambda: breaker.failed(ConstraintViolated()),
            "leave": breaker.undecided,
            "wait": breaker.succeeded,
        }[event]()
    clock.now += 5.0
    breaker.check("operation")
    breaker.succeeded()
    assert breaker.state is BreakerState.CLOSED
