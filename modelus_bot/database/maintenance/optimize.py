"""Optimise: the statistics from which SQLite chooses how to answer. ShrinkLog: the -wal, given back."""

from __future__ import annotations

import sqlite3

from modelus_bot.config.units import megabytes
from modelus_bot.database.engine import LARGE
from modelus_bot.database.maintenance.facts import FileFacts
from modelus_bot.database.maintenance.run_request import RunRequest, TaskDecision
from modelus_bot.database.maintenance.task_context import TaskContext

__all__ = ["Optimise", "ShrinkLog", "optimise"]

_LIMIT = "PRAGMA analysis_limit=400"
"""Rows of an index that are looked at: a large table takes milliseconds."""

_OPTIMISE = "PRAGMA optimize(0x10002)"
"""Renew statistics that are missing or far off, of all tables, not of those used by this connection only."""

_ANALYSE = "ANALYZE"
_KNOWS_ALL_TABLES = (3, 46, 0)
"""The first SQLite whose PRAGMA optimize looks at tables that this connection has not read."""

_KNOWN = "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'"
_STATISTICS = "SELECT tbl, idx, stat FROM sqlite_stat1"


def optimise(connection: sqlite3.Connection) -> int:
    """Renew statistics where that helps; returns how many changed. For the writer, also after migrations."""
    before = _statistics(connection)
    connection.execute(_LIMIT)
    connection.execute(_OPTIMISE if sqlite3.sqlite_version_info >= _KNOWS_ALL_TABLES else _ANALYSE)
    return len(_statistics(connection) - before)


def _statistics(connection: sqlite3.Connection) -> frozenset[tuple[str, str, str]]:
    if connection.execute(_KNOWN).fetchone() is None:
        return frozenset()
    return frozenset(tuple(row) for row in connection.execute(_STATISTICS))


class Optimise:
    """Renews statistics; always due, since SQLite itself knows what is worth it."""

    name = "Statistics"
    why = "Lets the database choose the best way to answer."

    def decide(self, facts: FileFacts, order: RunRequest) -> TaskDecision:
        """Always due."""
        return TaskDecision(due=True, because="it takes milliseconds")

    async def run(self, work: TaskContext, order: RunRequest) -> str:
        """Do it on the writer's thread."""
        work.tell(self.name)
        renewed = await work.on_writer(optimise, seconds=work.facts.write_timeout / 2)
        return f"{renewed} renewed" if renewed else "up to date"


class ShrinkLog:
    """Moves what the -wal holds into the file and gives its space back, unless others do that."""

    name = "Log of changes"
    why = "Gives the space of a large log back to the disk."

    def decide(self, facts: FileFacts, order: RunRequest) -> TaskDecision:
        """Due from a few megabytes on."""
        if facts.others_checkpoint:
            return TaskDecision(
                due=False, because=f"{megabytes(facts.wal_bytes)}; it is looked after elsewhere"
            )
        if facts.wal_bytes < LARGE:
            return TaskDecision(due=False, because=f"only {megabytes(facts.wal_bytes)}")
        return TaskDecision(due=True, because=megabytes(facts.wal_bytes))

    async def run(self, work: TaskContext, order: RunRequest) -> str:
        """Do it; readers who look at an older state are not waited for longer than a moment."""
        log = work.log()
        if log is None:
            return "looked after elsewhere"
        work.tell(self.name)
        all_moved, left = await log.shrink()
        if not all_moved:
            return f"somebody reads an older state; {megabytes(left)} are left for later"
        return f"{megabytes(work.facts.wal_bytes)} became {megabytes(left)}"
