"""A real database file for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import modelus_bot
from modelus_bot.config import DatabaseSettings
from modelus_bot.database.engine.open_guard import refusing
from modelus_bot.database.manager import DatabaseManager

QUICK = {"busy_slice": 0.05, "write_deadline": 2.0, "reopen_base": 0.05, "reopen_cap": 0.2}


@pytest.fixture(autouse=True)
def refused() -> Iterator[None]:
    """Let no code of the bot open a live file beside SQLite; tests may, to damage it."""
    with refusing(by=Path(modelus_bot.__file__).parent):
        yield


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the test's database file is."""
    return tmp_path / "data" / "modelus.db"


@pytest.fixture
def quick_settings() -> Callable[..., DatabaseSettings]:
    """Settings with short waits; keywords replace single ones."""

    def build(**changes: Any) -> DatabaseSettings:
        return DatabaseSettings.model_validate(QUICK | changes)

    return build


@pytest.fixture
async def db(path: Path, quick_settings: Callable[..., DatabaseSettings]) -> AsyncIterator[DatabaseManager]:
    """An open database on a real file."""
    async with DatabaseManager(path, quick_settings()) as manager:
        yield manager
