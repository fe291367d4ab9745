"""Risk and delay: the points of the table, worse as days pass, better by work, nothing when closed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.subjects.tasks.model import TaskStatus
from modelus_bot.subjects.tasks.rules.risk import (
    is_late,
    level_of,
    rises,
    risk_of,
    risk_parts,
    risk_points,
    task_day,
)
from tests.daily_size import FULL

EXAMPLES = 2000 if FULL else 100
DAY = date(2026, 3, 8)
STATUSES = st.sampled_from(["todo", "in_progress", "done", "cancelled"])
PROGRESS = st.integers(0, 100)
LEFT = st.integers(-400, 400)


def points(status: TaskStatus, progress: int, left: int) -> int:
    """Return the points of a task that is due in so many days."""
    return risk_points(status, progress, DAY + timedelta(days=left), DAY)


@pytest.mark.parametrize(
    ("status", "progress", "left", "expected", "risk"),
    [
        ("in_progress", 0, -1, 85, "high"),
        ("in_progress", 24, -1, 65, "high"),
        ("in_progress", 25, -300, 60, "high"),
        ("in_progress", 50, -1, 50, "high"),
        ("todo", 0, -1, 70, "high"),
        ("todo", 0, 0, 50, "high"),
        ("todo", 0, 1, 50, "high"),
        ("todo", 0, 2, 40, "high"),
        ("todo", 0, 3, 40, "high"),
        ("todo", 0, 4, 30, "medium"),
        ("todo", 0, 7, 30, "medium"),
        ("todo", 0, 8, 20, "medium"),
        ("todo", 1, 8, 0, "low"),
        ("in_progress", 49, 3, 30, "medium"),
        ("in_progress", 50, 3, 20, "medium"),
        ("in_progress", 99, 8, 0, "low"),
        ("in_progress", 0, 400, 35, "medium"),
        ("done", 100, -400, 0, "low"),
        ("cancelled", 0, -400, 0, "low"),
    ],
)
def test_points(status: TaskStatus, progress: int, left: int, expected: int, risk: str) -> None:
    """Each step of the table, at its edge and beyond, and both extremes."""
    assert points(status, progress, left) == expected
    assert risk_of(expected) == risk
    assert sum(part for part, _ in risk_parts(status, progress, DAY + timedelta(days=left), DAY)) == expected


@settings(max_examples=EXAMPLES)
@given(status=STATUSES, progress=PROGRESS, left=LEFT, days=st.integers(0, 60), more=st.integers(0, 100))
def test_it_gets_worse_by_time_and_better_by_work(
    status: TaskStatus, progress: int, left: int, days: int, more: int
) -> None:
    """A later day never has fewer points, more progress never more; late is late for good; 0 to 85."""
    now = points(status, progress, left)
    assert 0 <= now <= 85
    assert points(status, progress, left - days) >= now
    assert points(status, min(100, progress + more), left) <= now
    end = DAY + timedelta(days=left)
    assert is_late(status, end, DAY) <= is_late(status, end, DAY + timedelta(days=days))
    assert is_late(status, end, DAY) == (status in {"todo", "in_progress"} and left < 0)
    if is_late(status, end, DAY):
        assert risk_of(now) == "high"


def test_a_rise_is_a_rise() -> None:
    """From calm to high to delayed, never back and never twice."""
    calm, high, late = level_of("medium", delayed=False), level_of("high", delayed=False), "delayed"
    assert level_of("high", delayed=True) == late
    found = {(a, b) for a in (calm, high, late) for b in (calm, high, late) if rises(a, b)}
    assert found == {(calm, high), (calm, late), (high, late)}


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Asia/Kolkata", "UTC"])
def test_a_day_begins_at_six(zone: str) -> None:
    """Every half hour of a year, both changes of the clock included, is in the day whose 06:00 came last."""
    at = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
    before = date.min
    for instant in range(at, at + 366 * 86_400, 1800):
        local = datetime.fromtimestamp(instant, ZoneInfo(zone))
        expected = local.date() if local.hour >= 6 else local.date() - timedelta(days=1)
        day = task_day(instant, zone)
        assert day == expected
        assert day >= before
        before = day
