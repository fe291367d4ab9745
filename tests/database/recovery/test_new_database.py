"""A machine without a database file: nothing is begun anew while anything of the old lies there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from modelus_bot.config import ArchiveSettings, BackupSettings, DatabaseSettings, IntegritySettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError, OpeningRefused
from modelus_bot.database.core.sidecar_paths import parts_of
from modelus_bot.database.core.state_file import DatabaseState
from modelus_bot.database.health.causes import cause_words
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.recovery.new_database import EarlierDatabase
from modelus_bot.database.recovery.protection import Protection
from modelus_bot.database.recovery.remains import RemainStanding, traces_of
from tests.database.operations import PutSetting, all_settings, setting
from tests.other_user import as_other, shared_place

Open = Callable[..., DatabaseManager]

STARTED = """
import asyncio, sys
from pathlib import Path
from modelus_bot.config import ArchiveSettings, BackupSettings, DatabaseSettings, IntegritySettings
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.recovery.protection import Protection

async def main(place):
    path = place / "data" / "modelus.db"
    protection = Protection(
        path, backup=BackupSettings(folder=place / "backups", schedule="off"),
        archive=ArchiveSettings(mode="off", folder=place / "archive"),
        integrity=IntegritySettings(quarantine=place / "quarantine"),
    )
    async with DatabaseManager(path, DatabaseSettings(), tolerant=True, protection=protection) as db:
        print(db.mode, db.availability.cause.detail if db.availability.cause else "", path.exists())

asyncio.run(main(Path(sys.argv[1])))
"""


async def made(protected: Open, path: Path) -> str:
    """Make a database with a row and a copy, and take all but the copy away; returns its name."""
    async with protected() as db:
        await db.write(PutSetting(key="a", value=1), Context())
        assert db.protection is not None
        name = (await db.protection.backups.create("manual")).name
    forget(path)
    return name


def forget(path: Path) -> None:
    """Take the database away, and what the bot remembers of it."""
    for part in (*parts_of(path), *path.parent.glob(f"{path.name}-s*")):
        part.unlink(missing_ok=True)


async def refusal_of(db: DatabaseManager, path: Path) -> str:
    """Start, and return why nothing is served; nothing may have been begun."""
    with pytest.raises(OpeningRefused) as refused:
        await db.__aenter__()
    assert not path.exists()
    assert cause_words(refused.value) == refused.value.detail
    assert "modelus-bot run --begin-anew" in refused.value.detail
    return refused.value.detail


@pytest.mark.parametrize("manifest", ["missing", "cut off"])
async def test_a_copy_without_its_manifest_brings_the_database_back(
    protected: Open, path: Path, tmp_path: Path, manifest: str
) -> None:
    """It is whole, so nothing is lost, and no empty database is served in its place."""
    name = await made(protected, path)
    beside = tmp_path / "backups" / f"{name}.json"
    if manifest == "missing":
        beside.unlink()
    else:
        os.truncate(beside, 40)
    async with protected() as db:
        assert await db.read(setting, "a") == 1


async def test_a_damaged_copy_is_not_the_same_as_none(protected: Open, path: Path, tmp_path: Path) -> None:
    """Nothing is begun while it lies there; the sentence names it, why it is not used, and what to do."""
    name = await made(protected, path)
    copy = tmp_path / "backups" / name
    copy.write_bytes(b"\xff" * copy.stat().st_size)
    (tmp_path / "backups" / f"{name}.json").unlink()
    words = await refusal_of(protected(), path)
    assert words.startswith(f"There is no database at {path}, and none was begun, because something of an")
    assert f"backup {name} ({name}.json, which says what it holds, is missing)" in words
    assert "“backup verify NAME” says what one is." in words


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("data/modelus.db-wal", b"frames", "the database it belongs to is missing"),
        ("data/modelus.deferred.jsonl.damaged", b"{}\n", "changes saved for later"),
        ("data/modelus.audit.jsonl", b"{}\n", "audit entries saved for later"),
        ("data/modelus.snapshot/manifest.json", b"{}", "it holds some tables, and no database"),
        ("quarantine/modelus-20260101T000000Z/modelus.db", b"SQLite", "it was set aside"),
        ("archive/modelus.db/ltx/0/0000000000000001-0000000000000001.ltx", b"LTX1", "is switched off"),
        ("backups/modelus-20260101T000000Z-manual.db", b"SQLite", "which says what it holds, is missing"),
        ("backups/modelus-20260101T000000Z-manual.db.partial", b"SQLite", "it was never finished"),
    ],
)
async def test_whatever_may_hold_data_counts(
    protected: Open, path: Path, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    """Each by itself keeps an empty database from being begun, and is named with its reason."""
    place = tmp_path / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    said = await refusal_of(protected(), path)
    assert words in said
    protection = protected().protection
    assert protection is not None
    with pytest.raises(OpeningRefused):
        await EarlierDatabase(protection.context).require_none()
    assert await EarlierDatabase(protection.context).set_aside() or name.startswith("quarantine")
    if not name.startswith("quarantine"):
        assert await traces_of(protection.context) == ()
        async with protected() as db:
            assert await db.read(all_settings) == {}
    assert [item.read_bytes() for item in tmp_path.rglob(place.name)] == [content]


async def test_what_belongs_to_another_database_does_not_count(
    protected: Open, path: Path, tmp_path: Path
) -> None:
    """Others may share the folders; their copies are no copies of this one."""
    for name in ("backups/other-20260101T000000Z-manual.db", "quarantine/other-20260101T000000Z/other.db"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(b"SQLite")
    async with protected() as db:
        assert await db.read(all_settings) == {}


async def test_a_bucket_that_nobody_can_ask_keeps_everything_as_it_is(path: Path, tmp_path: Path) -> None:
    """Without its program it may hold everything: neither begun by itself, nor on request."""
    protection = Protection(
        path,
        backup=BackupSettings(folder=tmp_path / "backups", schedule="off"),
        archive=ArchiveSettings(url="s3://bucket/modelus", binary=str(tmp_path / "no-litestream")),
        integrity=IntegritySettings(quarantine=tmp_path / "quarantine"),
    )
    (trace,) = await traces_of(protection.context)
    assert trace.standing is RemainStanding.UNREADABLE
    assert str(trace).startswith("the archive's bucket s3://bucket/modelus (The program ")
    words = await refusal_of(DatabaseManager(path, DatabaseSettings(), protection=protection), path)
    assert "no-litestream was not found" in words
    with pytest.raises(OpeningRefused, match=r"Name an empty one in archive\.url"):
        await EarlierDatabase(protection.context).set_aside()


async def test_begun_anew_only_where_there_is_no_database(protected: Open, path: Path) -> None:
    """The way out does nothing to a database that is there."""
    async with protected() as db:
        await db.write(PutSetting(key="a", value=1), Context())
    protection = protected().protection
    assert protection is not None
    assert await EarlierDatabase(protection.context).set_aside() == ()
    async with protected() as db:
        assert await db.read(setting, "a") == 1


async def test_a_refused_start_is_over_once_a_copy_is_there(
    protected: Open, path: Path, tmp_path: Path
) -> None:
    """The bot tries again by itself: what is mended meanwhile is used."""
    name = await made(protected, path)
    copy, away = tmp_path / "backups" / name, tmp_path / name
    copy.rename(away)
    copy.write_bytes(b"not yet")
    db = protected()
    with pytest.raises(OpeningRefused):
        await db.__aenter__()
    away.replace(copy)
    async with protected() as again:
        assert await again.read(setting, "a") == 1


@pytest.mark.parametrize("locked", ["copy", "folder", "manifest"])
async def test_what_may_not_be_read_is_not_the_same_as_none(
    protected: Open, path: Path, tmp_path: Path, locked: str
) -> None:
    """Copied there by root: another user's bot serves nothing, and says what it may not read and as whom."""
    name = await made(protected, path)
    with shared_place() as place:
        folder = place / "backups"
        shutil.copytree(tmp_path / "backups", folder)
        folder.chmod(0o700 if locked == "folder" else 0o755)
        for item in folder.iterdir():
            item.chmod(0o644)
        if locked != "folder":
            (folder / (name if locked == "copy" else f"{name}.json")).chmod(0o600)
        done = as_other("-c", STARTED, str(place), cwd=place)
    assert done.returncode == 0, done.stderr
    if locked == "manifest":
        assert done.stdout == "normal  True\n", done.stderr
        return
    assert done.stdout.startswith("degraded There is no database at ")
    assert done.stdout.endswith("False\n")
    what = f"backup {name} (it" if locked == "copy" else f"the folder of the backups: {folder}"
    assert f"{what} may not be read by the user #54321" in done.stdout
    assert "Let the bot's user read it (chown, chmod)" in done.stdout


async def test_a_folder_that_cannot_be_read_is_told(protected: Open, path: Path, tmp_path: Path) -> None:
    """Something else in the place of the folder is not an empty folder."""
    (tmp_path / "backups").write_bytes(b"in the way")
    words = await refusal_of(protected(), path)
    assert f"the folder of the backups: {tmp_path / 'backups'} is no folder" in words
    with pytest.raises(DatabaseError):
        await protected().__aenter__()


async def test_what_was_saved_before_the_first_database_is_not_an_earlier_one(
    protected: Open, path: Path
) -> None:
    """A first start that failed leaves a journal: the next one makes the database all the same."""
    path.parent.mkdir()
    manager = protected()
    assert manager.protection is not None
    context = manager.protection.context
    journal = path.with_name("modelus.deferred.jsonl")
    journal.write_text('{"saved": "for later"}\n')
    assert [item.place for item in await traces_of(context)] == [journal.name]
    context.state.save(DatabaseState(clean=False, begun=False))
    assert await traces_of(context) == ()
    path.with_name(path.name + "-head").write_bytes(b"somebody was told of a change")
    assert [item.place for item in await traces_of(context)] == ["modelus.db-head"]
    path.with_name(path.name + "-head").unlink()
    async with protected() as db:
        await db.write(PutSetting(key="a", value=1), Context())
    forget(path)
    assert [item.place for item in await traces_of(context)][-1] == journal.name
