"""All that is kept beside the database: what could not be written is told of, and never believed."""

from __future__ import annotations

import contextlib
import resource
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from modelus_bot.config import ArchiveSettings, BackupSettings, IntegritySettings
from modelus_bot.database.checksums import PageChecksums
from modelus_bot.database.core.alert import Alert
from modelus_bot.database.core.state_file import DatabaseState, StateFile
from modelus_bot.database.engine import Epoch, HighWaterMark
from modelus_bot.database.recovery.protection import Protection
from modelus_bot.database.recovery.recovery_context import RecoveryContext
from modelus_bot.database.recovery.sidecar_alerts import SidecarWatch


async def note(context: RecoveryContext) -> None:
    """Write another high-water mark than the last one."""
    before = context.high_water.load()
    number = (before.audit_id if before is not None else 0) + 1
    context.high_water.note((number, number.to_bytes(32, "big")))


async def sum_up(context: RecoveryContext) -> None:
    """Write the sums, or add to them."""
    if await context.checksums.comparable():
        context.checksums.note_commits()
    else:
        await context.checksums.adopt()


async def keep(context: RecoveryContext) -> None:
    """Write the state of a running bot."""
    context.state.keep(DatabaseState(clean=False, audit_id=7))


async def sums_believed(path: Path) -> bool:
    """Say whether a next start compares the file with sums."""
    return await PageChecksums(path).comparable()


async def mark_believed(path: Path) -> bool:
    """Say whether a next start knows a newest entry."""
    return HighWaterMark(path, Epoch()).load() is not None


async def state_believed(path: Path) -> bool:
    """Say whether a next start takes the file for one that was closed in order."""
    state = StateFile(path).load()
    return state is not None and state.clean


Write = Callable[[RecoveryContext], Awaitable[None]]
Believed = Callable[[Path], Awaitable[bool]]

KNOWN: dict[str, tuple[str, Write, Believed]] = {
    "page checksums": ("-sums", sum_up, sums_believed),
    "state file": ("-state", keep, state_believed),
    "high-water mark": ("-head", note, mark_believed),
}
"""How each is written, and what would be a voice of it."""


@pytest.fixture
def told() -> list[Alert]:
    """What administrators are told."""
    return []


@pytest.fixture
def context(path: Path, tmp_path: Path, told: list[Alert]) -> RecoveryContext:
    """Return what lies around a database that nobody has open."""
    path.parent.mkdir()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (v)")
    protection = Protection(
        path,
        backup=BackupSettings(folder=tmp_path / "backups"),
        archive=ArchiveSettings(mode="off", folder=tmp_path / "archive"),
        integrity=IntegritySettings(quarantine=tmp_path / "quarantine"),
    )
    protection.alerts.subscribe(told.append)
    return protection.context


@contextlib.contextmanager
def no_byte_can_be_written() -> Iterator[None]:
    """Let every write of this process to any file fail, while files can be opened and removed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_each_is_tried_here(context: RecoveryContext) -> None:
    """Whoever adds one says here how it is written and what must not be believed."""
    assert {sidecar.kind.name for sidecar in context.sidecars} == KNOWN.keys()
    assert len({sidecar.kind.event for sidecar in context.sidecars}) == len(KNOWN)


@pytest.mark.parametrize("name", KNOWN)
async def test_what_cannot_be_written_is_removed_and_told_of(
    context: RecoveryContext, told: list[Alert], name: str
) -> None:
    """The epoch stays, since nothing is left that could accuse; it is written as soon as that is possible."""
    ending, write, believed = KNOWN[name]
    watch = SidecarWatch(context)
    sidecar = next(item for item in context.sidecars if item.kind.name == name)
    await write(context)
    written = context.path.with_name(context.path.name + ending)
    assert written.exists()
    watch.look()
    assert (sidecar.trouble, told) == (None, [])

    with no_byte_can_be_written():
        sidecar.rested()
        await write(context)
    assert sidecar.resting
    assert not await believed(context.path)
    assert not context.epoch.owed
    watch.look()
    watch.look()
    assert [(item.kind, item.fields["sidecar"]) for item in told] == [("sidecar_not_written", name)]

    sidecar.rested()
    assert sidecar.due
    await write(context)
    watch.look()
    assert written.exists()
    assert not sidecar.due
    assert [item.kind for item in told] == ["sidecar_not_written", "sidecar_written_again"]


@pytest.mark.parametrize("name", KNOWN)
async def test_what_can_be_neither_written_nor_removed_is_a_strangers(
    context: RecoveryContext, name: str
) -> None:
    """Another number goes into the file before its next change, unless nothing there grows untrue."""
    ending, write, believed = KNOWN[name]
    number = context.epoch.number
    in_its_place = context.path.with_name(context.path.name + ending)
    (in_its_place / "something").mkdir(parents=True)
    await write(context)
    sidecar = next(item for item in context.sidecars if item.kind.name == name)
    assert sidecar.trouble is not None
    assert context.epoch.owed == (name != "state file")
    assert (context.epoch.number != number) == context.epoch.owed
    with contextlib.suppress(OSError):
        assert not await believed(context.path)
