"""Whatever counts ages, by a clock that is set ahead by a year: nothing is dropped, refused or deleted."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import Any

import pytest

from modelus_bot.clock.clock import Clock
from modelus_bot.config import ArchiveSettings, BackupSettings, ClockSettings, DegradationSettings
from modelus_bot.database.archive.snapshots import keep_hours
from modelus_bot.database.backup.manager import BackupManager
from modelus_bot.database.core.append_file import journal_path
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import JournalTooOld
from modelus_bot.database.core.operation import Write
from modelus_bot.database.offline.journal.entry import Settled
from modelus_bot.database.offline.journal.journal import Journal
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.database.schema.validator import SchemaValidator
from modelus_bot.subjects.notices.writes.sending import MarkDelivered
from modelus_bot.subjects.oncall.writes import HandoffNote

HOUR, YEAR = 3600.0, 365 * 86_400.0
SAVED = 286


class Machine:
    """A machine's clock that can be set."""

    def __init__(self) -> None:
        """It is right."""
        self.wall, self.passed = 1_800_000_000.0, 1000.0
        self.clock = Clock(wall=lambda: self.wall, steady=lambda: self.passed)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.wall += seconds
        self.passed += seconds


def telling(found: Sequence[Settled]) -> Write[Any]:
    """Stand for the messages to authors."""
    return MarkDelivered(ids=(len(found),))


def taken(_write: Write[Any], _context: Context, *, together: object | None = None) -> Awaitable[None]:
    """Take every change."""
    del together

    async def done() -> None:
        return None

    return done()


@pytest.mark.parametrize("accepted", [False, True])
async def test_every_change_saved_for_later_is_made(tmp_path: Path, accepted: bool) -> None:
    """A year ahead, doubted or believed after all: more is saved, and a replay drops none."""
    machine = Machine()
    journal = Journal(
        journal_path(tmp_path / "a.db"), DegradationSettings(), telling=telling, clock=machine.clock
    )
    async with journal:
        for number in range(SAVED):
            await journal.append(HandoffNote(text=str(number + 1)), Context())
        machine.wall += YEAR
        machine.clock.look()
        if accepted:
            machine.wait(ClockSettings().steady_minutes * 60)
            assert machine.clock.believable
        await journal.append(HandoffNote(text=str(1000)), Context())
        report = await journal.replay(taken)
    assert (report.applied, len(report.expired)) == (SAVED + 1, 0)


async def test_what_really_waited_for_too_long_is_still_refused(tmp_path: Path) -> None:
    """The limit holds by a clock that is right."""
    machine = Machine()
    journal = Journal(
        journal_path(tmp_path / "a.db"), DegradationSettings(), telling=telling, clock=machine.clock
    )
    async with journal:
        await journal.append(HandoffNote(text=str(1)), Context())
        machine.wait(73 * HOUR)
        with pytest.raises(JournalTooOld):
            await journal.append(HandoffNote(text=str(2)), Context())
        report = await journal.replay(taken)
    assert len(report.expired) == 1


@pytest.mark.parametrize("accepted", [False, True])
async def test_copies_that_are_minutes_old_stay(tmp_path: Path, accepted: bool) -> None:
    """Those made by hand go after a week, but not after a year that the clock only jumped."""
    machine, path = Machine(), tmp_path / "modelus.db"
    Migrator(path).up()
    settings = BackupSettings(
        folder=tmp_path / "copies", attempts=1, schedule="off", keep_hourly=1, keep_daily=0, keep_weekly=0
    )
    backups = BackupManager(path, settings, validator=SchemaValidator(), clock=machine.clock)
    by_hand = await backups.create("manual")
    machine.wait(60)
    machine.wall += YEAR
    machine.clock.look()
    if accepted:
        machine.wait(ClockSettings().steady_minutes * 60)
    for _ in range(2):
        await backups.create("scheduled")
        machine.wait(2 * HOUR)
    assert by_hand.name in {manifest.name for manifest in backups.manifests()}
    machine.wait(8 * 86_400)
    machine.clock.trust()
    machine.wait(8 * 86_400)
    await backups.create("scheduled")
    assert by_hand.name not in {manifest.name for manifest in backups.manifests()}


def test_the_archive_keeps_what_was_before(tmp_path: Path) -> None:
    """No full copy is let go while the clock is doubted; afterwards they are as old as they are."""
    del tmp_path
    machine, hours = Machine(), ArchiveSettings().retention_hours
    copies = [machine.wall - HOUR, machine.wall]
    machine.wall += YEAR
    assert keep_hours(copies, machine.clock.cutoff(hours * HOUR), machine.wall) is None
    machine.wait(ClockSettings().steady_minutes * 60)
    assert keep_hours(copies, machine.clock.cutoff(hours * HOUR), machine.wall) is None
