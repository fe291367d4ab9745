"""A process that moves money until it is killed: each movement that was made or refused is one line.

Run as ``python -m tests.faults.sites.books_writer DATABASE SEED``; prints ``ready`` first.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import sys
from pathlib import Path

from loguru import logger

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.domain.refusals import Refusal
from modelus_bot.subjects.nations.queries.records import nation
from tests.subjects.ledger.random_books import foundings, movement

CALLERS = 32


async def main(path: Path, seed: str) -> None:
    """Move money between nations, which are founded where there are none yet."""
    dice = random.Random(seed)
    async with DatabaseManager(path, DatabaseSettings(synchronous="NORMAL")) as db:
        if await db.read(nation, 1) is None:
            for write in foundings():
                await db.write(write, Context())
        os.write(1, b"ready\n")

        async def caller() -> None:
            while True:
                with contextlib.suppress(Refusal):
                    await db.write(movement(dice, 50_000), Context(reason="x"))
                os.write(1, b"moved\n")

        await asyncio.gather(*(caller() for _ in range(CALLERS)))


if __name__ == "__main__":
    logger.remove()
    Migrator(Path(sys.argv[1])).up()
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
