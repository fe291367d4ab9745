"""A process that writes and makes backups until it is killed; what it vouches for is printed as it comes.

Run as ``python -m tests.faults.sites.backing_up DATABASE FOLDER FIRST RATE``; prints ``ready``, then ``pair
N`` for each acknowledged write and ``copy NAME`` for each backup. RATE is in megabytes a second.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from pathlib import Path

from loguru import logger

from modelus_bot.config import BackupSettings, DatabaseSettings
from modelus_bot.database.backup.manager import BackupManager
from modelus_bot.database.core.context import Context
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.schema.validator import SchemaValidator
from tests.database.operations import PutPair
from tests.waiting import scene_of

CALLERS = 4
PAUSE = 0.01
BETWEEN = 0.4
"""Seconds between two copies, in which another program may have the folder."""


async def main(path: Path, folder: Path, first: int, rate: float) -> None:
    """Write pairs numbered from ``first`` and copy the database over and over."""
    settings = BackupSettings(
        folder=folder, attempts=1, schedule="off", megabytes_per_second=rate, keep_hourly=1000
    )
    numbers = itertools.count(first)
    async with (
        DatabaseManager(path, DatabaseSettings(synchronous="FULL")) as db,
        BackupManager(path, settings, validator=SchemaValidator()) as backups,
    ):
        os.write(1, b"ready\n")

        async def write() -> None:
            for number in numbers:
                await db.write(PutPair(number=number), Context(actor=1))
                os.write(1, b"pair %d\n" % number)
                await scene_of(PAUSE)

        async def copy() -> None:
            while True:
                made = await backups.create("manual")
                os.write(1, b"copy %s\n" % made.name.encode())
                await asyncio.sleep(BETWEEN)

        await asyncio.gather(copy(), *(write() for _ in range(CALLERS)))


if __name__ == "__main__":
    logger.remove()
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
