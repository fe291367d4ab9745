"""A process whose audit table fails and works again in turns, until it is killed.

Run as ``python -m tests.faults.sites.audit_writer DATABASE``; see ``killing``. A child says the number of
each write that was acknowledged, a negative one for a note.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from loguru import logger

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.audit.back_off import Rest
from modelus_bot.database.core.audit.entry import command_entry
from modelus_bot.database.core.audit.fallback_log import AuditFile, audit_path
from modelus_bot.database.core.context import Context
from modelus_bot.database.engine.connection import ConnectionManager
from modelus_bot.database.engine.transaction_manager import TransactionManager
from modelus_bot.database.health.monitor import HealthMonitor
from modelus_bot.database.recovery.startup_checks import create_file
from modelus_bot.database.schema.migrations import Migrator
from tests.database.core.audit.faults import break_table, mend_table
from tests.database.operations import PutPair
from tests.faults.sites.killing import fork_children

CALLERS = 8


async def write(path: Path, first: int, ready: int) -> None:
    """Write pairs from ``first`` on, and a note now and then, while the table comes and goes."""
    numbers = itertools.count(first)
    settings = DatabaseSettings.model_validate({"write_deadline": 60.0})
    async with (
        AuditFile(audit_path(path)) as file,
        ConnectionManager(path, settings) as connections,
        TransactionManager(connections, settings, HealthMonitor(9.0), file) as transactions,
    ):
        transactions._writer.audit.rest = Rest(0.02, 0.05)
        os.write(ready, b".")

        async def caller() -> None:
            for number in numbers:
                await transactions.submit(PutPair(number=number), Context(request_id=f"pair-{number}"))
                os.write(1, b"%d\n" % number)
                if number % 10 == 0:
                    await file.append(command_entry("database", f"note:{number}", at=number))
                    os.write(1, b"-%d\n" % number)

        async def meddle() -> None:
            while True:
                await asyncio.sleep(0.04)
                await asyncio.to_thread(break_table, path, "trigger")
                await asyncio.sleep(0.12)
                await asyncio.to_thread(mend_table, path, "trigger")

        await asyncio.gather(meddle(), *(caller() for _ in range(CALLERS)))


def prepare(path: Path) -> None:
    """Make the file if there is none, with an audit table that takes entries."""
    if not path.exists():
        create_file(path)
        Migrator(path).up()
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("DROP TRIGGER IF EXISTS nothing_goes")


if __name__ == "__main__":
    logger.remove()
    database = Path(sys.argv[1])

    def work(_task: str, first: int, ready: int) -> None:
        """Prepare and write."""
        prepare(database)
        asyncio.run(write(database, first, ready))

    fork_children(work)
