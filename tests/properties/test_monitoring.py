"""Feature: database-reliability: what the health monitor knows after any operations."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import ConstraintViolated, DatabaseError, DatabaseUnavailable, DiskFull
from modelus_bot.database.health.overview import Overview
from modelus_bot.database.manager import DatabaseManager
from tests.database.operations import (
    BreakRule,
    Meddle,
    PutSetting,
    PutThenRefuse,
    Refused,
    all_settings,
    counted,
    setting,
)
from tests.inside import probe

KINDS = ("write", "again", "preview", "refused", "rule", "failed", "read", "long", "away", "gone")
PLANS = st.lists(st.sampled_from(KINDS), min_size=1, max_size=12)


def test_every_operation_is_monitored(tmp_path: Path) -> None:
    """Feature: database-reliability, Property 10: For any database operation, monitoring data should be
    collected for connection status, performance, and error rates.
    """
    numbers = iter(range(10**9))
    with asyncio.Runner() as runner:
        db = DatabaseManager(tmp_path / "modelus.db", DatabaseSettings(synchronous="NORMAL"))
        runner.run(opened(db))

        @settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(PLANS)
        def after_any_operations(plan: list[str]) -> None:
            runner.run(follow(db, plan, next(numbers)))

        try:
            after_any_operations()
        finally:
            runner.run(db.close())


async def opened(db: DatabaseManager) -> None:
    """Open the database; probing is left to the plan."""
    await db.__aenter__()
    await db.availability.stop()


async def follow(db: DatabaseManager, plan: list[str], run: int) -> None:
    """Do what is planned and compare what was expected with what was collected."""
    before = db.overview()
    expected: Counter[str] = Counter()
    for number, kind in enumerate(plan):
        expected += await STEPS[kind](db, f"{run}:{number}")
        check_status(db.overview(), writable=True)
    seen = db.overview()
    check_counts(before, seen, expected)
    check_performance(before, seen, expected)


def check_status(seen: Overview, *, writable: bool) -> None:
    """Connection status: mode, both breakers and the cause agree."""
    assert seen.mode == ("normal" if writable else "read_only")
    assert seen.write_breaker == ("closed" if writable else "open")
    assert seen.read_breaker == "closed"
    assert (seen.cause is None) is writable
    assert seen.reopened == 0


def check_counts(before: Overview, seen: Overview, expected: Counter[str]) -> None:
    """Error rates: each operation is counted once, as what it was."""
    found = {
        "read": seen.read_count - before.read_count,
        "write": seen.write_count - before.write_count,
        "repeated": seen.repeated - before.repeated,
        "refused": seen.refused - before.refused,
        "failed": seen.failures - before.failures,
    }
    assert found == {name: expected[name] for name in found}
    assert seen.error_share == seen.failed_lately / max(1, seen.operations_lately)
    assert 0 <= seen.failed_lately <= seen.operations_lately
    if expected["failed"]:
        assert seen.recent_failures[-1].operation == "Meddle"
        assert seen.recent_failures[-1].reference


def check_performance(before: Overview, seen: Overview, expected: Counter[str]) -> None:
    """Performance: a latency for each, in order; rates, waits and sizes."""
    assert seen.reads.count - before.reads.count == expected["read"]
    assert seen.writes.count - before.writes.count == expected["write"] + expected["preview"]
    lately = seen.operations_lately - before.operations_lately
    assert lately == expected["read"] + expected["write"] + expected["preview"]
    assert seen.reader_waits.count - before.reader_waits.count == expected["read"] - expected["long"]
    assert seen.long_waits.count - before.long_waits.count == expected["long"]
    for found in (seen.reads, seen.writes, seen.reader_waits, seen.long_waits):
        ranks = (found.p50, found.p95, found.p99, found.highest)
        assert all(rank is not None and rank >= 0 for rank in ranks) or found.count == 0
        assert list(ranks) == sorted(rank for rank in ranks if rank is not None) or found.count == 0
    assert seen.queue_depth == seen.reader_depth == 0
    assert seen.file_bytes
    assert seen.free_bytes
    if expected["write"]:
        assert seen.per_second > 0
        assert seen.mean_group >= 1


async def write(db: DatabaseManager, key: str) -> Counter[str]:
    """Make a change."""
    await db.write(PutSetting(key=key, value=1), Context())
    return Counter(write=1)


async def again(db: DatabaseManager, key: str) -> Counter[str]:
    """Make the same change twice, as a double click does."""
    for _ in range(2):
        await db.write(PutSetting(key=key, value=1), Context(request_id=key))
    return Counter(write=2, repeated=1)


async def preview(db: DatabaseManager, key: str) -> Counter[str]:
    """Ask what a change would give."""
    await db.preview(PutSetting(key=key, value=1), Context())
    return Counter(preview=1)


async def refused(db: DatabaseManager, key: str) -> Counter[str]:
    """Make a change that a rule refuses."""
    with contextlib.suppress(Refused):
        await db.write(PutThenRefuse(key=key), Context())
    return Counter(write=1, refused=1)


async def rule(db: DatabaseManager, key: str) -> Counter[str]:
    """Make a change that a constraint refuses."""
    with contextlib.suppress(ConstraintViolated):
        await db.write(BreakRule(key=key), Context())
    return Counter(write=1, refused=1)


async def failed(db: DatabaseManager, _: str) -> Counter[str]:
    """Make a change that fails."""
    with contextlib.suppress(DatabaseError):
        await db.write(Meddle(sql="nonsense"), Context())
    return Counter(write=1, failed=1)


async def read(db: DatabaseManager, key: str) -> Counter[str]:
    """Look up two things at once."""
    await asyncio.gather(db.read(setting, key), db.read(all_settings))
    return Counter(read=2)


async def long(db: DatabaseManager, _: str) -> Counter[str]:
    """Look something up on the reader for long queries."""
    await db.read(counted, 50)
    return Counter(read=1, long=1)


async def away(db: DatabaseManager, key: str) -> Counter[str]:
    """Let the disk be full for a moment: the status says so, and what is refused at once is no operation."""
    writes = db.availability.writes
    db.availability.failed(writes, DiskFull("full"))
    check_status(db.overview(), writable=False)
    with contextlib.suppress(DatabaseUnavailable):
        await db.write(PutSetting(key=key, value=1), Context())
    await db.read(setting, key)
    await probe(db)
    return Counter(read=1)


async def gone(db: DatabaseManager, key: str) -> Counter[str]:
    """Leave before the answer; the change is made and counted all the same."""
    task = asyncio.create_task(db.write(PutSetting(key=key, value=1), Context()))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await db.write(PutSetting(key=key, value=2), Context())
    return Counter(write=2)


STEPS: dict[str, Callable[[DatabaseManager, str], Coroutine[Any, Any, Counter[str]]]] = {
    item.__name__: item for item in (write, again, preview, refused, rule, failed, read, long, away, gone)
}
