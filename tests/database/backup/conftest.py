"""Backups of the test's database, in a folder of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modelus_bot.clock.clock import Clock as Machine
from modelus_bot.config import BackupSettings
from modelus_bot.database.backup.manager import BackupManager
from modelus_bot.database.schema.validator import SchemaValidator
from modelus_bot.subjects import DECLARED

Told = list[tuple[str, dict[str, Any]]]


class Clock:
    """A clock that is set by hand; UTC seconds."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Return the clock of ``build``'s managers."""
    return Clock()


@pytest.fixture
def told() -> Told:
    """Collect what administrators are told by ``build``'s managers."""
    return []


@pytest.fixture
def build(path: Path, tmp_path: Path, clock: Clock, told: Told) -> Callable[..., BackupManager]:
    """Return what makes a manager for the test's database; keywords are settings."""

    def build(**settings: Any) -> BackupManager:
        chosen = {"folder": tmp_path / "backups", "attempts": 1, "schedule": "off"} | settings
        return BackupManager(
            path,
            BackupSettings.model_validate(chosen),
            validator=SchemaValidator(),
            invariants=DECLARED.invariants,
            clock=Machine(wall=clock, steady=clock),
            on_alert=lambda kind, details: told.append((kind, details)),
        )

    return build


@pytest.fixture
def backups(build: Callable[..., BackupManager]) -> BackupManager:
    """Return a manager for the test's database."""
    return build()
