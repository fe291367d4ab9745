"""Writes and reads through the manager, on a real file."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.audit.verification import verify_chain, walk
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import (
    AlreadyRunning,
    ConnectionLost,
    ConstraintViolated,
    DatabaseBusy,
    DatabaseReadOnly,
    DatabaseUnavailable,
    DeadlineExceeded,
    ManagerClosed,
    QueryFailed,
    QueueFull,
    RequestConflict,
)
from modelus_bot.database.core.operation import Query
from modelus_bot.database.manager import DatabaseManager
from tests.database.operations import (
    BreakRule,
    Increment,
    Meddle,
    Patient,
    PutEach,
    PutSetting,
    PutThenRefuse,
    Refused,
    Urgent,
    all_settings,
    counted,
    endless,
    occupied,
    setting,
)
from tests.inside import transactions
from tests.waiting import persistently, scene_of

Settings = Callable[..., DatabaseSettings]


async def test_a_write_is_read_back_and_audited(db: DatabaseManager, path: Path) -> None:
    """What was acknowledged is in the file, with one audit entry that says who and what."""
    assert await db.write(PutSetting(key="a", value=1), Context(actor=7, reason="why", at=100)) == 1
    assert await db.write(PutSetting(key="a", value=2), Context(actor=7, at=101)) == 2
    assert await db.read(setting, "a") == 2
    with closing(sqlite3.connect(path)) as other:
        entries = other.execute(
            "SELECT record_id, operation, old_values, new_values, changed_by, reason, attempt FROM audit_logs"
        ).fetchall()
        assert entries == [
            ("a", "INSERT", None, '{"value":1}', 7, "why", 1),
            ("a", "UPDATE", '{"value":1}', '{"value":2}', 7, None, 1),
        ]
        assert verify_chain(walk(other)).intact


async def test_one_failing_member_undoes_only_itself(db: DatabaseManager) -> None:
    """In a group with refusals, broken rules and good writes, exactly the good ones are kept."""
    writes = [
        operation
        for number in range(20)
        for operation in (
            PutSetting(key=f"good:{number}", value=number),
            PutThenRefuse(key=f"refused:{number}"),
            BreakRule(key=f"broken:{number}"),
        )
    ]
    results = await asyncio.gather(
        *(db.write(write, Context(actor=1)) for write in writes), return_exceptions=True
    )
    for write, result in zip(writes, results, strict=True):
        expected = {PutSetting: int, PutThenRefuse: Refused, BreakRule: ConstraintViolated}[type(write)]
        assert isinstance(result, expected)
    assert await db.read(all_settings) == {f"good:{number}": number for number in range(20)}
    assert db.overview().mean_group > 1


async def test_the_chain_holds_after_members_were_undone(db: DatabaseManager, path: Path) -> None:
    """Audit links of undone writes leave no gap."""
    for _ in range(5):
        await asyncio.gather(
            db.write(PutSetting(key="x", value=1), Context()),
            db.write(PutThenRefuse(key="y"), Context()),
            db.write(PutSetting(key="z", value=1), Context()),
            return_exceptions=True,
        )
    with closing(sqlite3.connect(path)) as other:
        report = verify_chain(walk(other))
    assert report.intact
    assert report.links == 10


async def test_a_preview_shows_the_result_and_saves_nothing(db: DatabaseManager, path: Path) -> None:
    """A dry run goes through the same rules and leaves rows, audit and request ids as they were."""
    await db.write(Increment(key="n"), Context(request_id="one"))
    before = dump(path)
    context = Context(request_id="two")
    results = await asyncio.gather(
        db.preview(Increment(key="n"), context), db.preview(Increment(key="n"), context)
    )
    assert results == [2, 2]
    assert dump(path) == before
    assert await db.write(Increment(key="n"), context) == 2


async def test_the_same_request_has_one_effect_and_one_answer(path: Path, quick_settings: Settings) -> None:
    """Delivered eight times at once and again after a restart, an interaction counts once."""
    context = Context(actor=1, request_id="interaction-1")
    async with DatabaseManager(path, quick_settings()) as db:
        answers = await asyncio.gather(*(db.write(Increment(key="n"), context) for _ in range(8)))
        assert answers == [1] * 8
        assert await db.write(Increment(key="n"), Context(request_id="interaction-2")) == 2
    async with DatabaseManager(path, quick_settings()) as db:
        assert await db.write(Increment(key="n"), context) == 1
        assert await db.read(setting, "n") == 2
        assert db.overview().repeated == 1


async def test_a_request_id_with_other_contents_is_refused(db: DatabaseManager) -> None:
    """A request id stands for one operation with its fields; anything else is a mistake."""
    await db.write(PutSetting(key="a", value=1), Context(request_id="r"))
    with pytest.raises(RequestConflict):
        await db.write(PutSetting(key="a", value=2), Context(request_id="r"))
    with pytest.raises(RequestConflict):
        await db.write(Increment(key="a"), Context(request_id="r"))
    assert await db.read(setting, "a") == 1


@pytest.mark.parametrize(
    "sql",
    ["COMMIT", "rollback", " BEGIN IMMEDIATE", "SAVEPOINT x", "ATTACH 'x' AS y", "PRAGMA foreign_keys=OFF"],
)
async def test_an_operation_cannot_touch_the_transaction(db: DatabaseManager, sql: str) -> None:
    """Statements that belong to the database are refused inside an operation."""
    with pytest.raises(QueryFailed):
        await db.write(Meddle(sql=sql), Context())


async def test_one_statement_for_many_rows(db: DatabaseManager) -> None:
    """All of them or none, with the same rules as a single one, and counted as often as it was run."""
    assert await db.write(PutEach(keys=("a", "b", "c")), Context()) == 3
    assert await db.write(PutEach(keys=()), Context()) == 0
    with pytest.raises(ConstraintViolated):
        await db.write(PutEach(keys=("d", "a", "e")), Context())
    with pytest.raises(QueryFailed):
        await db.write(PutEach(keys=("f",), sql="DELETE FROM settings WHERE key = ?; COMMIT"), Context())
    with pytest.raises(QueryFailed):
        await db.write(PutEach(keys=("f",), sql="ROLLBACK"), Context())
    assert set(await db.read(all_settings)) == {"a", "b", "c"}
    (seen,) = [
        item for item in db.health.figures.statements.seen() if item.text.startswith("INSERT INTO settings")
    ]
    assert (seen.count, seen.rows, seen.errors) == (4, 3, 1)


async def test_urgent_writes_go_first(db: DatabaseManager) -> None:
    """What waits is taken by priority, then in order."""
    order: list[str] = []

    async def note(write: PutSetting) -> None:
        await db.write(write, Context())
        order.append(write.key)

    blocker = await occupied(db, seconds=0.2)
    await asyncio.gather(
        blocker,
        note(Patient(key="low", value=1)),
        note(PutSetting(key="medium", value=1)),
        note(Urgent(key="high", value=1)),
    )
    assert order == ["high", "medium", "low"]


async def test_a_full_queue_refuses_at_once(path: Path, quick_settings: Settings) -> None:
    """Waiting is bounded: one write too many is turned away, the others are made."""
    async with DatabaseManager(path, quick_settings(queue_limit=10)) as db:
        blocker = await occupied(db, seconds=0.3)
        results = await asyncio.gather(
            *(db.write(PutSetting(key=f"k{n}", value=n), Context()) for n in range(12)),
            return_exceptions=True,
        )
        await blocker
        assert [type(result) for result in results].count(QueueFull) == 2
        assert len(await db.read(all_settings)) == 10


async def test_what_is_queued_together_is_committed_together(db: DatabaseManager) -> None:
    """Without a task for each; in order, each with its own end, and refusals come in the same way."""
    results = await asyncio.gather(
        *(transactions(db).enqueue(Increment(key="n"), Context()) for _ in range(20)),
        transactions(db).enqueue(BreakRule(key="twice"), Context()),
        return_exceptions=True,
    )
    assert results[:20] == list(range(1, 21))
    assert isinstance(results[20], ConstraintViolated)
    assert db.health.figures.counts["groups"] == 1
    await db.close()
    with pytest.raises(ManagerClosed):
        await transactions(db).enqueue(Increment(key="n"), Context())


async def test_a_write_that_waits_too_long_is_not_made(db: DatabaseManager) -> None:
    """A caller's own deadline is kept while the writer is held up, and nothing happens later."""
    blocker = await occupied(db, seconds=0.8)
    with pytest.raises(DeadlineExceeded):
        await db.write(PutSetting(key="late", value=1), Context(deadline=0.1))
    assert not blocker.done()
    await blocker
    assert await db.read(setting, "late") is None


async def test_a_query_that_never_ends_is_stopped(path: Path, quick_settings: Settings) -> None:
    """It is stopped at its limit; queries beside it, in the same batch, are answered."""
    async with DatabaseManager(path, quick_settings(read_deadline=0.5)) as db:
        stuck, value = await asyncio.gather(
            db.read(endless), db.read(setting, "none"), return_exceptions=True
        )
        assert isinstance(stuck, DeadlineExceeded)
        assert value is None


async def test_short_reads_do_not_wait_behind_long_ones(db: DatabaseManager) -> None:
    """Long queries have a reader of their own."""
    long = asyncio.create_task(db.read(counted, 3_000_000))
    await scene_of(0.05)
    assert await db.read(setting, "none") is None
    assert not long.done()
    assert await long == 3_000_000


async def test_reads_cannot_write(db: DatabaseManager) -> None:
    """A reader's connection refuses to change anything, whatever SQL it is given."""
    sneaky = Query(lambda tx: tx.fetch_all("DELETE FROM settings RETURNING key"), "sneaky")
    with pytest.raises(DatabaseReadOnly) as caught:
        await db.read(sneaky)
    assert caught.value.code_name == "SQLITE_READONLY"


async def test_a_second_bot_on_the_same_file_is_refused(
    db: DatabaseManager, path: Path, quick_settings: Settings
) -> None:
    """The sentence names the process that has the file; a command-line program may still come beside."""
    with pytest.raises(AlreadyRunning) as caught:
        async with DatabaseManager(path, quick_settings()):
            pass
    assert str(os.getpid()) in caught.value.user_message
    async with DatabaseManager(path, quick_settings(), claim=False) as beside:
        await beside.write(PutSetting(key="beside", value=1), Context())
    assert await db.write(PutSetting(key="own", value=1), Context()) == 1
    with closing(sqlite3.connect(path)) as other:
        assert verify_chain(walk(other)).intact


async def test_files_belong_to_their_owner_alone(db: DatabaseManager, path: Path) -> None:
    """The database, its log and its lock are created with mode 0600."""
    await db.write(PutSetting(key="a", value=1), Context())
    found = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert {path.name, path.name + "-wal", path.name + "-shm", path.name + ".lock"} <= set(found)
    assert set(found.values()) == {0o600}


async def test_closing_twice_is_harmless_and_ends_everything(path: Path, quick_settings: Settings) -> None:
    """After closing, operations are refused in a sentence; queued writes were made first."""
    db = DatabaseManager(path, quick_settings())
    async with db:
        writing = [
            asyncio.create_task(db.write(PutSetting(key=f"k{n}", value=n), Context())) for n in range(50)
        ]
        await asyncio.sleep(0)
    assert await asyncio.gather(*writing) == [1] * 50
    await db.close()
    with pytest.raises(ManagerClosed):
        await db.write(PutSetting(key="late", value=1), Context())
    with pytest.raises(ManagerClosed):
        await db.read(setting, "k1")
    assert not path.with_name(path.name + "-wal").exists()


async def test_a_deleted_file_is_noticed_and_never_recreated(db: DatabaseManager, path: Path) -> None:
    """A write into a file that is gone is not acknowledged; an empty one does not take its place."""
    await db.write(PutSetting(key="a", value=1), Context())
    kept = path.with_name("kept.db")
    path.rename(kept)
    with pytest.raises((ConnectionLost, DatabaseUnavailable)):
        await db.write(PutSetting(key="b", value=1), Context(deadline=0.5))
    assert not path.exists()
    kept.rename(path)
    assert await eventually(db, "c") == 1


async def eventually(db: DatabaseManager, key: str) -> int:
    """Write until it works, for a few seconds at most."""
    write = PutSetting(key=key, value=1)
    away = (ConnectionLost, DatabaseUnavailable, DatabaseBusy)
    return await persistently(lambda: db.write(write, Context(deadline=0.5)), *away)


async def test_a_file_that_cannot_be_opened_does_not_stop_a_tolerant_start(
    tmp_path: Path, quick_settings: Settings
) -> None:
    """Operations are refused in a sentence until the file can be opened, then they work."""
    blocked = tmp_path / "not-a-folder"
    blocked.write_text("in the way")
    path = blocked / "modelus.db"
    async with DatabaseManager(
        path, quick_settings(breaker_probe_first=0.1), tolerant=True, claim=False
    ) as db:
        with pytest.raises(DatabaseUnavailable):
            await db.write(PutSetting(key="a", value=1), Context())
        assert db.overview().mode == "degraded"
        blocked.unlink()
        async with asyncio.timeout(20):
            while db.overview().mode != "normal":
                await asyncio.sleep(0.01)
        assert await db.write(PutSetting(key="a", value=1), Context()) == 1


def dump(path: Path) -> list[str]:
    """Every row of a database, as statements."""
    with closing(sqlite3.connect(path)) as other:
        return list(other.iterdump())
