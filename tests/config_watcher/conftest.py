"""A watched settings file for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.config_watcher.desk import Desk, desk_at


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the settings file is."""
    file = tmp_path / "etc" / "config.toml"
    file.parent.mkdir()
    file.write_text("[sandbox]\nport = 1\n", encoding="utf-8")
    return file


@pytest.fixture
async def desk(path: Path) -> AsyncIterator[Desk]:
    """A watched file with one setting in it."""
    async with desk_at(path) as found:
        yield found
