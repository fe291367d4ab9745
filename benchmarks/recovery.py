"""How long a large database is away after damage: from the damage, or the start, to the first new write."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.contenders import PutSetting
from benchmarks.filled import fill
from modelus_bot.config import ArchiveSettings, BackupSettings, DatabaseSettings, IntegritySettings
from modelus_bot.database.core.alert import Alert
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.core.sidecar_paths import parts_of
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.recovery.protection import Protection
from modelus_bot.subjects import DECLARED

__all__ = ["measure_recovery"]

TIMEOUT = 900.0
AFTER_THE_BACKUP = 100
"""Writes that only the archive and the file itself have."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one damage; ``source`` is where the new file is from, None when it was not replaced."""

    seconds: float
    source: str | None
    lost: int


def _one_page(database: Path) -> None:
    _overwrite(database, database.stat().st_size // 2 // 4096 * 4096, os.urandom(4096))


def _header(database: Path) -> None:
    _overwrite(database, 0, bytes(100))


def _half(database: Path) -> None:
    os.truncate(database, database.stat().st_size // 2 // 4096 * 4096)


def _deleted(database: Path) -> None:
    for part in parts_of(database):
        part.unlink(missing_ok=True)


def _overwrite(database: Path, offset: int, content: bytes) -> None:
    descriptor = os.open(database, os.O_WRONLY)
    try:
        os.pwrite(descriptor, content, offset)
    finally:
        os.close(descriptor)


DAMAGES: dict[str, Callable[[Path], None]] = {
    "one page overwritten": _one_page,
    "header zeroed": _header,
    "cut in half": _half,
    "deleted": _deleted,
}


def measure_recovery(console: Console, *, megabytes: int, folder: str | None) -> None:
    """Print a table: each damage, found at the start and while the bot runs, with and without the archive."""
    table = Table(title=f"{megabytes} MB: seconds to the first new write", show_lines=True)
    for column in ("damage", "archive", "at the start", "while it runs"):
        table.add_column(column)
    for archive in ("auto", "off"):
        with tempfile.TemporaryDirectory(dir=folder) as place:
            pristine = Path(place) / "pristine"
            asyncio.run(_prepare(pristine, megabytes, archive))
            for name, damage in DAMAGES.items():
                cells = []
                for running in (False, True):
                    site = Path(place) / "site"
                    shutil.copytree(pristine, site)
                    os.sync()
                    found = asyncio.run(_measured(site, archive, damage, running=running))
                    shutil.rmtree(site)
                    cells.append(_words(found))
                    console.print(f"{name}, archive {archive}, running {running}: {cells[-1]}")
                table.add_row(name, {"auto": "on"}.get(archive, archive), *cells)
    console.print(table)


async def _prepare(site: Path, megabytes: int, archive: str) -> None:
    """Make a database with one verified backup, and changes after it."""
    database = site / "data" / "modelus.db"
    database.parent.mkdir(parents=True)
    fill(database, megabytes)
    async with _opened(site, archive, []) as db:
        assert db.protection is not None  # noqa: S101 - it was given one
        await db.protection.backups.create("manual")
        for number in range(AFTER_THE_BACKUP):
            await db.write(PutSetting(key=f"key-{number}", value=number), Context(actor=1))
        await _archived(db)


async def _archived(db: DatabaseManager) -> None:
    """Wait until the archive, where there is one, has everything."""
    if db.protection is not None and db.protection.archive.available:
        await db.protection.archive.sync()


def _opened(site: Path, archive: str, alerts: list[Alert]) -> DatabaseManager:
    database = site / "data" / "modelus.db"
    protection = Protection(
        database,
        backup=BackupSettings(folder=site / "backups", schedule="off"),
        archive=ArchiveSettings.model_validate({"mode": archive, "folder": site / "archive"}),
        integrity=IntegritySettings(confirm_after=0.2, quarantine=site / "quarantine"),
        invariants=DECLARED.invariants,
    )
    protection.alerts.subscribe(alerts.append)
    return DatabaseManager(database, DatabaseSettings(), protection=protection)


async def _measured(site: Path, archive: str, damage: Callable[[Path], None], *, running: bool) -> Outcome:
    database = site / "data" / "modelus.db"
    alerts: list[Alert] = []
    if not running:
        damage(database)
    began = time.perf_counter()
    async with _opened(site, archive, alerts) as db:
        if running:
            await db.write(PutSetting(key="before", value=1), Context(actor=1))
            await _archived(db)
            began = time.perf_counter()
            damage(database)
        await _written(db, lambda: not running or _recovery(alerts) is not None, began + TIMEOUT)
        seconds = time.perf_counter() - began
    found = _recovery(alerts)
    if found is None:
        return Outcome(seconds, None, 0)
    return Outcome(seconds, found.fields["source"], found.fields["lost"])


async def _written(db: DatabaseManager, well: Callable[[], bool], give_up: float) -> None:
    """Write until one is acknowledged while all is ``well`` again; raises ``TimeoutError``."""
    while time.perf_counter() < give_up:
        with suppress(DatabaseError):
            before = well()
            await db.write(PutSetting(key="after", value=1), Context(actor=1))
            if before:
                return
        await asyncio.sleep(0.05)
    raise TimeoutError("the database did not come back")


def _recovery(alerts: list[Alert]) -> Alert | None:
    return next((alert for alert in alerts if alert.kind == "database_recovered"), None)


def _words(found: Outcome) -> str:
    lost = f", {found.lost} changes lost" if found.lost else ""
    return f"{found.seconds:.1f} s, from {found.source or 'the file itself'}{lost}"
