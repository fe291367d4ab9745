"""A journal beside the test's database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from modelus_bot.config import DegradationSettings
from modelus_bot.database.core.append_file import journal_path
from modelus_bot.database.offline.journal.journal import Journal

Build = Callable[..., Journal]


@pytest.fixture
def build(path: Path) -> Iterator[Build]:
    """Build a journal, with other settings if some are given; each has counted right in the end."""
    built: list[Journal] = []

    def make(**settings: int) -> Journal:
        path.parent.mkdir(exist_ok=True)
        built.append(Journal(journal_path(path), DegradationSettings.model_validate(settings)))
        return built[-1]

    yield make
    assert [item.depth for item in built] == [len(item.pending()) for item in built]


@pytest.fixture
async def journal(build: Build) -> AsyncIterator[Journal]:
    """An open journal with nothing in it."""
    async with build() as opened:
        yield opened
