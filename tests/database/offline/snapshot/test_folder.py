"""The folder of a snapshot: what is saved is loaded, and nothing that is not exactly that."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest

from modelus_bot.database.offline.snapshot.contents import Contents
from modelus_bot.database.offline.snapshot.folder import (
    LARGEST,
    SnapshotFolder,
    UnusableSnapshot,
    read_manifest,
    snapshot_folder,
)
from modelus_bot.database.offline.snapshot.manifest import MANIFEST
from tests.database.offline.snapshot.keeping import TABLES, contents, folder_at
from tests.tuning import Tuning


@pytest.fixture
def saved(tmp_path: Path) -> SnapshotFolder:
    """Return a folder with one generation in it."""
    folder = folder_at(tmp_path / "modelus.snapshot")
    folder.save(contents(1), None)
    return folder


def loaded(folder: SnapshotFolder) -> Contents:
    """Return what a folder holds."""
    return folder.load(TABLES)[1]


def test_what_was_saved_is_loaded(saved: SnapshotFolder) -> None:
    """Rows, audit head, migrations and moment come back; files are the owner's alone."""
    manifest, found = saved.load(TABLES)
    assert found == contents(1)
    assert found.as_of == contents(1).as_of == manifest.written_at
    assert (manifest.generation, manifest.audit_id, manifest.audit_head) == (1, 1, f"{1:064x}")
    assert manifest.tables["first"].rows == 40
    assert saved.path.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in saved.path.iterdir()} == {0o600}
    assert {file.name for file in saved.path.iterdir()} == manifest.files | {MANIFEST}


def test_only_changed_tables_are_written(saved: SnapshotFolder) -> None:
    """A table with the content of before keeps its file; the file that is no longer named goes."""
    before = {file.name: file.stat().st_ino for file in saved.path.iterdir()}
    manifest = saved.save(contents(2), read_manifest(saved.path))
    after = {file.name: file.stat().st_ino for file in saved.path.iterdir()}
    assert manifest.generation == 2
    assert loaded(saved) == contents(2)
    assert {name for name in before if before[name] == after.get(name)} == {
        name for name in before if name.startswith(("second", "third"))
    }
    assert len(after) == len(before)


def test_files_of_others_stay(saved: SnapshotFolder) -> None:
    """Only what a snapshot made is ever removed, half-made files too."""
    for name in ("notes.txt", "users.json", "first.0123456789ab.json", f"{MANIFEST}.partial"):
        (saved.path / name).write_bytes(b"x")
    saved.save(contents(2), read_manifest(saved.path))
    names = {file.name for file in saved.path.iterdir()}
    assert {"notes.txt", "users.json"} <= names
    assert not {"first.0123456789ab.json", f"{MANIFEST}.partial"} & names


def test_a_lost_file_is_written_again(saved: SnapshotFolder) -> None:
    """A file that somebody deleted or shortened is made anew with the next generation."""
    lost, short = (next(saved.path.glob(f"{name}.*.json")) for name in ("second", "third"))
    lost.unlink()
    short.write_bytes(b"{")
    saved.save(contents(2), read_manifest(saved.path))
    assert loaded(saved) == contents(2)


def test_no_snapshot_is_no_failure(tmp_path: Path) -> None:
    """A folder that is not there, or empty, is told apart from a damaged one."""
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(UnusableSnapshot) as caught:
            folder_at(path).load(TABLES)
        assert caught.value.missing


def test_another_schema_is_not_used(saved: SnapshotFolder) -> None:
    """Rows of another schema, or without a table that is kept now, are left alone."""
    with pytest.raises(UnusableSnapshot, match="another schema"):
        SnapshotFolder(saved.path, "t").load(TABLES)
    with pytest.raises(UnusableSnapshot, match="lacks fourth"):
        saved.load((*TABLES, "fourth"))


def test_damage_of_any_kind_is_noticed(saved: SnapshotFolder) -> None:
    """Flipped bits, cut ends, exchanged and missing files, in any of them: the snapshot is not used."""
    dice = random.Random(3)
    for file in sorted(saved.path.iterdir()):
        whole = file.read_bytes()
        for _ in range(25):
            damaged = bytearray(whole)
            damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
            file.write_bytes(damaged)
            assert_unusable_or_same(saved)
        for length in (0, 1, len(whole) // 2, len(whole) - 2):
            file.write_bytes(whole[:length])
            assert_unusable_or_same(saved)
        file.unlink()
        with pytest.raises(UnusableSnapshot):
            saved.load(TABLES)
        file.mkdir()
        with pytest.raises(UnusableSnapshot):
            saved.load(TABLES)
        file.rmdir()
        file.write_bytes(whole)
    assert loaded(saved) == contents(1)


def assert_unusable_or_same(folder: SnapshotFolder) -> None:
    """Rows are those that were saved, or nothing is loaded; a manifest's other facts carry no rows."""
    try:
        found = loaded(folder)
    except UnusableSnapshot:
        return
    assert found.tables == contents(1).tables


def test_a_file_as_large_as_the_memory_is_not_read(saved: SnapshotFolder, tuning: Tuning) -> None:
    """Reading ends at a limit, whatever lies there."""
    tuning(LARGEST.at(100))
    with pytest.raises(UnusableSnapshot, match="too large"):
        saved.load(TABLES)


class _Crash(BaseException):
    """Stands for the end of the process."""


_armed: list[int] = []
"""How many calls of the operating system may still be made before the crash; empty: any number."""
_STEPS = {"open", "os.rename", "os.remove", "os.mkdir", "os.listdir", "os.scandir"}


def _crash_at_step(event: str, _: tuple[object, ...]) -> None:
    if _armed and event in _STEPS:
        _armed[0] -= 1
        if _armed[0] < 0:
            raise _Crash


@pytest.fixture(scope="module")
def crashing() -> None:
    """Have Python itself tell of everything that is done to files."""
    sys.addaudithook(_crash_at_step)


@pytest.mark.parametrize(("first", "second"), [(1, 2), (2, 1)])
def test_a_crash_at_any_step_leaves_a_whole_snapshot(
    crashing: None, tmp_path: Path, first: int, second: int
) -> None:
    """Ended before each single call that touches a file: the old generation or the new one is there."""
    seen = set()
    for steps in range(120):
        folder = folder_at(tmp_path / f"{steps}" / "modelus.snapshot")
        folder.save(contents(first), None)
        before = read_manifest(folder.path)
        _armed[:] = [steps]
        try:
            folder.save(contents(second, changing=3), before)
        except _Crash:
            finished = False
        else:
            finished = True
        finally:
            _armed.clear()
        found = loaded(folder)
        assert found in (contents(first), contents(second, changing=3))
        seen.add(found.audit_id)
        manifest = folder.save(contents(3), read_manifest(folder.path))
        assert loaded(folder) == contents(3)
        files = {file.name for file in folder.path.iterdir() if file.is_file()}
        assert files == manifest.files | {MANIFEST}
        if finished:
            break
    assert finished
    assert seen == {1, 2}


def test_a_full_or_forbidden_folder_raises(saved: SnapshotFolder) -> None:
    """What cannot be written is an ``OSError``, and what was saved before stays valid."""
    if os.geteuid() == 0:
        (saved.path / MANIFEST).with_name(f"{MANIFEST}.partial").mkdir()
    else:
        saved.path.chmod(0o500)
    with pytest.raises(OSError):  # noqa: PT011 - which one depends on who runs the test
        saved.save(contents(2), read_manifest(saved.path))
    assert loaded(saved) == contents(1)


def test_it_lies_beside_the_database() -> None:
    """The folder is called after the database file."""
    assert snapshot_folder(Path("data/modelus.db")) == Path("data/modelus.snapshot")


def test_a_history_that_goes_back_is_kept(tmp_path: Path) -> None:
    """When the database is a new one or was restored, the last snapshot of before lies in its own folder."""
    folder = folder_at(tmp_path / "modelus.snapshot")
    manifest = folder.save(contents(9), None)
    manifest = folder.save(contents(2), manifest)
    earlier = folder_at(folder.path / "earlier")
    assert loaded(folder) == contents(2)
    assert loaded(earlier) == contents(9)

    manifest = folder.save(contents(3), manifest)
    assert loaded(earlier) == contents(9)
    folder.save(contents(1), manifest)
    assert (loaded(folder), loaded(earlier)) == (contents(1), contents(3))
    assert earlier.path.stat().st_mode & 0o777 == 0o700


def test_a_lost_file_does_not_stop_what_follows_a_restore(tmp_path: Path) -> None:
    """What cannot be kept of before is given up rather than the snapshot of now."""
    folder = folder_at(tmp_path / "modelus.snapshot")
    manifest = folder.save(contents(9), None)
    next(folder.path.glob("first.*.json")).unlink()
    folder.save(contents(2), manifest)
    assert loaded(folder) == contents(2)
