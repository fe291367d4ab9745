"""A database under full protection, with waits that tests can afford."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modelus_bot.config import ArchiveSettings, BackupSettings, DatabaseSettings, IntegritySettings
from modelus_bot.database.core.alert import Alert
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.recovery.protection import Protection
from modelus_bot.subjects import DECLARED

Open = Callable[..., DatabaseManager]


@pytest.fixture
def alerts() -> list[Alert]:
    """Collect what administrators are told."""
    return []


@pytest.fixture
def protected(
    path: Path, tmp_path: Path, quick_settings: Callable[..., DatabaseSettings], alerts: list[Alert]
) -> Open:
    """Return what builds a protected database; ``archive="auto"`` switches the archive on."""

    def build(*, archive: str = "off", **integrity: Any) -> DatabaseManager:
        protection = Protection(
            path,
            backup=BackupSettings(folder=tmp_path / "backups", schedule="off", attempts=1),
            archive=ArchiveSettings.model_validate({"mode": archive, "folder": tmp_path / "archive"}),
            integrity=IntegritySettings.model_validate(
                {"quarantine": tmp_path / "quarantine", "watch_every": 0.2, "confirm_after": 0.2} | integrity
            ),
            invariants=DECLARED.invariants,
        )
        protection.alerts.subscribe(alerts.append)
        return DatabaseManager(path, quick_settings(write_deadline=30.0), protection=protection)

    return build
