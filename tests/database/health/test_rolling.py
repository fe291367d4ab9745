"""Percentiles and rates over the last minutes, on a clock that tests set."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.database.health.rolling import KEPT, NO_SAMPLES, SLOT, WINDOW, Rolling, percentiles


class Clock:
    """A clock that tests can set."""

    def __init__(self) -> None:
        """Start somewhere."""
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the present moment in seconds."""
        return self.now


@given(st.lists(st.floats(0, 10), min_size=1, max_size=200))
def test_percentiles_are_samples_in_order(samples: list[float]) -> None:
    """Each percentile is one of the samples, the one of its rank, and they rise."""
    rolling = Rolling(Clock())
    for sample in samples:
        rolling.add(sample)
    found = rolling.percentiles()
    assert found.count == len(samples)
    ordered = [sample * 1000 for sample in sorted(samples)]
    for value, share in ((found.p50, 0.5), (found.p95, 0.95), (found.p99, 0.99)):
        assert value == ordered[min(len(ordered) - 1, int(share * len(ordered)))]
    assert found.highest == ordered[-1]


def test_a_rush_is_sampled_evenly() -> None:
    """Of far more than are kept, the percentiles are still close, and a slot weighs what it counted."""
    clock = Clock()
    rolling = Rolling(clock)
    for number in range(20_000):
        rolling.add((number % 1000) / 1000)
    clock.now += SLOT
    for _ in range(KEPT):
        rolling.add(5.0)
    found = rolling.percentiles()
    assert found.count == 20_000 + KEPT
    assert found.p50 == pytest.approx(500, abs=200)
    assert found.p95 is not None
    assert found.p95 < 1000
    assert found.highest == 5000


def test_what_is_older_than_the_window_no_longer_counts() -> None:
    """After five minutes a slow spell is over in the percentiles, too."""
    clock = Clock()
    rolling = Rolling(clock)
    rolling.add(9.0)
    rolling.fail()
    clock.now += WINDOW / 2
    rolling.add(0.001)
    assert (rolling.count(), rolling.failed()) == (2, 1)
    clock.now += WINDOW / 2 + SLOT
    assert (rolling.count(), rolling.failed()) == (1, 0)
    assert rolling.percentiles().highest == 1.0
    clock.now += WINDOW
    assert rolling.percentiles() == NO_SAMPLES


def test_a_shorter_look_back_sees_the_latest_only() -> None:
    """The window of a look is up to the caller, in steps of ten seconds."""
    clock = Clock()
    rolling = Rolling(clock)
    rolling.add(1.0)
    clock.now += 60
    rolling.add(2.0)
    assert rolling.count(30) == 1
    assert rolling.percentiles(30).highest == 2000
    assert rolling.count() == 2


def test_rates_are_per_second_of_what_is_covered() -> None:
    """Shortly after the start only the time since then counts."""
    clock = Clock()
    rolling = Rolling(clock)
    for _ in range(600):
        clock.now += 0.1
        rolling.add(0.001)
    assert rolling.per_second() == pytest.approx(10, rel=0.01)
    for _ in range(6000):
        clock.now += 0.1
        rolling.add(0.001)
    assert rolling.per_second() == pytest.approx(10, rel=0.05)
    clock.now += 10 * WINDOW
    assert rolling.per_second() == 0


def test_memory_is_bounded_however_much_comes_in() -> None:
    """Slots beyond the window are dropped, and none keeps more than its share."""
    clock = Clock()
    rolling = Rolling(clock)
    for number in range(50_000):
        clock.now += 0.01
        rolling.add((number % 1000) / 1000)
    slots = rolling.slots(10 * WINDOW)
    assert len(slots) == WINDOW / SLOT + 1
    assert {len(slot.kept) for slot in slots[:-1]} == {KEPT}


def test_several_are_taken_together() -> None:
    """Percentiles of reads and writes together are those of all samples."""
    clock = Clock()
    one, other = Rolling(clock), Rolling(clock)
    for _ in range(50):
        one.add(0.001)
        other.add(0.1)
    found = percentiles(one, other)
    assert found.count == 100
    assert found.highest == 100
    assert found.p99 is not None
    assert found.p99 > 90
