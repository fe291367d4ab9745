"""Nothing that protects people from a failing database holds up the loop on which they are answered."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import date, timedelta
from pathlib import Path

import pytest
import tomlkit

from modelus_bot.app import App, running
from modelus_bot.config import load_settings
from modelus_bot.database.errors import DatabaseError
from modelus_bot.database.journal import WriteDeferred
from modelus_bot.database.operation import Context
from modelus_bot.domain.members import RegisterMember
from modelus_bot.domain.rosters import AddToRoster
from modelus_bot.domain.sprints import AddSprint
from modelus_bot.ui.charts import Point, latency_chart
from tests.database.journal.waiting import Take, taken
from tests.database.operations import PutSetting
from tests.faults.away_loop import Holder, watched_loop
from tests.faults.away_site import foreign_lock

WANTED = 0.05
"""Seconds that one step should hold the loop at most; printed, and named when it took longer."""
WORKED = 0.5
"""Seconds of work in one step that are too many on any machine."""
SAVED = 10_000 if os.environ.get("MODELUS_TEST_FULL") else 2_000
PEOPLE = 40

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(600)]


@asynccontextmanager
async def site(folder: Path) -> AsyncIterator[tuple[App, Path]]:
    """Run everything up to the login on a file with a rota and some megabytes."""
    config = folder / "config.toml"
    values = {
        "archive": {"mode": "off"},
        "backup": {"schedule": "off"},
        "maintenance": {"schedule": "off", "reserve_megabytes": 1},
        "metrics": {"serve": "off"},
        "logging": {"level": "WARNING"},
        "integrity": {"watch_every": 0.3},
        "degradation": {"patience": 0.2},
        "database": {"breaker_probe_first": 0.1, "breaker_probe_cap": 0.2, "breaker_failures": 1},
    }
    config.write_text(tomlkit.dumps(values), encoding="utf-8")
    async with running(load_settings(config, {}), config=config) as app:
        for number in range(1, PEOPLE + 1):
            name = f"Person {number}"
            await app.db.write(RegisterMember(discord_id=number, username=name), Context())
            if number <= 8:
                await app.db.write(AddToRoster(member_id=number, name=name, discipline="account"), Context())
        day = date.today() - timedelta(days=7)  # noqa: DTZ011 - any day will do
        for number in range(4):
            end = day + timedelta(days=14)
            await app.db.write(AddSprint(name=f"Sprint {number}", start=day, end=end), Context())
            day = end
        yield app, config


async def write_on(app: App, times: int) -> None:
    """Make changes one after the other."""
    for number in range(times):
        await app.db.write(PutSetting(key=f"steady:{number % 50}", value=number), Context())
        await asyncio.sleep(0.002)


async def saved_for_later(app: App) -> None:
    """Save changes while another program has the lock."""
    for _ in range(5):
        with pytest.raises(WriteDeferred):
            await app.db.write(Take(name="0"), Context(request_id="r:0"))
        if app.db.mode != "normal":
            break
    for first in range(1, SAVED, 100):
        found = await asyncio.gather(
            *(
                app.db.write(Take(name=f"{number}"), Context(request_id=f"r:{number}"))
                for number in range(first, min(first + 100, SAVED))
            ),
            return_exceptions=True,
        )
        assert all(isinstance(one, WriteDeferred) for one in found)


async def until_normal(app: App) -> None:
    """Wait until everything works and nothing waits."""
    assert app.db.continuity is not None
    async with asyncio.timeout(120):
        while app.db.mode != "normal" or app.db.continuity.journal.unfinished:
            await asyncio.sleep(0.01)


def damage(path: Path) -> None:
    """Overwrite a page in the middle, as a failing disk would."""
    with closing(sqlite3.connect(path)) as other:
        size = other.execute("PRAGMA page_size").fetchone()[0]
        page = other.execute("SELECT rootpage FROM sqlite_master WHERE name = 'audit_logs'").fetchone()[0]
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.pwrite(descriptor, b"\xa5" * size, (page - 1) * size)
    finally:
        os.close(descriptor)


async def test_no_step_holds_the_loop(tmp_path: Path) -> None:
    """Snapshots, going away, coming back, replaying, copying and mending leave the loop to people."""
    phases: dict[str, tuple[float, list[Holder]]] = {}
    async with watched_loop() as held, AsyncExitStack() as stack:
        app, config = await stack.enter_async_context(site(tmp_path))
        phases["start and rota"] = held.take()

        async def phase(name: str, work: Callable[[], Awaitable[object]]) -> None:
            began = time.perf_counter()
            await work()
            phases[f"{name}, {time.perf_counter() - began:.1f} s"] = held.take()

        await phase("snapshots under changes", lambda: write_on(app, 300))
        path = app.db.path
        with foreign_lock(path.parent):
            await phase(f"going away, {SAVED} saved", lambda: saved_for_later(app))
        await phase("coming back, all replayed", lambda: until_normal(app))
        assert len(await asyncio.to_thread(taken, path)) == SAVED
        protection = app.db.protection
        assert protection is not None
        await phase("backup", lambda: protection.backups.create("manual"))
        await phase("file moved away and brought back", lambda: moved(app))
        await phase("edit of the settings", lambda: edited(app, config))
        await phase("a picture of the latencies", drawn)
        await phase("a second picture", drawn)
        await phase("damage and recovery", lambda: damaged(app))
        await stack.aclose()
        phases["end"] = held.take()
    show(phases)
    assert all(one.worked < WORKED for _, found in phases.values() for one in found)


async def moved(app: App) -> None:
    """Take the file away; the bot brings it back from what it has open."""
    path = app.db.path
    path.rename(path.with_name("elsewhere.db"))
    async with asyncio.timeout(60):
        while not path.exists():
            with contextlib.suppress(DatabaseError):
                await write_on(app, 1)
            await asyncio.sleep(0.05)
    await until_normal(app)
    await write_on(app, 50)
    await until_normal(app)


async def edited(app: App, config: Path) -> None:
    """Edit the settings file and wait until that holds."""
    document = tomlkit.parse(config.read_text("utf-8"))
    document["database"]["queue_limit"] = 1234  # type: ignore[index]
    config.write_text(tomlkit.dumps(document), encoding="utf-8")
    async with asyncio.timeout(30):
        while app.db.settings.queue_limit != 1234:
            await asyncio.sleep(0.01)


async def drawn() -> None:
    """Draw a day."""
    points = [Point(1_800_000_000 + 30 * number, 1.0, 5.0 + number % 7) for number in range(2880)]
    assert await latency_chart(points, "UTC")


async def damaged(app: App) -> None:
    """Damage the file and wait until it was restored."""
    protection = app.db.protection
    assert protection is not None
    assert protection.guard is not None
    before = protection.guard.last_recovery
    await asyncio.to_thread(damage, app.db.path)
    async with asyncio.timeout(120):
        while protection.guard.last_recovery is before:
            with contextlib.suppress(DatabaseError, WriteDeferred):
                await app.db.write(PutSetting(key="meanwhile", value=1), Context(deadline=0.2))
            await asyncio.sleep(0.02)
    await until_normal(app)


def show(phases: dict[str, tuple[float, list[Holder]]]) -> None:
    """Print the longest steps of each phase."""
    for name, (late, found) in phases.items():
        longest = max((one.seconds for one in found), default=0.0)
        print(f"{name}: longest step {longest * 1000:.0f} ms, late by at most {late * 1000:.0f} ms")
        for one in found:
            if one.seconds > WANTED:
                print(f"    {one.seconds * 1000:.0f} ms, worked {one.worked * 1000:.0f} ms: {one.who}")
