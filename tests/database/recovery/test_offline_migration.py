"""The bot migrates at its start: a verified backup comes first, and comes back if the file gets worse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modelus_bot.database.backup.manifest import BackupManifest
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import MigrationFailed
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.schema.migrations import Migrator
from tests.database.operations import PutSetting, setting

Open = Callable[..., DatabaseManager]


@pytest.fixture
async def older(protected: Open, path: Path) -> Path:
    """Return a database as the version before this one left it."""
    async with protected() as db:
        await db.write(PutSetting(key="a", value=1), Context())
    Migrator(path).down()
    for part in path.parent.glob("modelus.db-sums*"):
        part.unlink()
    return path


def copies(db: DatabaseManager) -> list[BackupManifest]:
    """Return the backups that were made before a migration."""
    assert db.protection is not None
    return [manifest for manifest in db.protection.backups.manifests() if manifest.kind == "pre_migration"]


async def test_the_start_backs_up_before_it_migrates(protected: Open, older: Path) -> None:
    """The copy has the schema of before, is verified, and there is one of it."""
    pending = [item.id for item in Migrator(older).status() if not item.applied]
    async with protected() as db:
        assert await db.read(setting, "a") == 1
        (copy,) = copies(db)
        assert copy.status == "verified"
        assert not set(pending) & set(copy.migrations)
    assert all(item.applied for item in Migrator(older).status())
    async with protected() as db:
        assert len(copies(db)) == 1


async def test_a_migration_that_ruins_the_file_is_undone(
    protected: Open, older: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The backup of just before takes the ruined file's place, which is kept; the next start works."""

    def ruin(*_: object) -> None:
        with older.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * (older.stat().st_size - 4096))
        raise MigrationFailed("the disk failed")

    with monkeypatch.context() as patch:
        patch.setattr("modelus_bot.database.schema.migrations._step", ruin)
        with pytest.raises(MigrationFailed, match=r"the backup .* was restored"):
            await protected().__aenter__()
    assert not all(item.applied for item in Migrator(older).status())
    assert list(tmp_path.glob("quarantine/*/modelus.db"))
    async with protected() as db:
        assert await db.read(setting, "a") == 1
