"""Audit entries that cannot be written are tried again, later and later, and none is lost or doubled."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.audit.back_off import Rest
from modelus_bot.database.core.audit.fallback_log import AuditFile, audit_path
from modelus_bot.database.core.audit.verification import verify_chain, walk
from modelus_bot.database.core.context import Context
from modelus_bot.database.engine.connection import ConnectionManager
from modelus_bot.database.engine.group_commit import AUDIT_TRIES
from modelus_bot.database.engine.transaction_manager import TransactionManager
from modelus_bot.database.health.monitor import HealthMonitor
from modelus_bot.database.recovery.startup_checks import create_file
from modelus_bot.database.schema.migrations import Migrator
from tests.database.core.audit.faults import MENDABLE, break_table, mend_table
from tests.database.operations import PutSetting

LOCKED = "locked by another program"
FIRST, CAP = 0.05, 1.0
REST, LONGEST_REST = 1.0, 8.0


@dataclass
class World:
    """A real file and its writer; pauses are noted instead of waited for, and the clock of rests is ours."""

    path: Path
    transactions: TransactionManager
    file: AuditFile
    run: Callable[..., object]
    now: float = 0.0
    pauses: list[float] = field(default_factory=list)
    on_pause: Callable[[int], None] = lambda _: None
    written: list[str] = field(default_factory=list)

    async def put(self) -> None:
        """Make one change and have it acknowledged."""
        key = f"k{len(self.written)}"
        await self.transactions.submit(PutSetting(key=key, value=1), Context(request_id=key))
        self.written.append(key)

    def rest(self) -> Rest:
        """Return the pauses between two looks at a table that failed."""
        return self.transactions._writer.audit.rest

    def entries(self) -> list[tuple[str, int]]:
        """Return record and attempt of every entry of the chain, which is intact."""
        with closing(sqlite3.connect(self.path)) as raw:
            report = verify_chain(walk(raw))
            assert report.intact, report.problem
            return list(raw.execute("SELECT record_id, attempt FROM audit_logs ORDER BY id"))


def fail(world: World, kind: str, tries: int, stack: ExitStack) -> Callable[[], None]:
    """Make the next writes fail until the pause number ``tries``; returns what mends it at once."""
    mended = False
    if kind == LOCKED:
        other = stack.enter_context(closing(sqlite3.connect(world.path, isolation_level=None)))
        other.execute("BEGIN IMMEDIATE")
    else:
        break_table(world.path, kind)

    def mend() -> None:
        nonlocal mended
        if mended:
            return
        mended = True
        if kind == LOCKED:
            other.execute("ROLLBACK")
        else:
            mend_table(world.path, kind)

    def on_pause(number: int) -> None:
        if number == tries:
            mend()

    stack.callback(mend)
    world.on_pause = on_pause
    return mend


async def story(world: World, kind: str, tries: int, looks: int) -> None:
    """One failure: tried again at once with growing pauses, then from the file with longer ones."""
    world.pauses.clear()
    with ExitStack() as stack:
        mend = fail(world, kind, tries, stack)
        await world.put()
        for number, pause in enumerate(world.pauses):
            assert pause == min(CAP, FIRST * 2**number)
        if kind == LOCKED or tries + 2 <= AUDIT_TRIES:  # the first repetition follows at once
            assert len(world.pauses) == tries
            assert world.file.waiting == 0
            assert world.entries()[-1] == (world.written[-1], tries + 2)
            return
        assert len(world.pauses) == AUDIT_TRIES - 2
        assert world.file.waiting == 1
        for look in range(looks):
            pause = min(LONGEST_REST, REST * 2**look)
            world.now += pause * 0.9
            await world.put()
            assert not world.rest().over
            world.now += pause * 0.2
            assert world.rest().over
            await world.put()
            assert not world.rest().over
        assert world.file.waiting == 1 + 2 * looks
        mend()
        world.now += LONGEST_REST
        await world.put()
        assert world.file.waiting == 0
    assert [record for record, _ in world.entries()] == world.written


def test_failed_audit_writes_are_retried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Feature: database-reliability, Property 15: For any audit log write failure, retry should occur with
    exponential backoff pattern.
    """
    path = tmp_path / "modelus.db"
    create_file(path)
    Migrator(path).up()
    really_sleep = asyncio.sleep

    async def build(stack: AsyncExitStack, runner: asyncio.Runner) -> World:
        chosen = DatabaseSettings.model_validate({"busy_slice": 0.01, "write_deadline": 60.0})
        file = await stack.enter_async_context(AuditFile(audit_path(path)))
        connections = await stack.enter_async_context(ConnectionManager(path, chosen))
        transactions = TransactionManager(connections, chosen, HealthMonitor(0.25), file)
        world = World(path, await stack.enter_async_context(transactions), file, runner.run)
        transactions._writer.audit.rest = Rest(REST, LONGEST_REST, lambda: world.now)
        return world

    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        world = runner.run(build(stack, runner))

        async def sleep(delay: float, result: object = None) -> object:
            task = asyncio.current_task()
            if task is None or task.get_name() != "writer-lane":
                return await really_sleep(delay, result)
            world.pauses.append(delay)
            world.on_pause(len(world.pauses))
            return await really_sleep(0, result)

        monkeypatch.setattr(asyncio, "sleep", sleep)
        # Pauses are drawn between nothing and a limit that doubles; here the limit is always taken.
        monkeypatch.setattr(random, "uniform", lambda _low, high: high)

        @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
        @given(kind=st.sampled_from((LOCKED, *MENDABLE)), tries=st.integers(1, 5), looks=st.integers(0, 5))
        def holds(kind: str, tries: int, looks: int) -> None:
            runner.run(story(world, kind, tries, looks))

        try:
            holds()
        finally:
            monkeypatch.undo()
            runner.run(stack.aclose())
