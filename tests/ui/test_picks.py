"""Picked values and typed names are never taken for each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.ui.picks import Named, meant, picked, unpicked

KEYS = st.one_of(st.integers(0, 2**63), st.from_regex(r"[a-z0-9_:]{1,32}", fullmatch=True))


@given(KEYS)
def test_a_picked_value_reads_back(key: int | str) -> None:
    """Whatever the key is; it fits into a suggestion."""
    value = picked("thing", key)
    assert unpicked("thing", f" {value} ") == str(key)
    assert len(value) <= 100


@given(st.text(max_size=60))
def test_what_is_typed_is_no_picked_value(text: str) -> None:
    """Without the check nothing counts as picked."""
    assert unpicked("sprint", text) is None
    assert unpicked("sprint", f"pick:sprint:{text}:00000000") is None or text


def test_a_value_of_another_list_is_refused() -> None:
    """It would stand for something else with the same number."""
    with pytest.raises(InvalidInput, match="another list"):
        unpicked("sprint", picked("member", 3))


def test_ids_are_not_names_and_names_are_not_ids() -> None:
    """The thing called "1" has the id 2, and the other way round."""
    things = [Named(1, "2"), Named(2, "1"), Named(3, "Same"), Named(4, " same ")]

    def find(value: str) -> int:
        return meant("thing", value, things, "a thing", "thing.unknown")

    assert find("1") == 2
    assert find("2") == 1
    assert find(picked("thing", 1)) == 1
    for value, words in (("3", "is not a thing"), ("SAME", "can mean 2"), (picked("thing", 9), "any more")):
        with pytest.raises(InvalidInput, match=words):
            find(value)
