"""What happens to the database in a bot's life, each played on the whole bot while people use it.

An event is an async generator: what comes before its ``yield`` prepares it and does not count.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomlkit

from modelus_bot.database.core.context import Context
from modelus_bot.database.core.operation import Write
from modelus_bot.database.core.transaction import Transaction
from modelus_bot.database.health.samples import HealthSample
from modelus_bot.database.health.statements.planning import examine, explain_slow
from modelus_bot.database.maintenance.run_request import Rewriting, RunRequest, Trigger
from modelus_bot.database.offline.journal.deferred import WriteDeferred
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.health.jobs.health import Health, HealthSamples
from modelus_bot.subjects.rosters.queries import roster
from modelus_bot.ui.charts import LatencyChart, Point
from tests.daily_size import FULL
from tests.database.core.audit.faults import break_table, mend_table
from tests.database.maintenance.old_rows import DAY, FillRequests
from tests.database.offline.journal.waiting import Take, taken
from tests.database.operations import PutSetting
from tests.inside import program
from tests.loop.site import Site, foreign_lock
from tests.waiting import scene_of

__all__ = ["EVENTS", "Event"]

ASIDE = 1000
SAVED = 10_000 if FULL else 2_000


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens; ``sections`` are the settings it needs."""

    happen: Callable[[Site], AsyncIterator[None]]
    sections: dict[str, dict[str, Any]] = field(default_factory=dict)


async def lost_and_back(there: Site) -> AsyncIterator[None]:
    """The folder is gone for two seconds, then back."""
    folder = there.path.parent
    aside = folder.with_name("elsewhere")
    await there.app.db.fallback.snapshot.settle()  # type: ignore[union-attr]
    yield
    await asyncio.to_thread(folder.rename, aside)
    await there.until_away()
    await scene_of(2)
    await asyncio.to_thread(_put_back, folder, aside)
    await there.until_normal()


def _put_back(folder: Path, aside: Path) -> None:
    if folder.exists():
        folder.rename(folder.with_name("made meanwhile"))
    aside.rename(folder)


async def journal_saving(there: Site) -> AsyncIterator[None]:
    """Thousands of changes are saved for later."""
    with foreign_lock(there.path):
        await there.until_away()
        yield
        await _save(there)


async def journal_replay(there: Site) -> AsyncIterator[None]:
    """Thousands of saved changes are applied."""
    with foreign_lock(there.path):
        await there.until_away()
        await _save(there)
    yield
    await there.until_normal()
    assert len(await asyncio.to_thread(taken, there.path)) == SAVED


async def _save(there: Site) -> None:
    for first in range(0, SAVED, 100):
        found = await asyncio.gather(
            *(
                there.app.db.write(
                    Take(name=f"{number}"), Context(request_id=f"r:{number}", actor=1 + number % 300)
                )
                for number in range(first, first + 100)
            ),
            return_exceptions=True,
        )
        assert all(isinstance(item, WriteDeferred) for item in found)


async def snapshots(there: Site) -> AsyncIterator[None]:
    """Snapshots of a rota of hundreds under changes, and answers from one."""
    yield
    for number in range(300):
        await there.app.db.write(PutSetting(key=f"kept:{number % 50}", value=number), Context())
        await scene_of(0.01)
    with foreign_lock(there.path):
        await scene_of(1)


async def hot_reads(there: Site) -> AsyncIterator[None]:
    """Two hundred readers at once, whose answers become invalid with every change."""
    yield
    for number in range(40):
        await asyncio.gather(*(there.app.db.read(roster) for _ in range(200)))
        await there.app.db.write(PutSetting(key="hot", value=number), Context())


async def audit_merge(there: Site) -> AsyncIterator[None]:
    """A thousand entries that waited in the file go into the mended audit table."""
    await asyncio.to_thread(break_table, there.path, "trigger")
    await there.write_all([PutSetting(key=f"aside:{number}", value=number) for number in range(ASIDE)])
    audit = there.app.db.fallback.audit_file  # type: ignore[union-attr]
    assert audit.waiting >= ASIDE
    await asyncio.to_thread(mend_table, there.path, "trigger")
    yield
    async with asyncio.timeout(120):
        while audit.waiting:
            await asyncio.sleep(0.05)


async def health_samples(there: Site) -> AsyncIterator[None]:
    """A look at the health, and a day of samples that waited for the database."""
    jobs = HealthSamples(there.app.bot), Health(there.app.bot)
    for job in jobs:
        await job.run()
    now = int(time.time())
    for number in range(2880):
        at = now - 30 * (2880 - number)
        sample = HealthSample(at=at, mode="normal", queries=9, errors=0, p50_us=900, p99_us=4000, db_bytes=1, wal_bytes=1)  # fmt: skip  # noqa: E501
        jobs[0].keeper.put(sample)
    yield
    for _ in range(3):
        for job in jobs:
            await job.run()
    assert not jobs[0].keeper.waiting


class Ask(Write[int]):
    """Run many different statements."""

    first: int

    def apply(self, tx: Transaction) -> int:
        """Ask what differs in more than its values."""
        for number in range(self.first, self.first + 10):
            tx.fetch_value(
                f"SELECT count(*) AS c{number} FROM users WHERE role = 'x{number}' AND username > ?", ("a",)
            )
        return 10


async def statements(there: Site) -> AsyncIterator[None]:
    """Five hundred different statements, their plans, and what is slow about them."""
    yield
    for first in range(0, 500, 10):
        await there.app.db.write(Ask(first=first), Context())
    for _ in range(3):
        found = await examine(there.app.db, there.app.db.health.figures.statements)
        assert len(found.statements) >= 400
    await explain_slow(there.app.db, there.app.db.health.figures.statements, 0.0)


async def charts(there: Site) -> AsyncIterator[None]:
    """Two pictures of a day."""
    points = [Point(1_800_000_000 + 30 * number, 1.0, 5.0 + number % 7) for number in range(2880)]
    chart = LatencyChart()
    yield
    for last in (2000, 2880):
        assert await chart.picture(points[:last], "America/New_York", there.path.with_name("fonts"))


async def config_reload(there: Site) -> AsyncIterator[None]:
    """A bad edit of the settings file, then a good one."""
    good = there.config.read_text("utf-8")
    yield
    there.config.write_text(good + "\n[databse]\nqueue_limit = 3\n", encoding="utf-8")
    await scene_of(1.5)
    document = tomlkit.parse(good)
    document["database"]["queue_limit"] = 1234  # type: ignore[index]
    there.config.write_text(tomlkit.dumps(document), encoding="utf-8")
    async with asyncio.timeout(30):
        while there.app.db.settings.queue_limit != 1234:
            await asyncio.sleep(0.01)


async def maintenance(there: Site) -> AsyncIterator[None]:
    """Twenty thousand old rows are removed, and the file is rewritten."""
    old = int(time.time()) - 400 * DAY
    for first in range(0, 20_000, 500):
        await there.app.db.write(FillRequests(first=first, count=500, at=old), Context())
    yield
    order = RunRequest(Trigger.CLOCK, Rewriting.AUTO)
    report = await there.app.db.maintenance.run(order, Context(at=int(time.time())), DECLARED.prunings)
    assert report.ok


async def backup(there: Site) -> AsyncIterator[None]:
    """A verified copy, and a drill that restores it."""
    await _filled(there)
    protection = there.app.db.protection
    assert protection is not None
    yield
    assert (await protection.backups.create("manual")).audit_id
    assert all(item.ok for item in await protection.drill.run())


async def supervision(there: Site) -> AsyncIterator[None]:
    """The archive's program is killed and comes back, and makes a full copy."""
    await _filled(there)
    protection = there.app.db.protection
    assert protection is not None
    assert protection.archive.available
    archive = protection.archive
    yield
    await archive.sync()
    await program(archive).supervisor.kill()
    async with asyncio.timeout(30):
        while not archive.status().running:
            await asyncio.sleep(0.05)
    await archive.sync()
    assert await archive.snapshot()


async def recovery(there: Site) -> AsyncIterator[None]:
    """A page of the file is overwritten; it is restored from a copy."""
    await _filled(there)
    protection = there.app.db.protection
    assert protection is not None
    assert protection.monitor is not None
    await protection.backups.create("manual")
    before = protection.monitor.last_recovery
    yield
    await asyncio.to_thread(_damage, there.path)
    async with asyncio.timeout(120):
        while protection.monitor.last_recovery is before:
            await asyncio.sleep(0.02)
    await there.until_normal()


async def file_gone(there: Site) -> AsyncIterator[None]:
    """The file is moved away; the bot brings it back from what it has open."""
    await _filled(there)
    yield
    await asyncio.to_thread(there.path.rename, there.path.with_name("elsewhere.db"))
    async with asyncio.timeout(60):
        while not there.path.exists():
            await asyncio.sleep(0.02)
    await there.until_normal()


async def steady(there: Site) -> AsyncIterator[None]:
    """Nothing but use, for comparison."""
    yield
    await scene_of(3)


async def _filled(there: Site) -> None:
    """Let the file have some megabytes."""
    for first in range(0, 10_000, 500):
        await there.app.db.write(FillRequests(first=first, count=500, at=int(time.time())), Context())


def _damage(path: Path) -> None:
    """Overwrite a page in the middle, as a failing disk would."""
    with closing(sqlite3.connect(path)) as other:
        size = other.execute("PRAGMA page_size").fetchone()[0]
        page = other.execute("SELECT rootpage FROM sqlite_master WHERE name = 'audit_logs'").fetchone()[0]
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.pwrite(descriptor, b"\xa5" * size, (page - 1) * size)
    finally:
        os.close(descriptor)


PATIENT: dict[str, dict[str, Any]] = {"degradation": {}, "database": {}}
"""Where something big is written: the settings as they are by default."""

EVENTS: dict[str, Event] = {
    "nothing but use": Event(steady),
    "loss and return": Event(lost_and_back),
    "changes saved for later": Event(journal_saving),
    "saved changes replayed": Event(journal_replay),
    "snapshots": Event(snapshots),
    "hot reads": Event(hot_reads),
    "audit merge": Event(audit_merge),
    "health samples": Event(health_samples),
    "statements": Event(statements),
    "charts": Event(charts),
    "edit of the settings": Event(config_reload),
    "maintenance": Event(maintenance, PATIENT),
    "backup and drill": Event(backup),
    "supervision of the archive": Event(supervision, PATIENT | {"archive": {"mode": "auto"}}),
    "recovery": Event(recovery),
    "file gone": Event(file_gone),
}
