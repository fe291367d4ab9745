"""Days as people type them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.text.escaping import plain
from modelus_bot.ui.dates import FIRST, LAST, WEEKDAYS, parse_day, suggest_days

WEDNESDAY = date(2026, 3, 4)
TODAYS = st.dates(date(2001, 1, 1), date(2190, 1, 1))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-31", date(2026, 3, 31)),
        ("today", WEDNESDAY),
        ("  TODAY ", WEDNESDAY),
        ("tomorrow", date(2026, 3, 5)),
        ("yesterday", date(2026, 3, 3)),
        ("thursday", date(2026, 3, 5)),
        ("Tuesday", date(2026, 3, 10)),
        ("wednesday", date(2026, 3, 11)),
        ("in 1 day", date(2026, 3, 5)),
        ("in  3   days", date(2026, 3, 7)),
        ("in 0 days", WEDNESDAY),
        ("in 2 weeks", date(2026, 3, 18)),
        ("2028-02-29", date(2028, 2, 29)),
    ],
)
def test_ways_to_write_a_day(text: str, day: date) -> None:
    """Each way that the reply to a mistake names is understood, whatever the case and spaces."""
    assert parse_day(text, WEDNESDAY) == day


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "soon", "31/03/2026", "03-31-2026", "2026-3-1", "2026-13-01", "2026-02-30", "2027-02-29",
        "20260331", "2026-W10-1", "2026-03-31T00:00", "in days", "in -3 days", "in 1000 days", "in 3 months",
        "next friday", "fri", "٢٠٢٦-٠٣-٠٤", "in ٣ days", "1999-12-31", "2200-01-01", "9999-12-31", "today; x",
        "2026-03-31\x00", "x" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_day_is_answered_with_the_ways_to_write_one(text: str) -> None:
    """The sentence repeats what was typed, shortened, and says what can be written instead."""
    with pytest.raises(InvalidInput) as caught:
        parse_day(text, WEDNESDAY)
    sentence = str(caught.value)
    assert f"“{plain(text[:40])}”" in sentence
    assert "Write a day as" in sentence or f"days go from {FIRST} to {LAST}" in sentence
    assert len(sentence) < 300


@given(day=st.dates(FIRST, LAST), today=TODAYS)
def test_every_day_in_range_reads_back(day: date, today: date) -> None:
    """What the bot itself writes as a day is understood as that day."""
    assert parse_day(day.isoformat(), today) == day


@given(name=st.sampled_from(WEEKDAYS), today=TODAYS)
def test_a_weekday_is_the_next_one(name: str, today: date) -> None:
    """It is that weekday, after today and at most a week away."""
    day = parse_day(name, today)
    assert WEEKDAYS[day.weekday()] == name
    assert 1 <= (day - today).days <= 7


@given(count=st.integers(0, 999), unit=st.sampled_from(["day", "days", "week", "weeks"]), today=TODAYS)
def test_a_distance_is_counted_from_today(count: int, unit: str, today: date) -> None:
    """Days count one, weeks seven; what leads out of range is refused, not wrapped."""
    expected = today + timedelta(days=count * (7 if unit.startswith("week") else 1))
    if expected <= LAST:
        assert parse_day(f"in {count} {unit}", today) == expected
    else:
        with pytest.raises(InvalidInput):
            parse_day(f"in {count} {unit}", today)


@given(text=st.text(max_size=60), today=TODAYS)
def test_any_text_is_a_day_in_range_or_a_plain_refusal(text: str, today: date) -> None:
    """Nothing else is ever raised."""
    try:
        day = parse_day(text, today)
    except InvalidInput:
        return
    assert FIRST <= day <= LAST


@given(text=st.text(max_size=200), today=TODAYS)
def test_suggestions_fit_discord_and_read_back(text: str, today: date) -> None:
    """At most 25, each unique, at most 100 characters, and each value is a day."""
    found = suggest_days(text, today)
    assert 1 <= len(found) <= 25
    assert len({value for _, value in found}) == len(found)
    for label, value in found:
        assert 1 <= len(label) <= 100
        parse_day(value, today)


def test_what_was_typed_is_suggested_first() -> None:
    """Typing “friday” shows which day that is."""
    assert suggest_days("friday", WEDNESDAY)[0] == ("Friday, March 6, 2026", "2026-03-06")
