"""Files that are set aside stay together, and what is remembered beside the database survives anything."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.database.core.sidecar_paths import parts_of
from modelus_bot.database.core.state_file import DatabaseState, StateFile
from modelus_bot.database.recovery.quarantine import move_to_quarantine
from modelus_bot.runtime.atomic_files import write_durably


def test_all_files_move_together_and_come_back(tmp_path: Path) -> None:
    """Nothing stays behind that would be applied to the next file, and everything can be put back."""
    database = tmp_path / "modelus.db"
    for number, part in enumerate(parts_of(database)):
        part.write_bytes(bytes([number]) * 10)
    moved = move_to_quarantine(
        database, tmp_path / "quarantine", "a test", ("page 3 is damaged",), now=1_700_000_000
    )
    assert not any(part.exists() for part in parts_of(database))
    note = json.loads((moved.folder / "why.json").read_text())
    assert note["reason"] == "a test"
    assert note["problems"] == ["page 3 is damaged"]
    assert note["bytes"] == {
        "modelus.db": 10,
        "modelus.db-wal": 10,
        "modelus.db-shm": 10,
        "modelus.db-journal": 10,
    }
    moved.put_back(database)
    assert [part.read_bytes()[0] for part in parts_of(database)] == [0, 1, 2, 3]


def test_the_new_folder_itself_survives_a_power_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every folder is flushed in which a name was made or removed."""
    flushed = []
    flush = os.fsync

    def watched(descriptor: int) -> None:
        flushed.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    database = tmp_path / "data" / "modelus.db"
    database.parent.mkdir()
    database.write_bytes(b"x")
    moved = move_to_quarantine(database, tmp_path / "quarantine", "a test", now=1_700_000_000)
    assert {tmp_path / "quarantine", moved.folder, database.parent} <= set(flushed)


def test_each_time_has_a_folder_of_its_own(tmp_path: Path) -> None:
    """Two in the same second do not mix."""
    database = tmp_path / "modelus.db"
    folders = set()
    for _ in range(3):
        database.write_bytes(b"x")
        folders.add(move_to_quarantine(database, tmp_path / "quarantine", "again", now=1_700_000_000).folder)
    assert len(folders) == 3


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    """The state survives, and only its owner can read it."""
    kept = StateFile(tmp_path / "modelus.db")
    assert kept.load() is None
    state = DatabaseState(clean=False, audit_id=7, audit_head="ab", good_at=12)
    kept.save(state)
    assert kept.load() == state
    assert kept.path.stat().st_mode & 0o777 == 0o600
    kept.forget()
    assert kept.load() is None


@settings(deadline=None, max_examples=100)
@given(content=st.binary(max_size=200))
def test_any_bytes_count_as_an_unclean_stop(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """A damaged state file makes the next start look closely; it never stops it."""
    kept = StateFile(tmp_path_factory.mktemp("state") / "modelus.db")
    write_durably(kept.path, content)
    state = kept.load()
    assert state is not None
    assert not state.clean
