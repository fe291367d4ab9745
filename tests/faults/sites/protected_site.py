"""A folder with a database under full protection, its copies, archive and quarantine."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from modelus_bot.config import ArchiveSettings, BackupSettings, DatabaseSettings, IntegritySettings
from modelus_bot.database.core.alert import Alert
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.recovery.protection import Protection
from modelus_bot.subjects import DECLARED

__all__ = ["Site"]


@dataclass
class Site:
    """A folder with everything that belongs to one bot."""

    folder: Path

    @property
    def database(self) -> Path:
        """The main file."""
        return self.folder / "data" / "modelus.db"

    @property
    def wal(self) -> Path:
        """The log beside it, which the archive's program may leave there at the end."""
        return self.database.with_name(self.database.name + "-wal")

    def drop_log(self) -> None:
        """Move what it holds into the main file, so that nothing covers what is damaged there."""
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0

    def open(self, alerts: list[Alert], archive: str) -> DatabaseManager:
        """Return a protected database on this site."""
        protection = Protection(
            self.database,
            backup=BackupSettings(folder=self.folder / "backups", schedule="off", attempts=1),
            archive=ArchiveSettings.model_validate({"mode": archive, "folder": self.folder / "archive"}),
            integrity=IntegritySettings(
                confirm_after=0.2, quarantine=self.folder / "quarantine", watch_every=0.5
            ),
            invariants=DECLARED.invariants,
        )
        protection.alerts.subscribe(alerts.append)
        return DatabaseManager(
            self.database, DatabaseSettings(write_deadline=60, read_deadline=60), protection=protection
        )
