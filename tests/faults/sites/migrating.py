"""A process that migrates a file and is killed by itself at one statement, or by somebody else.

Run as ``python -m tests.faults.sites.migrating up|down DATABASE FOLDER [STATEMENT]``; prints ``ready``, and
at the end the number of statements it ran. STATEMENT counts from 1: the one that is begun and never ends.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from pathlib import Path

from loguru import logger
from yoyo.connections import DatabaseURI

from modelus_bot.database.schema.backend import Backend
from modelus_bot.database.schema.migrations import Migrator


class Countdown:
    """Counts the statements of the migrating connection, and kills the process at one of them."""

    def __init__(self, last: int | None) -> None:
        """Kill at the statement with this number, or never."""
        self.last = last
        self.count = 0

    def __call__(self, _: str) -> None:
        """Take note of a statement that begins."""
        self.count += 1
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Let every connection that migrates be counted."""
        connect = Backend.connect

        def watched(backend: Backend, uri: DatabaseURI) -> sqlite3.Connection:
            connection = connect(backend, uri)
            connection.set_trace_callback(self)
            return connection

        Backend.connect = watched


def main() -> None:
    """Migrate as the command line says."""
    direction, database, folder, *last = sys.argv[1:]
    logger.remove()
    countdown = Countdown(int(last[0]) if last else None)
    countdown.watch()
    migrator = Migrator(Path(database), Path(folder))
    print("ready", flush=True)
    if direction == "up":
        migrator.up()
    else:
        migrator.down(len([item for item in migrator.status() if item.applied]) - 1)
    print(countdown.count, flush=True)


if __name__ == "__main__":
    main()
