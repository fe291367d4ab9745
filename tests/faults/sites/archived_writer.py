"""Writes under an archive, called as ``-m tests.faults.sites.archived_writer DATABASE FOLDER FIRST``.

Prints ``ready PID`` with the archiving program's process number, then the highest id that is archived.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from loguru import logger

from modelus_bot.database.archive.archive import Archive
from modelus_bot.database.archive.failures import ArchiveUnavailable
from tests.database.archive.writing import opened, quick
from tests.inside import program

ROWS = 5


async def write(database: Path, folder: Path, first: int) -> None:
    """Insert rows for ever; say after every few which of them are archived."""
    writer = opened(database)
    async with Archive(database, quick(folder)) as archive:
        print(f"ready {program(archive).supervisor.pid}", flush=True)
        number = first
        while True:
            for _ in range(ROWS):
                writer.execute("INSERT INTO notes(id, text) VALUES (?, 'row')", (number,))
                number += 1
            try:
                await archive.sync(seconds=20)
            except ArchiveUnavailable:
                continue
            print(number - 1, flush=True)


if __name__ == "__main__":
    logger.remove()
    asyncio.run(write(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
