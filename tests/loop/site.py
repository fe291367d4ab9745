"""The bot up to its login, as ``run`` starts it, with a rota of hundreds, under steady use."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import tomlkit

from modelus_bot.app import App, running, spare_collector
from modelus_bot.config import load_settings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.core.operation import Write
from modelus_bot.database.offline.journal.deferred import WriteDeferred
from modelus_bot.subjects.people.writes import RegisterMember
from modelus_bot.subjects.rosters.queries import roster
from modelus_bot.subjects.rosters.writes.edits import AddToRoster
from modelus_bot.subjects.sprints.writes import AddSprint
from tests.database.operations import PutSetting

__all__ = ["Site", "foreign_lock", "site_in"]

PEOPLE = 400
ROSTERED = 40
SPRINTS = 60
AT_ONCE = 100

SETTINGS: dict[str, dict[str, Any]] = {
    "archive": {"mode": "off"},
    "backup": {"schedule": "off"},
    "maintenance": {"schedule": "off", "reserve_megabytes": 8},
    "metrics": {"serve": "off"},
    "logging": {"level": "INFO"},
    "integrity": {"watch_every": 0.3},
    "degradation": {"patience": 0.2},
    "database": {"breaker_probe_first": 0.1, "breaker_probe_cap": 0.2, "breaker_failures": 1},
}


@dataclass
class Site:
    """A running bot and its settings file; ``users`` is the steady use while an event happens."""

    app: App
    config: Path
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def path(self) -> Path:
        """The database's file."""
        return self.app.db.path

    async def write_all(self, writes: list[Write[Any]], context: Context | None = None) -> None:
        """Make changes, a hundred at a time."""
        for first in range(0, len(writes), AT_ONCE):
            part = writes[first : first + AT_ONCE]
            await asyncio.gather(*(self.app.db.write(item, context or Context()) for item in part))

    async def use(self) -> None:
        """Read and write like people who are never done; what is refused or saved for later is fine."""
        while True:
            with contextlib.suppress(DatabaseError, WriteDeferred):
                await self.app.db.read(roster)
            with contextlib.suppress(DatabaseError, WriteDeferred):
                number = next(self.numbers)
                await self.app.db.write(PutSetting(key=f"use:{number % 50}", value=number), Context(actor=1))
            await asyncio.sleep(0.01)

    async def until_normal(self, seconds: float = 120) -> None:
        """Wait until everything works and nothing waits."""
        fallback = self.app.db.fallback
        assert fallback is not None
        async with asyncio.timeout(seconds):
            while self.app.db.mode != "normal" or fallback.journal.unfinished:
                await asyncio.sleep(0.01)

    async def until_away(self, seconds: float = 30) -> None:
        """Wait until the bot knows that it has to do without the database, or without writing to it."""
        async with asyncio.timeout(seconds):
            while self.app.db.mode == "normal":
                await asyncio.sleep(0.01)


@asynccontextmanager
async def site_in(folder: Path, **sections: dict[str, Any]) -> AsyncIterator[Site]:
    """Run everything up to the login, furnish it, and let it be used; ``sections`` are other settings."""
    config = folder / "config.toml"
    config.write_text(tomlkit.dumps(SETTINGS | sections), encoding="utf-8")
    async with running(load_settings(config, {}), config=config) as app:
        there = Site(app, config)
        await _furnish(there)
        spare_collector()
        using = [asyncio.create_task(there.use(), name=f"user {number}") for number in range(4)]
        try:
            yield there
        finally:
            for item in using:
                item.cancel()
            await asyncio.wait(using)


async def _furnish(there: Site) -> None:
    people = range(1, PEOPLE + 1)
    await there.write_all(
        [RegisterMember(discord_id=person, username=f"Person {person}") for person in people]
    )
    for item in range(1, ROSTERED + 1):
        member = AddToRoster(member_id=item, name=f"Person {item}", discipline="account")
        await there.app.db.write(member, Context())
    day = date.today() - timedelta(days=7)  # noqa: DTZ011 - any day will do
    for number in range(SPRINTS):
        end = day + timedelta(days=14)
        await there.app.db.write(AddSprint(name=f"Sprint {number}", start=day, end=end), Context())
        day = end


@contextmanager
def foreign_lock(path: Path) -> Iterator[None]:
    """Another program holds the write lock."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as other:
        deadline = time.monotonic() + 30
        while True:
            try:
                other.execute("BEGIN IMMEDIATE")
                break
            except sqlite3.OperationalError:
                assert time.monotonic() < deadline
        try:
            yield
        finally:
            other.execute("ROLLBACK")
