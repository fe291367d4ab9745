"""A bot's database in a process of its own: it writes without pause and goes through one phase of protection.

Run as ``python -m tests.faults.sites.protected_writer FOLDER START PHASE ARCHIVE``, the numbers that were
acknowledged before on standard input. It prints ``phase NAME`` whenever one begins, ``lost N`` and
``apart N`` for numbers that are missing or only in the copy for the undo of a restore, ``refused WHY``
when the phase could not be gone through, and each number once it was acknowledged, until it is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from loguru import logger

from modelus_bot.config import ArchiveSettings, BackupSettings, DatabaseSettings, IntegritySettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.core.operation import query
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.recovery.protection import Protection
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.subjects import DECLARED
from tests.database.operations import PutPair
from tests.waiting import scene_of

__all__ = ["both_halves", "protected"]

WARM_UP = 0.3
"""Seconds of writing before the phase begins."""

BOTH = (
    "SELECT CAST(substr(l.key, 6) AS INTEGER) FROM settings l JOIN settings r"
    " ON r.key = 'right:' || substr(l.key, 6) AND r.value = l.value WHERE l.key GLOB 'left:*'"
)


@query
def both_halves(tx: ReadTransaction) -> frozenset[int]:
    """Return the numbers of which both rows are there."""
    return frozenset(int(row[0]) for row in tx.fetch_all(BOTH))


def protected(folder: Path, archive: str) -> DatabaseManager:
    """Return the database below ``folder`` with everything on."""
    database = folder / "data" / "modelus.db"
    protection = Protection(
        database,
        backup=BackupSettings(folder=folder / "backups", schedule="off", attempts=1, keep_hourly=3),
        archive=ArchiveSettings.model_validate({"mode": archive, "folder": folder / "archive"}),
        integrity=IntegritySettings(
            confirm_after=0.2, quarantine=folder / "quarantine", watch_every=0.3, check_every=1.0
        ),
        invariants=DECLARED.invariants,
    )
    return DatabaseManager(database, DatabaseSettings(write_deadline=60), protection=protection)


class Work:
    """One phase of protection, begun again and again."""

    def __init__(self, protection: Protection) -> None:
        """Work on what ``protection`` protects."""
        self._protection = protection

    async def backup(self) -> None:
        """Copy the database, and verify the copy."""

        def on_progress(step: dict[str, Any]) -> None:
            if step.get("step") == "hashing":
                say("verification")

        await self._protection.backups.create("manual", on_progress=on_progress)

    async def drill(self) -> None:
        """Rehearse both restores."""
        if self._protection.backups.newest_verified() is None:
            await self._protection.backups.create("manual")
        await self._protection.drill.run(
            lambda step: say("drill of " + step.rpartition(" ")[2].split("-")[0])
        )

    async def snapshot(self) -> None:
        """Let the archive take a full copy."""
        if self._protection.archive.available:
            await self._protection.archive.snapshot()
        else:
            await scene_of(0.1)

    async def restore(self) -> None:
        """Go back to the oldest copy and undo that; then the same with a moment of the archive."""
        restores, backups = self._protection.restores, self._protection.backups
        assert restores is not None
        name = next((manifest.name for manifest in reversed(backups.manifests()) if manifest.counts), None)
        name = name or (await backups.create("manual")).name
        say("preview")
        plan = await restores.from_backup(name)
        await self._there_and_back(plan.token, "restore")

    async def moment(self) -> None:
        """Go back to a moment of the archive, a second ago, and undo that."""
        restores, archive = self._protection.restores, self._protection.archive
        assert restores is not None
        if not archive.available:
            await self.restore()
            return
        say("preview of a moment")
        plan = await restores.from_archive(time.time() - 0.5)
        await self._there_and_back(plan.token, "restore of a moment")

    async def _there_and_back(self, token: str, phase: str) -> None:
        restores = self._protection.restores
        assert restores is not None
        say(phase)
        restored = await restores.apply(token)
        assert restored.undo is not None
        say("preview of the undo")
        plan = await restores.from_backup(restored.undo)
        say("undo")
        await restores.apply(plan.token)
        say("writing")

    def of(self, phase: str) -> Callable[[], Awaitable[None]]:
        """Return the work that leads into ``phase``; for the others there is nothing to do but to write."""
        if phase in {"backup", "verification", "snapshot"} or phase.startswith("drill"):
            return {"verification": self.backup, "backup": self.backup, "snapshot": self.snapshot}.get(
                phase, self.drill
            )
        if phase in {"preview of a moment", "restore of a moment"}:
            return self.moment
        if phase in {"preview", "restore", "swap", "undo"}:
            return self.restore
        return lambda: scene_of(60)


def say(phase: str) -> None:
    """Say that a phase begins."""
    sys.stdout.write(f"phase {phase}\n")
    sys.stdout.flush()


def on_record(message: Any) -> None:
    """Say that files are being exchanged, which nothing but the log tells from outside."""
    record = message.record
    if record["message"] == "database_set_aside":
        say("swap")


def kept_apart(db: DatabaseManager) -> frozenset[int]:
    """Return the numbers that the copies made before restores hold."""
    assert db.protection is not None
    found: set[int] = set()
    for manifest in db.protection.backups.manifests():
        if manifest.kind == "pre_restore":
            uri = f"{manifest.path.absolute().as_uri()}?mode=ro&immutable=1"
            with contextlib.closing(sqlite3.connect(uri, uri=True)) as copy:
                found.update(int(row[0]) for row in copy.execute(BOTH))
    return frozenset(found)


async def account(db: DatabaseManager, known: set[int]) -> None:
    """Say which of the acknowledged numbers are not there."""
    missing = known - await db.read(both_halves)
    apart = kept_apart(db) if missing else frozenset()
    for number in sorted(missing):
        sys.stdout.write(f"{'apart' if number in apart else 'lost'} {number}\n")


async def write(db: DatabaseManager, number: int) -> None:
    """Write numbered pairs and say each number once it was acknowledged."""
    while True:
        with contextlib.suppress(DatabaseError):
            await db.write(PutPair(number=number), Context())
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()
        number += 1
        await asyncio.sleep(0.002)


async def undo_migration(protection: Protection) -> None:
    """Undo the latest migration as ``migrate down`` does, so that the start has one to apply."""
    say("undoing a migration")
    checksums, migrator = protection.context.checksums, Migrator(protection.context.path)
    if not all(item.applied for item in migrator.status()):
        return
    await protection.backups.create("pre_migration")
    await checksums.forget()
    await asyncio.to_thread(migrator.down)
    await checksums.adopt()


async def main(folder: Path, start: int, phase: str, archive: str) -> None:
    """Start, account for what was acknowledged before, write, and go through the phase."""
    known = set(json.load(sys.stdin))
    db = protected(folder, archive)
    assert db.protection is not None
    migrating = phase in {"migration", "undoing a migration"} and db.path.exists()
    if migrating:
        await undo_migration(db.protection)
    say("migration" if migrating else "start")
    async with db:
        await account(db, known)
        say("writing")
        writing = asyncio.create_task(write(db, start))
        work = Work(db.protection).of(phase)
        await scene_of(WARM_UP)
        while phase != "closing":
            if phase in {"backup", "snapshot"}:
                say(phase)
            try:
                await work()
            except DatabaseError as error:
                sys.stdout.write(f"refused {error!r}\n".replace("\n", " ").rstrip() + "\n")
                sys.stdout.flush()
        writing.cancel()
        say("closing")
    say("closed")
    await scene_of(60)


if __name__ == "__main__":
    logger.remove()
    logger.add(on_record, level="WARNING")
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]))
