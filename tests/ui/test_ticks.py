"""Round values beside an axis."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.ui.ticks import round_ticks

VALUE = st.integers(-(2**62), 2**62)


@given(first=VALUE, second=VALUE, count=st.integers(2, 9))
def test_ticks_are_round_few_and_within(first: int, second: int, count: int) -> None:
    """Evenly apart by 1, 2 or 5 with zeros, never more than asked for, within the range."""
    least, most = min(first, second), max(first, second)
    ticks = round_ticks(least, most, count)
    assert 1 <= len(ticks) <= count
    assert all(least <= tick <= most for tick in ticks)
    apart = {later - earlier for earlier, later in pairwise(ticks)}
    assert len(apart) <= 1
    assert all(str(step).rstrip("0") in {"1", "2", "5"} for step in apart)
