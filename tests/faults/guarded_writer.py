"""A process of its own that writes, backs up, rehearses and previews without pause until it is killed."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sys
from pathlib import Path

from loguru import logger

from modelus_bot.config import ArchiveSettings, BackupSettings, DatabaseSettings, IntegritySettings
from modelus_bot.database.context import Context
from modelus_bot.database.errors import DatabaseError
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.recovery.protection import Protection
from modelus_bot.domain.invariants import INVARIANTS
from tests.database.operations import PutPair


def protected(folder: Path, archive: str) -> DatabaseManager:
    """Return the database below ``folder`` with everything on."""
    database = folder / "data" / "modelus.db"
    protection = Protection(
        database,
        backup=BackupSettings(folder=folder / "backups", schedule="off", attempts=1, keep_hourly=3),
        archive=ArchiveSettings.model_validate({"mode": archive, "folder": folder / "archive"}),
        integrity=IntegritySettings(quarantine=folder / "quarantine", watch_every=0.3, check_every=1.0),
        invariants=INVARIANTS,
    )
    return DatabaseManager(database, DatabaseSettings(write_deadline=60), protection=protection)


async def disturb(db: DatabaseManager, seed: int) -> None:
    """Do one heavy thing after the other."""
    assert db.protection is not None
    protection = db.protection
    pick = random.Random(seed)
    while True:
        with contextlib.suppress(DatabaseError):
            work = pick.choice(["backup", "drill", "preview", "snapshot"])
            if work == "backup":
                await protection.backups.create("manual")
            elif work == "drill":
                await protection.drill.run()
            elif work == "snapshot" and protection.archive.available:
                await protection.archive.snapshot()
            elif (newest := protection.backups.newest_verified()) and protection.restorer:
                await protection.restorer.from_backup(newest.name)


async def main(folder: Path, start: int, seed: int, archive: str) -> None:
    """Write numbered pairs and say each number once it was acknowledged."""
    async with protected(folder, archive) as db:
        disturbing = asyncio.create_task(disturb(db, seed))
        number = start
        while not disturbing.done():
            await db.write(PutPair(number=number), Context())
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()
            number += 1
            await asyncio.sleep(0.002)
        await disturbing


if __name__ == "__main__":
    logger.remove()
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
