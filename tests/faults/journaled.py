"""A process whose children save changes for later, or replay them, each until it is killed or done.

Run as ``python -m tests.faults.journaled DATABASE``. Each line on standard input forks one child: ``save
FIRST SECONDS`` or ``replay 0 SECONDS``. It is killed so many seconds after it is ready; with a negative
number it ends by itself. It says the number of each change that was saved, or ``done``, its parent ``ended``.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from loguru import logger

from modelus_bot.config import DatabaseSettings, DegradationSettings
from modelus_bot.database.context import Context
from modelus_bot.database.journal import Journal, Settled, answered, journal_path
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.open_transaction import Transaction
from modelus_bot.database.operation import Write
from tests.database.journal.waiting import Take

CALLERS = 12


class TellInSettings(Write[int]):
    """Stands for the messages to authors; counts how often each was queued anew."""

    told: tuple[str, ...]

    def apply(self, tx: Transaction) -> int:
        """Make the change."""
        return sum(
            tx.execute(
                "INSERT INTO settings(key, value, updated_at) VALUES(?, '1', 0) ON CONFLICT DO NOTHING",
                (f"told:{one}",),
            )
            for one in self.told
        )


def telling(found: Sequence[Settled]) -> Write[int]:
    """Return the messages to some authors."""
    return TellInSettings(told=tuple(one.request_id for one in found))


def opened(path: Path) -> Journal:
    """Return the journal of a database."""
    return Journal(journal_path(path), DegradationSettings(), explain=str, telling=telling)


async def save(path: Path, first: int, ready: int) -> None:
    """Save changes numbered from ``first`` for ever and say each once it is on the disk."""
    numbers = itertools.count(first)
    async with opened(path) as journal:
        os.write(ready, b".")

        async def caller() -> None:
            for number in numbers:
                await journal.append(Take(name=f"{number}"), Context(actor=1, request_id=f"take-{number}"))
                os.write(1, b"%d\n" % number)

        await asyncio.gather(*(caller() for _ in range(CALLERS)))


async def replay(path: Path, ready: int) -> None:
    """Replay until nothing waits."""
    async with DatabaseManager(path, DatabaseSettings(synchronous="FULL")) as db, opened(path) as journal:
        os.write(ready, b".")
        while journal.unfinished:
            await journal.replay(db._transactions.submit, answered=lambda ids: db.read(answered, ids))
        os.write(1, b"done\n")


def child(path: Path, task: str, first: int, ready: int) -> None:
    """Do what a line asked for and end without what the parent would do at its end."""
    asyncio.run(replay(path, ready) if task == "replay" else save(path, first, ready))
    os._exit(0)


def main(path: Path) -> None:
    """Start one child for each line on standard input, and kill it in time."""
    for line in sys.stdin:
        task, first, seconds = line.split()
        looking, ready = os.pipe()
        pid = os.fork()
        if pid == 0:
            child(path, task, int(first), ready)
        os.close(ready)
        os.read(looking, 1)
        os.close(looking)
        if float(seconds) >= 0:
            time.sleep(float(seconds))
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.write(1, b"ended\n")


if __name__ == "__main__":
    logger.remove()
    main(Path(sys.argv[1]))
