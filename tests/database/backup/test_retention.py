"""Which copies go is decided by rules that hold for any set of copies."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.config import BackupSettings
from modelus_bot.database.backup.manifest import BackupManifest
from modelus_bot.database.backup.retention import superfluous

NOW = 1_800_000_000.0
HOUR, DAY = 3600, 86_400
KINDS = st.sampled_from(["scheduled", "manual", "pre_migration", "pre_restore"])
STATES = st.sampled_from(["verified", "verified", "flawed", "failed"])


def copy(age: float, number: int, **fields: Any) -> BackupManifest:
    """Return the manifest of a copy that is ``age`` seconds old, the ``number``-th that was made."""
    values = {
        "name": f"modelus-{number}.db", "kind": "scheduled", "bytes": 1, "sha256": "0" * 64, "seconds": 1,
        "created_at": NOW - age, "sequence": number, "verified_at": NOW,
    }  # fmt: skip
    return BackupManifest.model_validate(values | fields)


def age(stamp: float) -> float:
    """Return how old something is at ``NOW``."""
    return NOW - stamp


def names(copies: Any) -> set[str]:
    """Return the names of copies."""
    return {item.name for item in copies}


COPIES = st.lists(st.tuples(st.floats(-90 * DAY, 90 * DAY), KINDS, STATES), max_size=60).map(
    lambda rows: [
        copy(age, number, kind=kind, status=state) for number, (age, kind, state) in enumerate(rows)
    ]
)
LIMITS = st.builds(
    BackupSettings,
    keep_hourly=st.integers(1, 30),
    keep_daily=st.integers(0, 40),
    keep_weekly=st.integers(0, 10),
)


@settings(max_examples=300)
@given(copies=COPIES, limits=LIMITS)
def test_what_would_be_restored_stays(copies: list[BackupManifest], limits: BackupSettings) -> None:
    """Whatever the clock did, the last verified copy and the last whole one are never deleted."""
    gone = names(superfluous(copies, limits, age))
    assert names([item for item in copies if item.counts][-1:]).isdisjoint(gone)
    assert names([item for item in copies if item.whole][-1:]).isdisjoint(gone)
    if not any(item.counts for item in copies):
        assert not gone


@settings(max_examples=300)
@given(copies=COPIES, limits=LIMITS)
def test_deciding_again_deletes_nothing_more(copies: list[BackupManifest], limits: BackupSettings) -> None:
    """Retention is stable: what was kept is kept the next time."""
    gone = names(superfluous(copies, limits, age))
    kept = [item for item in copies if item.name not in gone]
    assert superfluous(kept, limits, age) == ()


@settings(max_examples=300)
@given(copies=COPIES, limits=LIMITS)
def test_nothing_goes_while_the_newest_copy_is_bad(
    copies: list[BackupManifest], limits: BackupSettings
) -> None:
    """A failing disk never eats the good copies."""
    broken = [*copies, copy(0, len(copies), status="failed")]
    assert superfluous(broken, limits, age) == ()


@settings(max_examples=300)
@given(copies=COPIES, limits=LIMITS)
def test_a_reason_protects_a_copy(copies: list[BackupManifest], limits: BackupSettings) -> None:
    """Copies by hand stay a week, those before a migration or restore a month, damaged ones a week."""
    gone = superfluous(copies, limits, age)
    for item in gone:
        if item.status == "failed" or item.kind == "manual":
            assert age(item.created_at) >= 7 * DAY
        elif item.kind != "scheduled":
            assert age(item.created_at) >= 30 * DAY


@settings(max_examples=300)
@given(
    ages=st.lists(st.floats(0, 90 * DAY), max_size=60).map(lambda found: sorted(found, reverse=True)),
    limits=LIMITS,
)
def test_each_recent_hour_day_and_week_keeps_its_newest(ages: list[float], limits: BackupSettings) -> None:
    """Of sound copies made by the clock exactly the newest of each slot that is asked for stays."""
    copies = [copy(age, number) for number, age in enumerate(ages)]
    kept = names(copies) - names(superfluous(copies, limits, age))
    expected = names(copies[-1:])
    for pattern, slots in (
        ("%Y-%m-%d %H", limits.keep_hourly),
        ("%Y-%m-%d", limits.keep_daily),
        ("%G-%V", limits.keep_weekly),
    ):
        newest: dict[str, str] = {}
        for item in reversed(copies):
            slot = datetime.fromtimestamp(int(item.created_at), UTC).strftime(pattern)
            if len(newest) < slots or slot in newest:
                newest.setdefault(slot, item.name)
        expected |= set(newest.values())
    assert kept == expected


def test_hours_days_and_weeks_of_a_year() -> None:
    """A copy an hour for a year leaves 24 of the last hours, 30 days and 8 weeks, no more."""
    copies = [copy((365 * 24 - hour) * HOUR, hour) for hour in range(365 * 24)]
    kept = names(copies) - names(superfluous(copies, BackupSettings(), age))
    assert len(kept) <= 24 + 30 + 8
    assert names(copies[-24:]) <= kept
    days = Counter((NOW - item.created_at) // DAY for item in copies if item.name in kept)
    assert all(days[day] for day in range(29))


def test_a_verified_copy_goes_before_a_flawed_one() -> None:
    """Within an hour the copy that passed every check is kept, though a flawed one is newer."""
    hour = NOW // HOUR * HOUR
    ages = [(NOW - hour + 3 * HOUR - 60 * item, item) for item in range(4)]
    copies = [copy(age, number, status="flawed" if number > 1 else "verified") for age, number in ages]
    copies += [copy(0, 9)]
    kept = names(copies) - names(superfluous(copies, BackupSettings(keep_daily=0, keep_weekly=0), age))
    assert kept == {"modelus-1.db", "modelus-9.db"}


@pytest.mark.parametrize("wrong", [-NOW, -5 * DAY, 5 * DAY, 400 * DAY])
def test_a_wrong_clock_takes_one_slot_only(wrong: float) -> None:
    """One copy made while the clock was far off does not push out those before and after it."""
    copies = [copy((48 - hour) * HOUR, hour) for hour in range(48)]
    copies[40] = copies[40].model_copy(update={"created_at": max(0.0, NOW + wrong)})
    gone = names(superfluous(copies, BackupSettings(keep_daily=0, keep_weekly=0), age))
    assert gone == names(copies[:24])
