"""Days in a row as people type them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.domain.cover_days import Days, days_words
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.ui.day_ranges import each_of, parse_days, typed_within

MONDAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-12-03", "2026-12-03", "2026-12-03"),
        ("Dec 3", "2026-12-03", "2026-12-03"),
        ("3 december", "2026-12-03", "2026-12-03"),
        ("Dec 3-5", "2026-12-03", "2026-12-05"),
        ("3 – 5 Dec", "2026-12-03", "2026-12-05"),
        ("Nov 30–Dec 2", "2026-11-30", "2026-12-02"),
        ("2026-12-03 to 2026-12-05", "2026-12-03", "2026-12-05"),
        ("2026-12-03..2026-12-05", "2026-12-03", "2026-12-05"),
        ("2026-12-03 - 2026-12-05", "2026-12-03", "2026-12-05"),
        ("tomorrow until Friday", "2026-12-01", "2026-12-04"),
        ("saturday to tuesday", "2026-12-05", "2026-12-08"),
        ("Dec 30 to Jan 2", "2026-12-30", "2027-01-02"),
        ("in 2 days", "2026-12-02", "2026-12-02"),
        ("May 3-5", "2027-05-03", "2027-05-05"),
        ("Oct 31", "2026-10-31", "2026-10-31"),
    ],
)
def test_ways_to_write_days(text: str, first: str, last: str) -> None:
    """One day, or two with a word or a dash between; without a year the one that is near."""
    assert parse_days(text, MONDAY) == Days(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "text",
    ["", "to", "Dec 3 to", "Feb 30", "Dec 5-3", "2026-12-05 to 2026-12-03", "x to y", "Dec", "3 - 5", "–"],
)
def test_what_are_no_days_is_answered_with_the_ways_to_write_them(text: str) -> None:
    """The sentence says what can be written."""
    with pytest.raises(InvalidInput, match="Write one day, as 2026-03-31"):
        parse_days(text, MONDAY)


@given(st.text(max_size=80))
def test_any_text_is_days_or_refused(text: str) -> None:
    """Nothing else comes of it."""
    try:
        found = parse_days(text, MONDAY)
    except InvalidInput:
        return
    assert found.first <= found.last


@given(st.dates(date(2026, 10, 1), date(2027, 8, 1)), st.integers(0, 20))
def test_days_that_are_shown_can_be_typed(first: date, length: int) -> None:
    """What a card says of days near today is understood as these days."""
    days = Days(first, date.fromordinal(first.toordinal() + length))
    assert parse_days(days_words(days), MONDAY) == days


def test_only_days_of_the_turn_are_suggested() -> None:
    """Each of them; a day or range that was typed only if all of it is in the turn."""
    turn = Days(date(2026, 12, 1), date(2026, 12, 14))
    assert [value for _, value in each_of(turn)][:2] == ["2026-12-01", "2026-12-02"]
    assert len(list(each_of(turn))) == 14
    assert typed_within("Dec 3-5", turn, MONDAY) == [("Dec 3–5", "2026-12-03 to 2026-12-05")]
    assert typed_within("tomorrow", turn, MONDAY) == [("Tuesday, December 1", "2026-12-01")]
    assert typed_within("Dec 13-15", turn, MONDAY) == typed_within("x", turn, MONDAY) == []
