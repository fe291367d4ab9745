"""What is suggested for what was typed: labels that hold it; where none does, those that resemble it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.text.escaping import folded
from modelus_bot.ui.commands.suggestions import SHOWN, choices

REGIONS = ("Texas", "Republic of Texas", "Carolina", "California", "New York", "Ohio", "Ödland")


def labels(typed: str, known: tuple[str, ...] = REGIONS) -> list[str]:
    """Return the labels that are suggested."""
    return [choice.name for choice in choices(((label, f"key-{label}") for label in known), typed)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("texsa", "Texas"),
        ("carolna", "Carolina"),
        ("califronia", "California"),
        ("new yrok", "New York"),
        ("ödlnad", "Ödland"),
    ],
)
def test_a_slip_of_the_fingers_still_finds(typed: str, first: str) -> None:
    """A letter too few, too many or in the wrong place hides nothing."""
    assert labels(typed)[0] == first


def test_what_holds_the_text_is_all_that_is_shown() -> None:
    """Likeness counts only where nothing holds the text; the order is that of the list."""
    assert labels("tex") == ["Texas", "Republic of Texas"]
    assert labels("rolin") == ["Carolina"]
    assert labels("") == list(REGIONS)


@pytest.mark.parametrize("typed", ["zzzz", "xq", "oh!", "12345"])
def test_what_resembles_nothing_finds_nothing(typed: str) -> None:
    """Nobody is shown things that have nothing to do with what was typed."""
    assert labels(typed) == []


@given(known=st.lists(st.text(max_size=12), max_size=60).map(tuple), typed=st.text(max_size=12))
def test_never_more_than_fit_and_never_fewer_than_hold_the_text(known: tuple[str, ...], typed: str) -> None:
    """Whatever things are called: all that hold the text, as far as there is room, and no stranger."""
    holding = [label for label in known if not typed.strip() or folded(typed) in folded(label)]
    found = [choice.value for choice in choices(((label, f"key-{label}") for label in known), typed)]

    assert not holding or found == [f"key-{label}" for label in holding][:SHOWN]
    assert len(found) <= SHOWN
    assert set(found) <= {f"key-{label}" for label in known}
