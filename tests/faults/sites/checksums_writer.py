"""Writes, checkpoints and compares at once: ``python -m tests.faults.sites.checksums_writer DATABASE SEED``.

Prints a line of JSON after every comparison.
"""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import sys
from pathlib import Path

from loguru import logger

from modelus_bot.database.checksums.page_checksums import PageChecksums
from modelus_bot.database.checksums.report import ChecksumReport
from tests.database.checksums.filled import opened, write_some

MODES = ("PASSIVE", "PASSIVE", "RESTART", "TRUNCATE")


async def write(database: Path, seed: int) -> None:
    """Write for ever, with checkpoints far more often than the bot makes them, and compare meanwhile."""
    checksums = PageChecksums(database)
    tell(await checksums.check())
    async with checksums:
        writer = opened(database)
        writing = asyncio.create_task(asyncio.to_thread(_write, writer, checksums, random.Random(seed)))
        while not writing.done():
            tell(await checksums.check())


def tell(report: ChecksumReport) -> None:
    """Print what a comparison found."""
    found = [report.unexplained, report.unclear, report.shadowed, report.explained]
    print(json.dumps(found), flush=True)


def _write(writer: sqlite3.Connection, checksums: PageChecksums, dice: random.Random) -> None:
    while True:
        for _ in range(dice.randrange(1, 40)):
            write_some(writer, dice)
        checksums.note_commits()
        writer.execute(f"PRAGMA wal_checkpoint({dice.choice(MODES)})").fetchone()


if __name__ == "__main__":
    logger.remove()
    asyncio.run(write(Path(sys.argv[1]), int(sys.argv[2])))
