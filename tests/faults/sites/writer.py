"""A process that writes until it is killed: 64 callers, each acknowledged write printed as it comes.

Run as ``python -m tests.faults.sites.writer DATABASE FIRST``; prints ``ready`` and then one number per line.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from pathlib import Path

from loguru import logger

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.manager import DatabaseManager
from tests.database.operations import PutPair

CALLERS = 64


async def main(path: Path, first: int) -> None:
    """Write pairs numbered from ``first`` and acknowledge each on standard output."""
    numbers = itertools.count(first)
    async with DatabaseManager(path, DatabaseSettings(synchronous="FULL")) as db:
        os.write(1, b"ready\n")

        async def caller() -> None:
            for number in numbers:
                await db.write(PutPair(number=number), Context(actor=1, request_id=f"pair-{number}"))
                os.write(1, b"%d\n" % number)

        await asyncio.gather(*(caller() for _ in range(CALLERS)))


if __name__ == "__main__":
    logger.remove()
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
