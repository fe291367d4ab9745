"""A protected database, and the maintenance of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from modelus_bot.config import ArchiveSettings, BackupSettings, DatabaseSettings, IntegritySettings
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.recovery.protection import Protection
from modelus_bot.subjects import DECLARED


def protection_of(path: Path, *, archive: str = "off") -> Protection:
    """Return everything that protects a file, without copies by the clock."""
    folder = path.parent.parent
    return Protection(
        path,
        backup=BackupSettings(folder=folder / "backups", schedule="off", attempts=1),
        archive=ArchiveSettings.model_validate(
            {"mode": archive, "folder": folder / "archive", "sync_milliseconds": 50}
        ),
        integrity=IntegritySettings(confirm_after=0.2, quarantine=folder / "quarantine", watch_every=0.2),
        invariants=DECLARED.invariants,
    )


@pytest.fixture
def opened(path: Path, quick_settings: Callable[..., DatabaseSettings]) -> Callable[..., DatabaseManager]:
    """Build the manager of a protected file, to be opened by the test."""

    def build(*, archive: str = "off") -> DatabaseManager:
        return DatabaseManager(
            path, quick_settings(write_deadline=8.0), protection=protection_of(path, archive=archive)
        )

    return build


@pytest.fixture
async def protected(opened: Callable[..., DatabaseManager]) -> AsyncIterator[DatabaseManager]:
    """An open, protected database without an archive."""
    async with opened() as db:
        yield db
