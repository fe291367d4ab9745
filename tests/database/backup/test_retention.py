"""Which copies go is decided by rules that hold for any set of copies."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.config import BackupSettings
from modelus_bot.database.backup.manifest import Manifest
from modelus_bot.database.backup.retention import superfluous

NOW = 1_800_000_000.0
KINDS = st.sampled_from(["scheduled", "manual", "pre_migration", "pre_restore"])


def copy(age: float, number: int, kind: str = "scheduled", status: str = "verified") -> Manifest:
    """Return the manifest of a copy that is ``age`` seconds old."""
    return Manifest.model_validate(
        {
            "name": f"modelus-{number}.db", "kind": kind, "bytes": 1, "sha256": "0" * 64,
            "created_at": NOW - age, "seconds": 1,
            "verified_at": NOW - age if status == "verified" else None, "status": status,
        }
    )  # fmt: skip


COPIES = st.lists(
    st.tuples(st.floats(0, 90 * 86_400), KINDS, st.sampled_from(["verified", "verified", "failed"])),
    max_size=60,
).map(lambda rows: [copy(age, number, kind, status) for number, (age, kind, status) in enumerate(rows)])
LIMITS = st.builds(
    BackupSettings,
    keep_hourly=st.integers(1, 30),
    keep_daily=st.integers(0, 40),
    keep_weekly=st.integers(0, 10),
)


@settings(max_examples=200)
@given(copies=COPIES, limits=LIMITS)
def test_the_newest_verified_copy_stays(copies: list[Manifest], limits: BackupSettings) -> None:
    """Whatever there is and whatever the settings, the copy that would be restored is never deleted."""
    gone = {one.name for one in superfluous(copies, limits, NOW)}
    good = [one for one in copies if one.counts]
    if good:
        assert max(good, key=lambda one: (one.created_at, one.name)).name not in gone
    else:
        assert not gone


@settings(max_examples=200)
@given(copies=COPIES, limits=LIMITS)
def test_deciding_again_deletes_nothing_more(copies: list[Manifest], limits: BackupSettings) -> None:
    """Retention is stable: what was kept is kept the next time."""
    gone = {one.name for one in superfluous(copies, limits, NOW)}
    kept = [one for one in copies if one.name not in gone]
    assert superfluous(kept, limits, NOW) == ()


def test_nothing_goes_while_the_newest_copy_is_bad() -> None:
    """A failing series of copies never eats the good ones."""
    copies = [copy(10, 0, status="failed"), *(copy(3600 * 24 * 400 + n, n) for n in range(1, 5))]
    assert superfluous(copies, BackupSettings(), NOW) == ()


def test_hours_days_and_weeks_keep_one_each() -> None:
    """A copy an hour for sixty days leaves 24 of the last hours and then one a day."""
    copies = [copy(hour * 3600, hour) for hour in range(60 * 24)]
    gone = {one.name for one in superfluous(copies, BackupSettings(keep_weekly=0), NOW)}
    kept = [one for one in copies if one.name not in gone]
    assert len(kept) == 24 + 28 or len(kept) == 24 + 29
    assert {one.name for one in copies[:24]} <= {one.name for one in kept}
