"""One of several processes that race on the same keys: ``python -m tests.faults.sites.racer DATABASE SEED``.

Waits for a line on standard input, then runs its operations; prints ``ok N`` or the first error.
"""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

from loguru import logger

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.manager import DatabaseManager
from tests.faults.upserts import racing_writes


async def main(path: Path, seed: int) -> None:
    """Run every racing write in an order of this process's own."""
    async with DatabaseManager(path, DatabaseSettings(), claim=False) as db:
        writes = racing_writes()
        random.Random(seed).shuffle(writes)
        print("ready", flush=True)
        sys.stdin.readline()
        done = 0
        for batch in range(0, len(writes), 8):
            results = await asyncio.gather(
                *(db.write(write, context) for write, context in writes[batch : batch + 8]),
                return_exceptions=True,
            )
            failed = [repr(result) for result in results if isinstance(result, BaseException)]
            if failed:
                print("failed", *failed, flush=True)
                return
            done += len(results)
        print("ok", done, flush=True)


if __name__ == "__main__":
    logger.remove()
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
