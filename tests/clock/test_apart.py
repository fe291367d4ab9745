"""How far a clock is from others', whatever the way of their answers was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.clock.apart import ENOUGH, SEEN_LATELY, Apart


@given(wrong=st.floats(-1e5, 1e5), ways=st.lists(st.floats(0.0, 60.0), min_size=ENOUGH, max_size=30))
def test_the_quickest_of_the_last_answers_counts(wrong: float, ways: list[float]) -> None:
    """A way makes it look further ahead by as much, and only by the shortest of the last ones."""
    apart = Apart()
    for way in ways:
        apart.seen(1000.0 - way)
    seconds = apart.seconds(1000.0 + wrong)
    assert seconds is not None
    assert abs(seconds - wrong - min(ways[-SEEN_LATELY:])) < 1e-6


def test_one_answer_says_nothing() -> None:
    """It may come from somebody who is wrong."""
    apart = Apart()
    for _ in range(ENOUGH - 1):
        apart.seen(0.0)
        assert apart.seconds(100.0) is None
