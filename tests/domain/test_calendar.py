"""The calendar: boundary minutes, clock changes, gaps."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from modelus_bot.domain.calendar import Calendar, Span, choose_current, days_left
from tests.subjects.rota import instant

NEW_YORK = Calendar()
SPANS = [
    Span(1, date(2026, 1, 5), date(2026, 1, 19)),
    Span(2, date(2026, 1, 19), date(2026, 2, 2)),
    Span(3, date(2026, 2, 9), date(2026, 2, 23)),
]


@pytest.mark.parametrize(
    ("day", "clock", "sprint"),
    [
        (date(2026, 1, 5), "07:59", None),
        (date(2026, 1, 5), "08:00", 1),
        (date(2026, 1, 19), "00:00", 1),
        (date(2026, 1, 19), "07:59", 1),
        (date(2026, 1, 19), "08:00", 2),
        (date(2026, 1, 19), "23:59", 2),
        (date(2026, 2, 2), "07:59", 2),
        (date(2026, 2, 2), "08:00", 2),
        (date(2026, 2, 9), "07:59", 2),
        (date(2026, 2, 9), "08:00", 3),
        (date(2026, 12, 31), "12:00", 3),
    ],
)
def test_the_current_sprint_changes_at_the_hand_over(day: date, clock: str, sprint: int | None) -> None:
    """Before it the earlier one holds, from it the later; a gap and the end keep the last one."""
    found = choose_current(SPANS, instant(day, clock), NEW_YORK)
    assert (found.id if found is not None else None) == sprint


def test_the_last_second_before_the_hand_over_is_the_earlier_sprint() -> None:
    """The instant itself belongs to the later one."""
    boundary = NEW_YORK.handoff(date(2026, 1, 19))
    before, after = (choose_current(SPANS, at, NEW_YORK) for at in (boundary - 1, boundary))
    assert before == SPANS[0]
    assert after == SPANS[1]


@pytest.mark.parametrize(
    ("day", "handoff_minute", "utc_hour", "utc_minute"),
    [
        (date(2026, 3, 7), 480, 13, 0),
        (date(2026, 3, 8), 480, 12, 0),
        (date(2026, 3, 8), 150, 7, 30),
        (date(2026, 3, 8), 120, 7, 0),
        (date(2026, 3, 8), 119, 6, 59),
        (date(2026, 10, 31), 480, 12, 0),
        (date(2026, 11, 1), 480, 13, 0),
        (date(2026, 11, 1), 90, 5, 30),
        (date(2026, 11, 1), 0, 4, 0),
    ],
)
def test_hand_overs_on_the_days_the_clocks_change(
    day: date, handoff_minute: int, utc_hour: int, utc_minute: int
) -> None:
    """A skipped time moves on by the hour; of a repeated one the first is meant."""
    at = Calendar("America/New_York", handoff_minute).handoff(day)
    assert at == instant(day, f"{utc_hour:02}:{utc_minute:02}", ZoneInfo("UTC"))


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 11, 1), date(2026, 6, 1)])
@pytest.mark.parametrize("handoff_minute", range(0, 1440, 60))
@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "UTC"])
def test_the_duty_day_turns_exactly_at_the_hand_over(day: date, handoff_minute: int, zone: str) -> None:
    """One second before, the day before is on; from the instant on, this day, whatever the clocks do."""
    calendar = Calendar(zone, handoff_minute)
    at = calendar.handoff(day)
    assert calendar.duty_day(at) == day
    assert calendar.duty_day(at - 1) == day - timedelta(days=1)


def test_no_sprint_is_current_among_none() -> None:
    """An empty rota has no current sprint."""
    assert choose_current([], instant(date(2026, 1, 5)), NEW_YORK) is None


@pytest.mark.parametrize(
    ("day", "left"), [(date(2026, 1, 18), 1), (date(2026, 1, 19), 0), (date(2026, 1, 21), -2)]
)
def test_days_left_count_to_the_last_day(day: date, left: int) -> None:
    """Zero on the last day, negative in a gap after it."""
    assert days_left(date(2026, 1, 19), instant(day, "23:00"), NEW_YORK) == left
