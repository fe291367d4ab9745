"""Operations are counted late, and as if they had been at once."""

from __future__ import annotations

import pytest

from modelus_bot.database.core.errors import DatabaseBusy, DatabaseError
from modelus_bot.database.core.operation_event import OperationEvent
from modelus_bot.database.health.figures import Figures
from modelus_bot.database.health.monitor import PENDING, HealthMonitor
from modelus_bot.database.health.rolling import SLOT, WINDOW
from tests.database.operations import PutSetting, setting


class Moments:
    """Seconds that a test says."""

    now = 100.0

    def __call__(self) -> float:
        """Return them."""
        return self.now


def event(*, error: DatabaseError | None = None, write: bool = False) -> OperationEvent:
    """Return an operation of one statement that took two seconds, of which it waited one."""
    operation = PutSetting(key="a", value=1) if write else setting
    kind = "write" if write else "read"
    steps = (("SELECT 1", 1.0, 1, None, 1),)
    return OperationEvent(kind, operation, 2.0, 1.0, 1, 1, 1, 1, error=error, steps=steps)  # type: ignore[arg-type]


@pytest.fixture
def clock() -> Moments:
    """Return a clock that stands still."""
    return Moments()


@pytest.fixture
def health(clock: Moments) -> HealthMonitor:
    """Return a monitor to which nothing is slow."""
    return HealthMonitor(slow=60.0, counted=Figures(clock))


def test_an_operation_counts_for_the_moment_at_which_it_ended(health: HealthMonitor, clock: Moments) -> None:
    """However late somebody asks: what is older than the window is not part of it, and stays in the sums."""
    health.record(event())
    clock.now += WINDOW + 2 * SLOT
    health.record(event(write=True))

    figures = health.figures
    assert (figures.reads.count(), figures.writes.count(), figures.waits.count()) == (0, 1, 0)
    assert (figures.counts["read"], figures.counts["write"]) == (1, 1)
    assert [(item.count, item.total) for item in figures.statements.seen()] == [(2, 2.0)]


def test_nobody_asks_and_few_are_kept(health: HealthMonitor) -> None:
    """After so many they are added up by themselves; asking twice counts nothing twice."""
    for _ in range(PENDING):
        health.record(event())
    assert health.counted.counts["read"] == PENDING
    health.record(event())
    assert health.figures is health.figures
    assert health.figures.reads.count() == PENDING + 1


def test_a_failure_is_counted_at_once(health: HealthMonitor) -> None:
    """It holds on to all that it went through, and belongs to the operation that failed."""
    health.record(event())
    health.record(event(error=DatabaseBusy("somebody else writes")))

    counts = health.counted.counts
    assert (counts["read"], counts["failures"], counts["too_late_reads"]) == (2, 1, 1)
    assert (health.counted.reads.failed(), health.counted.writes.failed()) == (1, 0)
