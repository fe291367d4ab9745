"""Somebody who edits the settings file while the watcher looks at it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from modelus_bot.config import load_settings
from modelus_bot.config.watching import Change, ConfigWatcher, WatchPace
from tests.waiting import stays

QUICK = WatchPace(look=0.1, quiet=0.04, unfinished=0.16, patience=1.0)


class Desk:
    """Somebody who edits the file, and what the watcher makes of it."""

    def __init__(self, path: Path, watcher: ConfigWatcher) -> None:
        self.path = path
        self.watcher = watcher
        self.changes: list[Change] = []
        self.problems: list[str] = []
        watcher.subscribe(self.changes.append)
        watcher.subscribe_to_problems(self.problems.append)

    def write(self, text: str) -> None:
        """Write into the file in place."""
        self.path.write_text(text, encoding="utf-8")

    async def until(self, condition: Callable[[], object], seconds: float = 10.0) -> None:
        """Wait for something to become true."""
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.005)

    async def change(self, edit: Callable[[], object]) -> Change:
        """Make an edit and return the one change it led to."""
        before = len(self.changes)
        edit()
        await self.until(lambda: len(self.changes) > before)
        assert len(self.changes) == before + 1
        return self.changes[-1]

    async def problem(self, edit: Callable[[], object]) -> str:
        """Make an edit and return what was said against it."""
        before = len(self.problems)
        edit()
        await self.until(lambda: len(self.problems) > before)
        assert len(self.problems) == before + 1
        return self.problems[-1]

    async def quiet(self, edit: Callable[[], object], seconds: float = 0.6) -> None:
        """Make an edit and see that nothing is announced and nothing said."""
        before = (len(self.changes), len(self.problems))
        edit()
        await stays(lambda: (len(self.changes), len(self.problems)) == before, seconds)
        assert (len(self.changes), len(self.problems)) == before


@asynccontextmanager
async def desk_at(path: Path, environment: dict[str, str] | None = None, **more: Any) -> AsyncIterator[Desk]:
    """Watch the file at ``path``, quickly unless told otherwise."""
    environment = environment or {}
    more.setdefault("pace", QUICK)
    async with ConfigWatcher(
        path, load_settings(path, environment), environment=environment, **more
    ) as watcher:
        yield Desk(path, watcher)
