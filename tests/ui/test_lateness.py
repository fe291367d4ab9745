"""Interactions are too old by how long they were on their way, whatever the machine's clock says."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.ui.lateness import IN_A_ROW, TIMEOUT, WINDOW, Arrivals

NOW = 1_800_000_000.0


@given(
    wrong=st.floats(-1e6, 1e6),
    ways=st.lists(st.tuples(st.floats(0.0, 30.0), st.floats(0.0, 2 * WINDOW)), min_size=1, max_size=60),
)
def test_nobody_who_could_be_answered_is_dropped(wrong: float, ways: list[tuple[float, float]]) -> None:
    """Whatever the clock is wrong by: who was on the way for less than the limit is answered."""
    arrivals, moment, made = Arrivals(), NOW, 0.0
    for way, pause in ways:
        moment += pause
        made = moment - way
        age = arrivals.age(made, steady=moment - NOW + 17.0, wall=moment + wrong)
        assert age <= way + 1e-3
        assert len(arrivals._quickest) <= len(ways)


@pytest.mark.parametrize("wrong", [0.0, 1.0, 4.0, 120.0, -120.0])
def test_everybody_is_answered_by_a_clock_that_is_wrong(wrong: float) -> None:
    """A hundred people, each a quarter of a second on the way."""
    arrivals = Arrivals()
    for number in range(100):
        moment = NOW + number
        age = arrivals.age(moment - 0.25, steady=moment, wall=moment + wrong)
        assert age <= TIMEOUT.value


@pytest.mark.parametrize("wrong", [0.0, 4.0, 120.0])
def test_what_comes_too_late_is_seen(wrong: float) -> None:
    """After somebody was quick, one that took four seconds is dropped; many in a row are counted."""
    arrivals = Arrivals()
    arrivals.age(NOW - 0.2, steady=NOW, wall=NOW + wrong)
    for number in itertools.count(1):
        moment = NOW + 5 * number
        assert arrivals.age(moment - 4.2, steady=moment, wall=moment + wrong) > TIMEOUT.value
        assert arrivals.late_in_a_row == number
        if number == IN_A_ROW:
            break
    arrivals.age(NOW + 100, steady=NOW + 100.1, wall=NOW + 100.1)
    assert arrivals.late_in_a_row == 0


def test_a_clock_that_is_set_meanwhile_changes_nothing() -> None:
    """The way is measured in seconds that nobody can set, and what is long past does not count."""
    arrivals = Arrivals()
    arrivals.age(NOW - 0.2, steady=NOW, wall=NOW)
    assert arrivals.age(NOW + 9.8, steady=NOW + 10, wall=NOW + 3610) <= TIMEOUT.value
    later = NOW + 10 * WINDOW
    assert arrivals.age(later - 4.2, steady=later, wall=later + 3600) <= TIMEOUT.value
    assert len(arrivals._quickest) == 1
