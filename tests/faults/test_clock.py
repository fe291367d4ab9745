"""The whole bot as a process on a machine whose clock is wrong, or is set while it runs."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from modelus_bot.database.core.append_file import journal_path
from modelus_bot.database.core.context import Context
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline.journal.journal import Journal
from modelus_bot.database.recovery.protection import Protection
from modelus_bot.subjects.sprints.writes import AddSprint
from tests.discord_end import DiscordEnd, discord_end
from tests.faults.shifting import COMPILER, ShiftedClock, built_clock
from tests.faults.sites.clocked import settings_in
from tests.waiting import scene_of

pytestmark = pytest.mark.skipif(COMPILER is None, reason="there is no C compiler to build the clock with")
HOUR, YEAR = 3600, 365 * 86_400
SAVED = 20


class Site:
    """A folder with a database, a copy made by hand, rotated logs and changes that wait; and its clock."""

    def __init__(self, folder: Path, library: Path, end: DiscordEnd, port: int) -> None:
        """Set the clock right."""
        self.folder, self.end = folder, end
        self._port = port
        self._clock = ShiftedClock(folder / "ahead", library)
        self.set = self._clock.set
        self.settings = settings_in(folder)
        self.rotated = folder / "bot.2026-01-01_00-00-00_000000.jsonl"

    async def furnish(self) -> None:
        """Make everything that is deleted or dropped for its age, all of it minutes old."""
        protection = Protection(
            self.settings.database.path,
            backup=self.settings.backup.model_copy(update={"schedule": "off"}),
            archive=self.settings.archive,
            integrity=self.settings.integrity,
        )
        path = self.settings.database.path
        async with DatabaseManager(path, self.settings.database, protection=protection):
            await protection.backups.create("manual")
        async with Journal(journal_path(path), self.settings.degradation) as journal:
            for number in range(SAVED):
                start = date(2040, 1, 1) + timedelta(days=14 * number)
                write = AddSprint(name=f"Sprint {number}", start=start, end=start + timedelta(days=14))
                await journal.append(write, Context(actor=10**17, discord_admin=True))
        self.rotated.write_bytes(b"{}\n")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[subprocess.Popen[bytes]]:
        """Run the bot until the block ends, then ask it to stop."""
        environment = os.environ | self._clock.environment
        command = [sys.executable, "-m", "tests.faults.sites.clocked", str(self.folder), str(self._port)]
        with (self.folder / "output").open("wb") as output:
            process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        try:
            await asyncio.wait_for(self.end.logged_in.wait(), 60)
            yield process
            process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(process.wait, 30) == 0
        finally:
            process.kill()
            process.wait()

    def events(self, name: str) -> list[dict[str, Any]]:
        """Return what the log has of one kind."""
        path = self.folder / "bot.jsonl"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return [found for line in lines if (found := json.loads(line))["event"] == name]

    async def until(self, name: str, count: int = 1) -> None:
        """Wait until the log has something."""
        async with asyncio.timeout(60):
            while len(self.events(name)) < count:
                await asyncio.sleep(0.05)

    def told(self) -> list[str]:
        """Return the kinds of all alerts, in order; nobody is there to get any, and the log says so."""
        kinds = ("alert_reached_nobody", "alert_not_told")
        return [event["alert"] for kind in kinds for event in self.events(kind)]

    def sprints(self) -> int:
        """Return how many sprints there are."""
        with closing(sqlite3.connect(self.settings.database.path)) as connection:
            return int(connection.execute("SELECT count(*) FROM sprints").fetchone()[0])

    def manual_copies(self) -> int:
        """Return how many copies there are that somebody made by hand."""
        return len(list(self.settings.backup.folder.glob("*manual*.db")))


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the clock that can be set."""
    return built_clock(tmp_path_factory.mktemp("clock"))


@pytest.fixture
async def site(tmp_path: Path, library: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    """Return a furnished site and a Discord that knows what time it is."""
    async with discord_end(monkeypatch) as end:
        import discord

        port = int(discord.http.Route.BASE.split(":")[2].split("/")[0])
        site = Site(tmp_path, library, end, port)
        await site.furnish()
        yield site


async def test_a_year_ahead_at_the_start_drops_and_deletes_nothing(site: Site) -> None:
    """Every change saved for later is made, copies and logs stay; put right, everything goes on."""
    assert site.manual_copies() == 1
    site.set(YEAR)
    async with site.running():
        await site.until("clock_doubted", 2)
        await site.until("backup_made")
        await site.until("job_waits_for_the_clock")
        assert site.events("clock_doubted")[-1]["why"] == "contradicted"
        site.set(0)
        await site.until("clock_believed_again")
    assert [event["expired"] for event in site.events("journal_replayed")] == [0]
    assert site.sprints() == SAVED
    assert site.manual_copies() == 1
    assert site.rotated.exists()
    assert site.events("duty_passed_on") == []
    kinds = site.told()
    assert "clock_believed" in kinds
    assert kinds.count("clock_doubted") == 1
    assert not site.events("backups_pruned")


@pytest.mark.parametrize("seconds", [-HOUR, YEAR])
async def test_a_clock_that_is_set_while_the_bot_runs(site: Site, seconds: int) -> None:
    """One alert that it was set, one that it is right again, no other; nothing is deleted."""
    async with site.running():
        await site.until("database_opened")
        site.set(seconds)
        await site.until("clock_doubted", 2)
        await scene_of(6)
        site.set(0)
        await site.until("clock_believed_again")
        await scene_of(2)
    assert [item for item in site.told() if item != "journal_replayed"] == ["clock_doubted", "clock_believed"]
    assert site.manual_copies() == 1
    assert site.rotated.exists()


async def test_a_start_after_the_clock_was_set_back(site: Site) -> None:
    """What the last run wrote is not forgotten: the next one does nothing by a clock that says less."""
    async with site.running():
        await site.until("database_opened")
        await scene_of(1.5)
    site.end.logged_in.clear()
    site.set(-30 * 86_400)
    started = time.monotonic()
    async with site.running():
        await site.until("job_waits_for_the_clock")
        assert site.events("clock_doubted")[0]["why"] == "behind"
        site.set(0)
        await site.until("clock_believed_again")
    assert time.monotonic() - started < 60
    assert site.sprints() == SAVED
