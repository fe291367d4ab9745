"""The bot logs in once, whatever the state of its database, and says in a sentence why it cannot."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.app import run_online, running
from modelus_bot.config import (
    ArchiveSettings,
    BackupSettings,
    DatabaseSettings,
    IntegritySettings,
    MetricsSettings,
    Settings,
)
from modelus_bot.database.engine.breaker import Mode
from modelus_bot.gateway.turned_away import TurnedAway
from tests.discord_end import TOKEN, DiscordEnd, discord_end
from tests.waiting import stays


@pytest.fixture
async def end(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordEnd]:
    """Return the Discord that the bot finds."""
    async with discord_end(monkeypatch) as made:
        yield made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Everything of the bot below one folder, its database looked for often."""
    return Settings(
        database=DatabaseSettings(
            path=tmp_path / "data" / "modelus.db", breaker_probe_first=0.05, breaker_probe_cap=0.1
        ),
        backup=BackupSettings(folder=tmp_path / "backups", schedule="off", attempts=1),
        archive=ArchiveSettings(mode="off", folder=tmp_path / "archive"),
        integrity=IntegritySettings(confirm_after=0.2, quarantine=tmp_path / "quarantine"),
        metrics=MetricsSettings(serve="off"),
    )


def folder_is_a_file(path: Path) -> None:
    """Put a file where the database's folder should be."""
    path.parent.write_bytes(b"in the way")


def newer_than_this_version(path: Path) -> None:
    """Leave a database of a later version of the program."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE members(of_another_time TEXT)")


def unwritable_quarantine(path: Path) -> None:
    """Leave a damaged file that nothing can be set aside for: a file lies where the folder should be."""
    path.parent.mkdir()
    path.write_bytes(b"no database at all " * 1000)
    path.parent.parent.joinpath("quarantine").write_bytes(b"in the way")


OBSTACLES = [folder_is_a_file, newer_than_this_version, unwritable_quarantine]


@pytest.mark.parametrize("spoil", OBSTACLES)
async def test_one_login_without_a_database(
    settings: Settings, end: DiscordEnd, spoil: Callable[[Path], None]
) -> None:
    """The bot is there and stays there: one login, one session, however often the database is tried again."""
    spoil(settings.database.path)
    online = asyncio.create_task(run_online(settings, TOKEN))
    async with asyncio.timeout(60):
        await asyncio.wait({online, asyncio.create_task(end.logged_in.wait())}, return_when="FIRST_COMPLETED")
        await stays(lambda: not online.done(), 1.0)
        assert not online.done(), online.result()
        os.kill(os.getpid(), signal.SIGTERM)
        await online
    assert end.asked["GET /users/@me"] == 1
    assert end.asked["IDENTIFY"] == 1
    assert sum(count for what, count in end.asked.items() if what.startswith("PUT /applications")) == 1


@pytest.mark.parametrize("spoil", OBSTACLES)
async def test_what_is_built_before_the_login_degrades(
    settings: Settings, spoil: Callable[[Path], None]
) -> None:
    """The same databases leave a bot that works without one and knows why."""
    spoil(settings.database.path)
    async with running(settings) as app:
        assert app.db.mode is Mode.DEGRADED
        assert app.db.availability.cause is not None


async def test_a_wrong_token_is_a_sentence(settings: Settings, end: DiscordEnd) -> None:
    """Discord's refusal is told once, with what to do; nothing is tried again."""
    with pytest.raises(TurnedAway, match="Copy it again"):
        await run_online(settings, "another token")
    assert end.asked["GET /users/@me"] == 1
    assert end.asked["IDENTIFY"] == 0


async def test_a_discord_that_refuses_is_not_asked_again_soon(settings: Settings, end: DiscordEnd) -> None:
    """Another refusal than that of the token may be a ban of the address: the bot waits a minute."""
    end.status = 403
    online = asyncio.create_task(run_online(settings, TOKEN))
    async with asyncio.timeout(60):
        while not end.asked["GET /users/@me"]:
            await asyncio.sleep(0.05)
        await stays(lambda: not online.done(), 2.0)
        assert not online.done()
        os.kill(os.getpid(), signal.SIGTERM)
        await online
    assert end.asked["GET /users/@me"] == 1
