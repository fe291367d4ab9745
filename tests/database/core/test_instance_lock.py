"""Two bots on one file by way of links: the second is refused, whatever name it was given."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from modelus_bot.config import ArchiveSettings, BackupSettings, DatabaseSettings, IntegritySettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import AlreadyRunning, AmbiguousFile
from modelus_bot.database.core.instance_lock import InstanceLock, meant, require_one_name
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.recovery.protection import Protection
from tests.database.continuing import continuity_of
from tests.database.operations import PutSetting, setting

Settings = Callable[..., DatabaseSettings]


def bot(path: Path, settings: Settings) -> DatabaseManager:
    """Return the database as the bot opens it under a name."""
    beside = path.absolute().parent
    protection = Protection(
        path,
        backup=BackupSettings(folder=beside / "backups", schedule="off"),
        archive=ArchiveSettings(mode="off", folder=beside / "archive"),
        integrity=IntegritySettings(quarantine=beside / "quarantine"),
    )
    fallback = continuity_of(path, patience=0.2)
    return DatabaseManager(path, settings(), tolerant=True, protection=protection, fallback=fallback)


@pytest.mark.parametrize("linked", ["file", "folder"])
async def test_a_link_leads_to_the_same_bot(tmp_path: Path, quick_settings: Settings, linked: str) -> None:
    """What lies beside the database lies beside the file that is meant; a second bot finds it taken."""
    real = tmp_path / "real" / "modelus.db"
    real.parent.mkdir()
    link = tmp_path / "link" / "other.db" if linked == "file" else tmp_path / "link" / "modelus.db"
    if linked == "file":
        link.parent.mkdir()
    else:
        link.parent.symlink_to(real.parent)
    async with bot(real, quick_settings) as db:
        if linked == "file":
            link.symlink_to(real)
        assert await db.write(PutSetting(key="a", value=1), Context()) == 1
        with pytest.raises(AlreadyRunning, match=f"process {os.getpid()}"):
            await bot(link, quick_settings).__aenter__()
    async with bot(link, quick_settings) as db:
        assert await db.read(setting, "a") == 1
        assert db.mode == "normal"
        with pytest.raises(AlreadyRunning):
            InstanceLock(real).acquire()
    names = {path.name for path in real.parent.iterdir()}
    assert {"modelus.db-state", "modelus.db-sums", "modelus.db.lock", "modelus.deferred.jsonl"} <= names
    assert "modelus.snapshot" in names
    if linked == "file":
        assert [path.name for path in link.parent.iterdir()] == ["other.db"]


async def test_a_hard_link_is_refused(tmp_path: Path, quick_settings: Settings) -> None:
    """The second bot does not start, the first one goes on, and the sentence says what to do."""
    path, second = tmp_path / "modelus.db", tmp_path / "elsewhere" / "modelus.db"
    second.parent.mkdir()
    async with bot(path, quick_settings) as db:
        await db.write(PutSetting(key="a", value=1), Context())
        second.hardlink_to(path)
        with pytest.raises(AmbiguousFile) as refused:
            await bot(second, quick_settings).__aenter__()
        assert refused.value.user_message == (
            "Another program could use this database, too."
            f" {second} has a second name on its disk (a hard link), under which another program could change"
            f" it unseen. Remove the other name: “find FOLDER -xdev -samefile {second}” shows it."
            " For a copy, use “modelus-bot backup create”."
        )
        assert [item.name for item in second.parent.iterdir()] == ["modelus.db"]
        assert await db.write(PutSetting(key="a", value=2), Context()) == 2
    second.unlink()
    async with bot(path, quick_settings) as db:
        assert await db.read(setting, "a") == 2


async def test_a_link_to_nowhere_makes_nothing(tmp_path: Path, quick_settings: Settings) -> None:
    """A disk that is not mounted: the bot begins no database in its place, at no start."""
    (tmp_path / "data").symlink_to(tmp_path / "disk" / "data")
    path = tmp_path / "data" / "modelus.db"
    for _ in range(2):
        with pytest.raises(AmbiguousFile, match=r"is a link to .*/disk/data, and nothing is there"):
            await bot(path, quick_settings).__aenter__()
    assert not (tmp_path / "disk").exists()


def test_a_file_that_is_mounted_by_itself_is_refused(tmp_path: Path) -> None:
    """Its -wal would lie elsewhere for whoever opens it by its own name."""
    real, place = tmp_path / "modelus.db", tmp_path / "mounted" / "modelus.db"
    place.parent.mkdir()
    real.touch()
    place.touch()
    done = subprocess.run(["mount", "--bind", str(real), str(place)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("a file cannot be mounted here")
    try:
        with pytest.raises(AmbiguousFile, match="Mount its whole folder instead"):
            require_one_name(place)
        require_one_name(real)
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_path_without_links_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """People read the name that they gave, also one that is relative."""
    monkeypatch.chdir(tmp_path)
    assert meant(Path("data/modelus.db")) == Path("data/modelus.db")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(AmbiguousFile):
        require_one_name(tmp_path / "loop")
