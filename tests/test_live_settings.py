"""Edits of config.toml reach the parts of the bot that is running, through the real file and watcher."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import tomlkit

from modelus_bot.app import App, running
from modelus_bot.config import applies_live, load_settings
from modelus_bot.config.keys import field_of, keys, value_of
from modelus_bot.database.core.context import Context
from modelus_bot.database.engine.connection import REOPEN_PATIENCE
from modelus_bot.database.engine.roles import ConnectionRole
from modelus_bot.subjects.people.queries import members
from modelus_bot.subjects.people.writes import RegisterMember
from tests.inside import connections, engine, lag, snapshots, transactions
from tests.tuning import Tuning
from tests.waiting import stays

BASE: dict[str, dict[str, Any]] = {
    "archive": {"mode": "off"},
    "backup": {"schedule": "off"},
    "logging": {"file": "bot.jsonl"},
}


PARTS: dict[str, Callable[[App], object]] = {
    "server": lambda app: app.bot.settings.server,
    "database": lambda app: app.db.settings,
    "backup": lambda app: _protection(app).backups.settings,
    "archive": lambda app: _protection(app).archive.settings,
    "integrity": lambda app: _protection(app).context.settings,
    "degradation": lambda app: _fallback(app).waits.settings,
    "snapshot": lambda app: _fallback(app).snapshot.settings,
    "health": lambda app: app.bot.settings.health,
    "maintenance": lambda app: app.bot.settings.maintenance,
    "logging": lambda app: app.bot.settings.logging,
    "clock": lambda app: app.db.clock.settings,
    "activity": lambda app: app.bot.settings.activity,
    "simulation": lambda app: app.bot.settings.simulation,
}
"""The object that a running part of the bot reads its settings from, whenever it needs one."""

ALSO: dict[str, Callable[[App], object]] = {
    "database.busy_slice": lambda app: connections(app.db).settings.busy_slice,
    "database.write_deadline": lambda app: transactions(app.db).settings.write_deadline,
    "database.queue_limit": lambda app: transactions(app.db).settings.queue_limit,
    "database.group_limit": lambda app: transactions(app.db).settings.group_limit,
    "database.read_deadline": lambda app: engine(app.db).reads.seconds,
    "database.long_read_deadline": lambda app: engine(app.db).long_reads.seconds,
    "database.close_deadline": lambda app: connections(app.db).settings.close_deadline,
    "database.breaker_failures": lambda app: app.db.availability.writes.failures,
    "database.breaker_probe_first": lambda app: app.db.availability.reads.first,
    "database.breaker_probe_cap": lambda app: app.db.availability.reads.cap,
    "database.slow_operation": lambda app: app.db.health.slow,
    "degradation.journal_megabytes": lambda app: _fallback(app).journal.settings.journal_megabytes,
    "snapshot.hot_reads": lambda app: _fallback(app).hot.settings.hot_reads,
    "maintenance.reserve_megabytes": lambda app: _fallback(app).reserve.size // 1024 // 1024,
    "backup.drill_every": lambda app: _protection(app).backup_settings.drill_every,
    "archive.lag_alert": lambda app: lag(_protection(app).archive).allowed,
    "archive.snapshot_minutes": lambda app: snapshots(_protection(app).archive).settings.snapshot_minutes,
}
"""Where a part keeps a setting for itself."""


def _fallback(app: App) -> Any:
    assert app.db.fallback is not None
    return app.db.fallback


def _protection(app: App) -> Any:
    assert app.db.protection is not None
    return app.db.protection


class Running:
    """The bot that is running, and its settings file."""

    def __init__(self, app: App, path: Path) -> None:
        self.app = app
        self.path = path
        self.document = {name: dict(section) for name, section in BASE.items()}

    async def edit(self, values: dict[str, Any]) -> None:
        """Write values into the file and wait until they hold."""
        for key, value in values.items():
            section, name = key.split(".")
            self.document.setdefault(section, {})[name] = value
        self.path.write_text(tomlkit.dumps(self.document), encoding="utf-8")
        wanted = load_settings(self.path, {})
        watcher = self.app.watcher
        assert watcher is not None
        live = [key for key in keys() if applies_live(field_of(key))]
        async with asyncio.timeout(10):
            while any(value_of(watcher.settings, key) != value_of(wanted, key) for key in live):
                await asyncio.sleep(0.01)


@asynccontextmanager
async def started(folder: Path) -> AsyncIterator[Running]:
    """Build everything up to the login on a real database and settings file."""
    path = folder / "config.toml"
    path.write_text(tomlkit.dumps(BASE), encoding="utf-8")
    async with running(load_settings(path, {}), config=path) as app:
        yield Running(app, path)


def another(key: str, default: Any) -> Any:
    """Return a valid value for a live setting that is not its default."""
    named = {
        "server.timezone": "Europe/Berlin",
        "server.handoff": "09:30",
        "server.admin_ids": [5],
        "server.reminder_days": [3],
        "server.duty_channel_id": 7,
        "server.alert_channel_id": 8,
        "server.heads_up": "16:00",
        "server.weekly_channel_id": 9,
        "server.weekly_day": "friday",
        "server.weekly_time": "10:30",
        "server.triage_channel_id": 9,
        "server.archive_channel_id": 10,
        "server.feed_channel_id": 11,
        "server.map_file": "other.svg",
        "backup.schedule": "on",
        "integrity.recovery": "off",
        "maintenance.schedule": "off",
        "maintenance.weekday": "monday",
        "maintenance.time": "06:30",
        "maintenance.vacuum": "off",
        "logging.level": "DEBUG",
        "logging.file": "other.jsonl",
    }
    return named[key] if key in named else default + 1


async def test_every_live_setting_reaches_its_part(tmp_path: Path) -> None:
    """After one edit of all settings that apply at once, every part works with the new values."""
    live = [key for key in keys() if applies_live(field_of(key))]
    async with started(tmp_path) as bot:
        await bot.edit({key: another(key, field_of(key).default) for key in live if key != "backup.schedule"})
        await bot.app.db.write(RegisterMember(discord_id=5, username="Ada"), Context())
        wanted = load_settings(bot.path, {})

        for key in live:
            section, name = key.split(".")
            assert getattr(PARTS[section](bot.app), name) == value_of(wanted, key), key
        for key, look in ALSO.items():
            assert look(bot.app) == value_of(wanted, key), key
        assert {member.username for member in await bot.app.db.read(members)} == {"Ada"}


async def test_open_connections_wait_as_edited(tmp_path: Path, tuning: Tuning) -> None:
    """Each open connection waits for another program's lock as long as the file says now."""
    tuning(REOPEN_PATIENCE.at(10.0))
    async with started(tmp_path) as bot:
        await bot.edit({"database.busy_slice": 0.5})
        for lane in ConnectionRole:
            waits = await connections(bot.app.db).run(
                lane, lambda raw: raw.execute("PRAGMA busy_timeout").fetchone()[0]
            )
            assert waits == 500


async def test_settings_of_the_start_stay(tmp_path: Path) -> None:
    """Path and durability are those the database was opened with, whatever the file says now."""
    async with started(tmp_path) as bot:
        await bot.edit(
            {"database.path": "other.db", "database.synchronous": "NORMAL", "database.queue_limit": 5}
        )
        watcher = bot.app.watcher
        assert watcher is not None
        assert set(watcher.needs_restart) == {"database.path", "database.synchronous"}
        assert bot.app.db.settings.queue_limit == 5
        assert bot.app.db.settings.synchronous == "FULL"
        assert bot.app.db.path == bot.app.settings.database.path
        await bot.app.db.write(RegisterMember(discord_id=5, username="Ada"), Context())

    assert not (tmp_path / "other.db").exists()


async def test_parameters_of_operations_are_logged_at_debug_only(tmp_path: Path) -> None:
    """Each operation leaves a record while the level is DEBUG, with its fields; none at INFO."""
    async with started(tmp_path) as bot:
        for number, level in enumerate(("INFO", "DEBUG", "INFO"), 1):
            await bot.edit({"logging.level": level, "database.queue_limit": number})
            await bot.app.db.write(
                RegisterMember(discord_id=number, username=f"Ada {number}"), Context(actor=9)
            )
            await bot.app.db.read(members)

    lines = [json.loads(line) for line in (tmp_path / "bot.jsonl").read_text("utf-8").splitlines()]
    operations = [line for line in lines if line["event"] == "database_operation"]
    ours = {line["operation"]: line for line in operations}
    write = ours["RegisterMember"]
    assert [line["operation"] for line in operations].count("RegisterMember") == 1
    assert write["fields"]["username"] == "Ada 2"
    assert (write["attempt"], write["actor"], write["kind"]) == (1, 9, "write")
    assert write["milliseconds"] >= write["ran_milliseconds"] > 0
    assert write["statements"] > 0
    assert ours["people.members"]["rows"] == 2
    assert "Ada 1" not in json.dumps(lines)
    assert "Ada 3" not in json.dumps(lines)


async def test_a_bad_edit_is_reported_and_changes_nothing(tmp_path: Path) -> None:
    """The report names file, line, key, value and range; every part goes on as it was."""
    async with started(tmp_path) as bot:
        watcher = bot.app.watcher
        assert watcher is not None
        said: list[str] = []
        watcher.subscribe_to_problems(said.append)
        bot.path.write_text('[logging]\nlevel = "loud"\n[database]\nqueue_limit = 5\n', encoding="utf-8")
        async with asyncio.timeout(10):
            while not said:
                await asyncio.sleep(0.01)
        assert bot.app.db.settings.queue_limit == 2000
        assert bot.app.bot.settings.logging.level == "INFO"

    head, reason = said[0].splitlines()
    assert len(said) == 1
    assert head == f"An edit of {bot.path} was not applied; the settings stay as they are."
    allowed = "TRACE, DEBUG, INFO, WARNING, ERROR"
    assert reason == f'{bot.path}:2: logging.level cannot be "loud". Allowed: {allowed}.'


async def test_the_clock_of_the_copies_is_switched(tmp_path: Path) -> None:
    """Switched on, a copy is made without a restart; switched off, none is, however often it should be."""
    async with started(tmp_path) as bot:
        backups = _protection(bot.app).backups
        await bot.edit({"backup.schedule": "on"})
        async with asyncio.timeout(30):
            while not backups.manifests():
                await asyncio.sleep(0.05)
        await bot.edit({"backup.schedule": "off", "backup.every": 1.0})
        await stays(lambda: len(backups.manifests()) == 1, 2.0)
        assert len(backups.manifests()) == 1
