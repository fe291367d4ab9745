"""Vacuum: rewrites the file without its empty pages, when that is worth it and safe."""

from __future__ import annotations

import sqlite3
import time

from modelus_bot.config.units import megabytes
from modelus_bot.database.core.errors import DatabaseError, DeadlineExceeded
from modelus_bot.database.maintenance.facts import FileFacts, pages_of
from modelus_bot.database.maintenance.run_request import GivenUp, Rewriting, RunRequest, TaskDecision, Trigger
from modelus_bot.database.maintenance.task_context import TaskContext
from modelus_bot.runtime.tunables import Tunable

__all__ = ["Vacuum", "worth_it"]

SHARE = 0.20
LEAST = 8 * 1024 * 1024
"""A file is worth rewriting when more than this share and more than these bytes of it are empty."""

NEAR_LIMIT_LEAST = 1024 * 1024
"""Near the limit of the file's size these empty bytes are enough."""

DISK_FACTOR = 2.2
SCRATCH_FACTOR = 1.1
"""Free space needed, in sizes of the file: beside it, for the -wal, and for temporary files."""

TIMEOUT_SHARE = Tunable(0.7)
"""The part of a write's timeout that rewriting may take by itself, so that no write is given up for it."""

CONFIRMED_SECONDS = Tunable(60.0)
"""What it may take when somebody agreed to it."""


def worth_it(facts: FileFacts, order: RunRequest) -> bool:
    """Say whether enough of the file is empty."""
    if order.why is Trigger.NEAR_LIMIT:
        return facts.free_bytes > NEAR_LIMIT_LEAST
    return facts.free_share > SHARE and facts.free_bytes > LEAST


def decide(facts: FileFacts, order: RunRequest) -> TaskDecision:
    """Say whether to rewrite the file now, and if not, why not."""
    empty = f"{megabytes(facts.free_bytes)} of {megabytes(facts.bytes)} ({facts.free_share:.0%}) are empty"
    confirmed = order.rewriting is Rewriting.CONFIRMED
    if not worth_it(facts, order) and not confirmed:
        return TaskDecision(due=False, because=f"not worth it, {empty}")
    if order.rewriting is Rewriting.NO:
        return TaskDecision(due=False, because=f"worth it, {empty}; it has to be asked for")
    against = _obstacle(facts, seconds=_allowed(facts, order))
    if against:
        return TaskDecision(due=False, because=f"{empty}, but {against}", refused=True)
    return TaskDecision(due=True, because=empty)


def _obstacle(facts: FileFacts, *, seconds: float) -> str:
    """Return what speaks against it, or nothing."""
    if facts.disk_free is None or facts.scratch_free is None:
        return "the free space of the disk cannot be found out"
    if facts.disk_free < facts.bytes * DISK_FACTOR:
        needed = megabytes(facts.bytes * DISK_FACTOR)
        return f"only {megabytes(facts.disk_free)} are free on the disk and {needed} are needed"
    if facts.scratch_free < facts.bytes * SCRATCH_FACTOR:
        needed = megabytes(facts.bytes * SCRATCH_FACTOR)
        return f"only {megabytes(facts.scratch_free)} are free for temporary files and {needed} are needed"
    if facts.waiting:
        return f"{facts.waiting} changes are waiting; it is done when it is quiet"
    if facts.rewriting_seconds > seconds:
        return (
            f"changes would wait for about {facts.rewriting_seconds:.0f} s and may wait for {seconds:.0f} s;"
            " rewrite it while the bot is stopped"
        )
    return ""


def _allowed(facts: FileFacts, order: RunRequest) -> float:
    bearable = facts.write_timeout * TIMEOUT_SHARE.value
    return max(bearable, CONFIRMED_SECONDS.value) if order.rewriting is Rewriting.CONFIRMED else bearable


class Vacuum:
    """Rewrites the file in one transaction through the -wal, so that page checksums and archive follow it."""

    name = "Rewriting the file"
    why = "Gives the space of removed rows back to the disk."

    def decide(self, facts: FileFacts, order: RunRequest) -> TaskDecision:
        """Due when much is empty, the disk has space, and nobody waits."""
        return decide(facts, order)

    async def run(self, work: TaskContext, order: RunRequest) -> str:
        """Rewrite it, or give up when that takes too long: then nothing was changed."""
        seconds = work.facts.rewriting_seconds
        work.tell(f"{self.name}: changes wait for about {max(1, round(seconds))} s")
        allowed = _allowed(work.facts, order)
        started = time.perf_counter()
        try:
            pages = await work.on_writer(_rewrite, seconds=allowed)
        except DatabaseError as error:
            if isinstance(error, DeadlineExceeded):
                raise GivenUp(
                    f"given up after {allowed:.0f} s, so that changes wait no longer; nothing was changed"
                ) from error
            raise
        took = time.perf_counter() - started
        before, after = megabytes(work.facts.bytes), megabytes(pages[0] * pages[1])
        return f"{before} became {after}; changes waited for {took:.1f} s"


def _rewrite(connection: sqlite3.Connection) -> tuple[int, int, int]:
    connection.execute("VACUUM")
    return pages_of(connection)
