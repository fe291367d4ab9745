"""Maintenance at work on real files: what goes, what stays, and that nobody is disturbed or alarmed."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import ManagerClosed
from modelus_bot.database.core.operation import query
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.maintenance.facts import BYTES_PER_SECOND
from modelus_bot.database.maintenance.run_request import Rewriting, RunRequest, TaskOutcome, Trigger
from modelus_bot.database.maintenance.vacuum import CONFIRMED_SECONDS, TIMEOUT_SHARE
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.subjects import DECLARED
from tests.daily_size import FULL
from tests.database.maintenance.old_rows import DAY, FillRequests, FillTables
from tests.database.operations import PutSetting, setting
from tests.tuning import Tuning

ROWS = 100_000 if FULL else 3_000
CLOCK = RunRequest(Trigger.CLOCK)


@query
def ages(tx: ReadTransaction) -> dict[str, list[int]]:
    """Return for each pruned table the ages in days of what is left in it."""
    now = tx.fetch_value("SELECT max(created_at) FROM notifications")
    return {
        "notifications": _days(
            tx, "SELECT (? - created_at) / 86400 FROM notifications WHERE is_read = 1", now
        ),
        "unread": _days(tx, "SELECT (? - created_at) / 86400 FROM notifications WHERE is_read = 0", now),
        "health_samples": _days(tx, "SELECT (? - at) / 86400 FROM health_samples", now),
        "requests": _days(
            tx, "SELECT (? - created_at) / 86400 FROM requests WHERE request_id LIKE 'request:%'", now
        ),
        "job_runs": _days(tx, "SELECT (? - started_at) / 86400 FROM job_runs WHERE status <> 'running'", now),
        "running": _days(tx, "SELECT (? - started_at) / 86400 FROM job_runs WHERE status = 'running'", now),
        "db_errors": _days(tx, "SELECT (? - at) / 86400 FROM db_errors WHERE resolved_at NOT NULL", now),
        "unresolved": _days(tx, "SELECT (? - at) / 86400 FROM db_errors WHERE resolved_at IS NULL", now),
    }


def _days(tx: ReadTransaction, sql: str, now: int) -> list[int]:
    return sorted(row[0] for row in tx.fetch_all(sql, (now,)))


@query
def old_requests_left(tx: ReadTransaction) -> int:
    """Count the requests of ``FillRequests``."""
    return int(tx.fetch_value("SELECT count(*) FROM requests WHERE request_id LIKE 'old:%'"))


@query
def pruning_entries(tx: ReadTransaction) -> list[str]:
    """Return what the audit trail says of removed notices."""
    return [
        row[0]
        for row in tx.fetch_all(
            "SELECT old_values FROM audit_logs WHERE table_name = 'notifications' AND operation = 'DELETE'"
        )
    ]


async def filled(db: DatabaseManager, rows: int = ROWS, size: int = 500) -> None:
    """Insert many requests that were answered a month ago."""
    at = int(time.time()) - 30 * DAY
    for first in range(0, rows, 5000):
        await db.write(FillRequests(first=first, count=min(5000, rows - first), at=at, size=size), Context())


async def test_what_has_served_its_time_goes(db: DatabaseManager) -> None:
    """Each table keeps its days; what is unread, running or unresolved stays however old it is."""
    for days in (100, 31, 29, 15, 13, 8, 6, 0):
        await db.write(FillTables(days=days), Context())
    report = await db.maintenance.run(CLOCK, Context(), DECLARED.prunings)
    assert report.ok
    assert await db.read(ages) == {
        "notifications": [0, 6, 8, 13, 15, 29],
        "unread": [0, 6, 8, 13, 15, 29, 31, 100],
        "health_samples": [0, 6, 8, 13],
        "requests": [0, 6],
        "job_runs": [0, 6, 8, 13, 15, 29, 31],
        "running": [0, 6, 8, 13, 15, 29, 31, 100],
        "db_errors": [0, 6, 8, 13, 15, 29],
        "unresolved": [0, 6, 8, 13, 15, 29, 31, 100],
    }
    assert report.of("Read notices").words == "2 removed, older than 30 days"
    told = await db.read(pruning_entries)
    assert len(told) == 1
    assert '"removed":2' in told[0]
    again = await db.maintenance.run(CLOCK, Context(), DECLARED.prunings)
    assert again.of("Read notices").words == "nothing older than 30 days"


async def test_near_the_limit_more_goes(db: DatabaseManager) -> None:
    """What could stay for longer goes early, but requests, on which exactly-once rests, keep their days."""
    for days in (31, 29, 8, 6, 4, 2, 0):
        await db.write(FillTables(days=days), Context())
    await db.maintenance.run(RunRequest(Trigger.NEAR_LIMIT), Context(), DECLARED.prunings)
    left = await db.read(ages)
    assert left["notifications"] == [0, 2, 4, 6]
    assert left["health_samples"] == [0, 2]
    assert left["requests"] == [0, 2, 4, 6]
    assert left["job_runs"] == [0, 2, 4, 6, 8, 29]


class Held:
    """A journal in which requests wait."""

    def __init__(self, ids: list[str]) -> None:
        self._ids = ids

    def request_ids(self) -> list[str]:
        """Return their ids."""
        return self._ids


async def test_requests_of_the_journal_stay(db: DatabaseManager, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits in the journal will be asked for again, however old it is."""
    await filled(db, 1200)
    held = ["old:3", "old:999"]
    monkeypatch.setattr(db.maintenance, "_journal", Held(held))
    await db.maintenance.run(CLOCK, Context(), DECLARED.prunings)
    assert await db.read(old_requests_left) == len(held)


async def test_writes_go_on_beside_it(protected: DatabaseManager) -> None:
    """The writer is given back after each batch; the file gets smaller; nothing looks like damage."""
    db = protected
    await filled(db)
    before = await db.maintenance.facts()
    steps: list[str] = []
    waits: list[float] = []
    done = asyncio.Event()

    async def beside() -> None:
        number = 0
        while not done.is_set():
            number += 1
            started = time.perf_counter()
            await db.write(PutSetting(key=f"beside:{number % 20}", value=number), Context())
            waits.append(time.perf_counter() - started)
            await asyncio.sleep(0.005)

    writing = asyncio.create_task(beside())
    report = await db.maintenance.run(CLOCK, Context(), DECLARED.prunings, tell=steps.append)
    done.set()
    await writing
    after = await db.maintenance.facts()
    print(f"{ROWS} rows pruned beside {len(waits)} writes, the longest took {max(waits) * 1000:.0f} ms")
    assert report.ok, report.lines
    assert report.of("Answered requests").words.startswith(f"{ROWS} removed")
    assert report.of("Rewriting the file").outcome is TaskOutcome.DONE, report.lines
    assert after.bytes < before.bytes / 5
    assert after.free_pages < 20
    assert any(step.startswith("Rewriting the file: changes wait") for step in steps)
    assert db.maintenance.step == ""
    assert db.protection is not None
    monitor = db.protection.monitor
    assert monitor is not None
    await monitor.check()
    checksums = await db.protection.context.checksums.check()
    assert (checksums.unexplained, checksums.unclear) == ((), ())
    assert monitor.last_recovery is None
    assert not db.protection.waiting


async def test_a_rewritten_file_is_whole_for_everybody(
    opened: Callable[..., DatabaseManager], tmp_path: Path
) -> None:
    """Sums, archive where there is one, copies and the next start follow it without an alarm."""
    async with opened(archive="auto") as db:
        await db.write(PutSetting(key="kept", value=7), Context())
        await filled(db)
        report = await db.maintenance.run(CLOCK, Context(), DECLARED.prunings)
        assert report.of("Rewriting the file").outcome is TaskOutcome.DONE, report.lines
        await db.write(PutSetting(key="after", value=8), Context())
        protection = db.protection
        assert protection is not None
        made = await protection.backups.create("manual")
        assert made.counts, made.problems
        if protection.archive.available:
            await protection.archive.sync()
            target = tmp_path / "restored.db"
            await protection.archive.restore(target)
            found = await protection.context.check(target, finished=True)
            assert found.ok, found.problems
            assert found.bytes < 5_000_000
        assert not protection.waiting
    async with opened(archive="auto") as db:
        assert [await db.read(setting, key) for key in ("kept", "after")] == [7, 8]
        assert db.protection is not None
        report_of_all = await db.protection.context.check(db.path)
        assert report_of_all.ok, report_of_all.problems
        assert not db.protection.waiting


async def test_statistics_are_renewed_once(db: DatabaseManager) -> None:
    """The second run finds them up to date; the schema is still the one the migrations make."""
    await filled(db, 5000)
    first = await db.maintenance.run(RunRequest(Trigger.PERSON, Rewriting.NO), Context())
    second = await db.maintenance.run(RunRequest(Trigger.PERSON, Rewriting.NO), Context())
    assert first.of("Statistics").words.endswith("renewed")
    assert second.of("Statistics").words == "up to date"
    assert await db.maintenance.optimise() == 0


async def test_one_at_a_time(db: DatabaseManager) -> None:
    """The second run waits for the first, and then finds nothing left to do."""
    await filled(db, 3000)
    first, second = await asyncio.gather(
        *(db.maintenance.run(CLOCK, Context(), DECLARED.prunings) for _ in range(2))
    )
    assert first.of("Answered requests").words.startswith("3000 removed")
    assert second.of("Answered requests").words.startswith("nothing")


async def test_closing_ends_it_in_the_middle(opened: Callable[..., DatabaseManager]) -> None:
    """Whatever was removed is committed, the rest is there; closing does not wait for the end."""
    async with opened() as db:
        await filled(db)
        begun = asyncio.Event()
        running = asyncio.create_task(
            db.maintenance.run(CLOCK, Context(), DECLARED.prunings, tell=lambda _: begun.set())
        )
        await begun.wait()
        await db.close()
        with pytest.raises(ManagerClosed):
            await running
        with pytest.raises(ManagerClosed):
            await db.maintenance.run(CLOCK, Context(), DECLARED.prunings)
    async with opened() as db:
        left = await db.read(old_requests_left)
        assert 0 < left < ROWS
        assert db.protection is not None
        assert (await db.protection.context.check(db.path)).ok


async def test_closing_interrupts_rewriting(opened: Callable[..., DatabaseManager]) -> None:
    """The file stays as it was before; the next start finds it whole."""
    confirmed = RunRequest(Trigger.PERSON, Rewriting.CONFIRMED)
    async with opened() as db:
        await filled(db)
        begun = asyncio.Event()

        def tell(step: str) -> None:
            if step.startswith("Rewriting"):
                begun.set()

        running = asyncio.create_task(db.maintenance.run(confirmed, Context(), tell=tell))
        await begun.wait()
        await db.close()
        with contextlib.suppress(ManagerClosed):
            await running
    async with opened() as db:
        assert await db.read(old_requests_left) == ROWS
        assert db.protection is not None
        assert (await db.protection.context.check(db.path)).ok


async def test_rewriting_that_takes_too_long_is_given_up(db: DatabaseManager, tuning: Tuning) -> None:
    """Writes are not made to wait: it is rolled back, said so, and everything goes on."""
    await filled(db, 20_000, size=20)
    tuning(CONFIRMED_SECONDS.at(0.001), TIMEOUT_SHARE.at(0.0), BYTES_PER_SECOND.at(10**15))
    report = await db.maintenance.run(RunRequest(Trigger.PERSON, Rewriting.CONFIRMED), Context())
    result = report.of("Rewriting the file")
    assert result.outcome is TaskOutcome.REFUSED
    assert "nothing was changed" in result.words
    assert await db.write(PutSetting(key="after", value=1), Context()) == 1
    assert db.mode == "normal"


async def test_the_near_limit_hook_asks_once(db: DatabaseManager) -> None:
    """It may be called as often as the file is measured."""
    for _ in range(3):
        db.maintenance.near_limit(90, 100)
    assert db.maintenance.wanted() is Trigger.NEAR_LIMIT
    assert db.maintenance.wanted() is None
    db.maintenance.near_limit(95, 100)
    assert db.maintenance.wanted() is None


async def test_need_is_noticed(db: DatabaseManager) -> None:
    """A file of which much is empty need not wait for its day."""
    assert not await db.maintenance.needed()
    await filled(db)
    await db.maintenance.run(RunRequest(Trigger.CLOCK, Rewriting.NO), Context(), DECLARED.prunings)
    assert await db.maintenance.needed()
