"""A process whose children save changes for later, or replay them, each until it is killed or done.

Run as ``python -m tests.faults.sites.journaled DATABASE``; see ``killing``. The tasks are ``save`` and
``replay``: a child says the number of each change that was saved, or ``done``.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from loguru import logger

from modelus_bot.config import DatabaseSettings, DegradationSettings
from modelus_bot.database.core.append_file import journal_path
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.operation import Write
from modelus_bot.database.core.transaction import Transaction
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline.journal.answered import answered
from modelus_bot.database.offline.journal.entry import Settled
from modelus_bot.database.offline.journal.journal import Journal
from tests.database.offline.journal.waiting import Take
from tests.faults.sites.killing import fork_children
from tests.inside import transactions

CALLERS = 12


class TellInSettings(Write[int]):
    """Stands for the messages to authors; counts how often each was queued anew."""

    told: tuple[str, ...]

    def apply(self, tx: Transaction) -> int:
        """Make the change."""
        return sum(
            tx.execute(
                "INSERT INTO settings(key, value, updated_at) VALUES(?, '1', 0) ON CONFLICT DO NOTHING",
                (f"told:{item}",),
            )
            for item in self.told
        )


def telling(found: Sequence[Settled]) -> Write[int]:
    """Return the messages to some authors."""
    return TellInSettings(told=tuple(item.request_id for item in found))


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
            await journal.replay(transactions(db).submit, answered=lambda ids: db.read(answered, ids))
        os.write(1, b"done\n")


if __name__ == "__main__":
    logger.remove()
    database = Path(sys.argv[1])

    def work(task: str, first: int, ready: int) -> None:
        """Save or replay."""
        asyncio.run(replay(database, ready) if task == "replay" else save(database, first, ready))

    fork_children(work)
