"""Manifests are the truth about the copies; whatever else lies in the folder is passed over."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.database.backup.folder import CopyFolder
from modelus_bot.database.backup.manifest import (
    BackupManifest,
    UnreadableManifest,
    read_manifest,
    write_manifest,
)

NAME = "modelus-20260331T120000Z-manual.db"
GOOD: dict[str, Any] = {
    "name": NAME, "kind": "manual", "bytes": 8192, "sha256": "ab" * 32, "created_at": 1.0, "sequence": 3,
    "verified_at": 2.0, "status": "verified", "rows": {"users": 1},
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> CopyFolder:
    """Return a folder with one copy that has a manifest."""
    folder = CopyFolder(tmp_path / "backups", "modelus")
    folder.prepare()
    (folder.path / NAME).write_bytes(b"copy")
    write_manifest(folder.path, BackupManifest.model_validate(GOOD))
    return folder


def test_a_manifest_is_read_as_it_was_written(folder: CopyFolder) -> None:
    """All fields survive, the file is its owner's alone, and the path is where it was found."""
    (found,) = folder.manifests()
    assert found == BackupManifest.model_validate(GOOD | {"path": folder.path / NAME})
    assert (folder.path / f"{NAME}.json").stat().st_mode & 0o777 == 0o600
    assert "path" not in json.loads((folder.path / f"{NAME}.json").read_text())


@settings(max_examples=300)
@given(content=st.binary(max_size=300))
def test_any_content_is_a_manifest_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    """No content makes reading fail in any other way than being refused."""
    path = tmp_path_factory.getbasetemp() / f"{NAME}.json"
    path.write_bytes(content)
    with pytest.raises(UnreadableManifest):
        read_manifest(path)


@settings(max_examples=300)
@given(
    field=st.sampled_from(sorted(GOOD)),
    value=st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.lists(st.integers())
    ),
)
def test_any_value_of_a_field_is_right_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, field: str, value: Any
) -> None:
    """A field with another value is refused, or the copy can be sorted and shown like any other."""
    path = tmp_path_factory.getbasetemp() / f"{NAME}.json"
    path.write_text(json.dumps(GOOD | {field: value}))
    try:
        one = read_manifest(path)
    except UnreadableManifest:
        return
    assert one.name == NAME
    assert sorted([one.order, (0, 0.0, "")])
    assert 0 <= one.created_at < 1e12


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"[]", b"null", b"[" * 100_000, json.dumps(GOOD).encode()[:-9]]
)
def test_a_damaged_manifest_is_passed_over(folder: CopyFolder, content: bytes) -> None:
    """Its copy does not count, and the others still do."""
    other = NAME.replace("12", "13")
    (folder.path / other).write_bytes(b"copy")
    (folder.path / f"{other}.json").write_bytes(content)
    assert [manifest.name for manifest in folder.manifests()] == [NAME]


def test_what_is_no_file_is_passed_over(folder: CopyFolder) -> None:
    """A folder, a pipe, an endless link and a huge file in a manifest's place do no harm."""
    places = [folder.path / NAME.replace("12", hour) for hour in ("13", "14", "15", "16")]
    for place in places:
        place.write_bytes(b"copy")
    made = [place.with_name(f"{place.name}.json") for place in places]
    made[0].mkdir()
    os.mkfifo(made[1])
    made[2].symlink_to(made[2])
    with made[3].open("wb") as file:
        file.truncate(2**30)
    assert [manifest.name for manifest in folder.manifests()] == [NAME]


def test_a_manifest_of_another_copy_is_passed_over(folder: CopyFolder) -> None:
    """A manifest that was copied or renamed vouches for nothing."""
    other = NAME.replace("12", "13")
    (folder.path / other).write_bytes(b"copy")
    (folder.path / f"{other}.json").write_bytes((folder.path / f"{NAME}.json").read_bytes())
    assert [manifest.name for manifest in folder.manifests()] == [NAME]


def test_a_newer_versions_manifest_is_understood(folder: CopyFolder) -> None:
    """Fields that this version does not know are no reason to lose a copy."""
    (folder.path / f"{NAME}.json").write_text(json.dumps(GOOD | {"color": "blue"}))
    assert [manifest.name for manifest in folder.manifests()] == [NAME]


def test_names_are_never_taken_twice(folder: CopyFolder) -> None:
    """Several copies in one second are numbered, whatever is left of others."""
    first = folder.new_name("manual", 1_774_958_400.0)
    assert first == "modelus-20260331T120000Z-manual-2.db"
    folder.partial(first).write_bytes(b"")
    assert folder.new_name("manual", 1_774_958_400.9) == "modelus-20260331T120000Z-manual-3.db"


def test_only_leftovers_are_removed(folder: CopyFolder) -> None:
    """Unfinished copies and manifests without a copy go; copies, their manifests and others' files stay."""
    stays = {
        NAME, f"{NAME}.json", "modelus-before-the-upgrade.db", "notes.txt.partial", "modelus-drills.json",
        NAME.replace("12", "15"), "other-20260331T120000Z-manual.db.partial",
    }  # fmt: skip
    goes = {
        f"{NAME.replace('12', hour)}{ending}"
        for hour, ending in (
            ("13", ".partial"), ("13", ".partial-wal"), ("13", ".partial-journal"), ("14", ".json"),
            ("15", ".json.partial"),
        )
    }  # fmt: skip
    for name in (stays | goes) - {NAME, f"{NAME}.json"}:
        (folder.path / name).write_bytes(b"x")
    assert set(folder.remove_leftovers()) == goes
    assert {path.name for path in folder.path.iterdir()} == stays


def test_a_deleted_copy_never_counts_half_deleted(folder: CopyFolder) -> None:
    """Whichever step of deleting is the last one before a kill, the copy does not count after it."""
    (folder.path / NAME).replace(folder.partial(NAME))
    assert folder.manifests() == ()
    assert set(folder.remove_leftovers()) == {f"{NAME}.partial", f"{NAME}.json"}
    assert list(folder.path.iterdir()) == []


def test_a_folder_that_cannot_be_read_is_empty(tmp_path: Path) -> None:
    """Neither a missing folder nor a file in its place makes asking for copies fail."""
    (tmp_path / "file").write_bytes(b"")
    assert CopyFolder(tmp_path / "missing", "modelus").manifests() == ()
    assert CopyFolder(tmp_path / "file", "modelus").manifests() == ()


def test_two_programs_do_not_work_in_the_folder_at_once(folder: CopyFolder) -> None:
    """While one has the folder, the other is told so."""
    other = CopyFolder(folder.path, "modelus")
    with folder.locked() as mine:
        assert mine
        with other.locked() as theirs:
            assert not theirs
    with other.locked() as theirs:
        assert theirs
