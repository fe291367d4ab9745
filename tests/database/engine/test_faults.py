"""What goes wrong around COMMIT: nothing acknowledged is lost, nothing doubled, nobody told a falsehood."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.audit.verification import verify_chain, walk
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError, OutcomeUnknown
from modelus_bot.database.core.operation import Query, Write
from modelus_bot.database.core.transaction import ReadTransaction, Transaction
from modelus_bot.database.engine.group_commit import GroupMember, GroupWriter
from modelus_bot.database.engine.roles import ConnectionRole
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.schema.migrations import Migrator
from tests.database.operations import Increment, PutSetting, Slow, all_settings, occupied, setting
from tests.inside import connections, transactions
from tests.waiting import stays

Settings = Callable[..., DatabaseSettings]


class NextOfNothing(Write[int]):
    """Ask an empty iterator for more, which raises StopIteration."""

    def apply(self, tx: Transaction) -> int:
        """Make the mistake."""
        return next(iter(()))


class Stop(Write[int]):
    """Raise what is no ``Exception``."""

    kind: str

    def apply(self, tx: Transaction) -> int:
        """Make the mistake."""
        PutSetting(key="stopped", value=1).apply(tx)
        kinds = {"exit": SystemExit, "cancelled": asyncio.CancelledError, "generator": GeneratorExit}
        raise kinds[self.kind]


class Swallow(Write[int]):
    """Go on after SQLite undid the whole transaction, as an operation may that catches too much."""

    def apply(self, tx: Transaction) -> int:
        """Make the mistake."""
        PutSetting(key="before", value=1).apply(tx)
        try:
            tx.execute("INSERT OR ROLLBACK INTO settings(key, value, updated_at) VALUES('before', '2', 0)")
        except sqlite3.Error:
            tx.execute("INSERT INTO settings(key, value, updated_at) VALUES('after', '1', 0)")
        return 1


class Keep(Write[int]):
    """Put the transaction aside for later."""

    def apply(self, tx: Transaction) -> int:
        """Make the mistake."""
        KEPT.append(tx)
        return 1


KEPT: list[ReadTransaction] = []


async def test_a_stop_iteration_is_its_authors_alone(db: DatabaseManager) -> None:
    """The others of its group are committed and hear so: told otherwise, they would do it again."""
    blocker = await occupied(db, seconds=0.1)
    results = await asyncio.gather(
        db.write(NextOfNothing(), Context()),
        *(db.write(Increment(key="n"), Context()) for _ in range(3)),
        return_exceptions=True,
    )
    await blocker
    assert results[1:] == [1, 2, 3]
    assert isinstance(results[0], Exception)
    assert await db.read(setting, "n") == 3


async def test_a_query_that_raises_stop_iteration_disturbs_no_other(db: DatabaseManager) -> None:
    """Queries of the same hop get their own answers."""
    broken = Query(lambda _: next(iter(())), "broken")
    results = await asyncio.gather(
        db.read(broken), *(db.read(setting, "none") for _ in range(3)), return_exceptions=True
    )
    assert isinstance(results[0], Exception)
    assert results[1:] == [None] * 3


@pytest.mark.parametrize("kind", ["exit", "cancelled", "generator"])
async def test_whatever_an_operation_raises_the_writer_goes_on(db: DatabaseManager, kind: str) -> None:
    """Its author gets an error, the rest of the group its results, and the writer keeps serving."""
    blocker = await occupied(db, seconds=0.1)
    async with asyncio.timeout(5):
        results = await asyncio.gather(
            db.write(PutSetting(key="a", value=1), Context()),
            db.write(Stop(kind=kind), Context()),
            db.write(PutSetting(key="b", value=1), Context()),
            return_exceptions=True,
        )
        assert results[0] == results[2] == 1
        assert isinstance(results[1], Exception)
        assert await db.write(PutSetting(key="c", value=1), Context()) == 1
        await blocker
    assert await db.read(all_settings) == {"a": 1, "b": 1, "c": 1}


async def test_whatever_a_query_raises_the_reader_goes_on(db: DatabaseManager) -> None:
    """Its author gets an error, and the reader keeps serving."""

    def leave(tx: ReadTransaction) -> int:
        raise SystemExit

    async with asyncio.timeout(5):
        results = await asyncio.gather(
            db.read(Query(leave, "leave")), db.read(setting, "none"), return_exceptions=True
        )
        assert isinstance(results[0], Exception)
        assert results[1] is None
        assert await db.read(setting, "none") is None


async def test_nothing_is_saved_of_an_operation_that_goes_on_after_its_transaction_ended(
    db: DatabaseManager,
) -> None:
    """What it writes after SQLite rolled back would be committed at once, statement by statement."""
    with pytest.raises(DatabaseError) as caught:
        await db.write(Swallow(), Context(deadline=0.5))
    assert not isinstance(caught.value, OutcomeUnknown)
    assert await db.write(PutSetting(key="next", value=1), Context()) == 1
    assert await db.read(all_settings) == {"next": 1}


@pytest.mark.parametrize(
    "sql", ["/* now */ COMMIT", "-- now\nCOMMIT", ";COMMIT", "COMMIT/**/", "; -- x\n /*y*/END"]
)
async def test_no_spelling_of_commit_gets_through(db: DatabaseManager, sql: str) -> None:
    """Comments and semicolons before the word do not hide it."""

    class Hide(Write[int]):
        sql: str

        def apply(self, tx: Transaction) -> int:
            PutSetting(key="torn", value=1).apply(tx)
            tx.execute(self.sql)
            raise ValueError("the rest fails")

    with pytest.raises(DatabaseError):
        await db.write(Hide(sql=sql), Context(deadline=0.5))
    assert await db.read(all_settings) == {}


async def test_a_transaction_that_was_kept_is_of_no_use_later(db: DatabaseManager) -> None:
    """After the operation ended, its transaction would belong to somebody else, or to nobody."""
    KEPT.clear()
    await db.write(Keep(), Context())
    await db.preview(Keep(), Context())
    await db.read(Query(KEPT.append, "keep"))
    assert len(KEPT) == 3
    for kept in KEPT:
        with pytest.raises(DatabaseError):
            kept.fetch_all("SELECT * FROM settings")
        if isinstance(kept, Transaction):
            with pytest.raises(DatabaseError):
                PutSetting(key="late", value=1).apply(kept)
            with pytest.raises(DatabaseError):
                kept.audit("settings", "late", "INSERT")
    assert await db.read(all_settings) == {}


async def test_a_failure_between_begin_and_the_first_write_leaves_no_transaction_open(
    db: DatabaseManager, path: Path
) -> None:
    """Otherwise the lock would be held, and every later write refused, until the next start."""
    await db.write(PutSetting(key="a", value=1), Context())
    with closing(sqlite3.connect(path, isolation_level=None, timeout=1)) as other:
        other.execute("ALTER TABLE audit_logs RENAME TO elsewhere")
        with pytest.raises(DatabaseError):
            await db.write(PutSetting(key="b", value=1), Context(deadline=0.5))
        assert not await connections(db).run(ConnectionRole.WRITER, lambda raw: raw.in_transaction)
        other.execute("ALTER TABLE elsewhere RENAME TO audit_logs")
    assert await db.write(PutSetting(key="c", value=1), Context()) == 1


async def test_a_change_committed_to_a_file_that_moved_meanwhile_is_not_called_undone(
    db: DatabaseManager, path: Path
) -> None:
    """COMMIT worked, but where? Only the request id can tell later, and the author must hear that."""

    class MoveAway(Write[int]):
        def apply(self, tx: Transaction) -> int:
            PutSetting(key="moved", value=1).apply(tx)
            os.rename(path, path.with_name("moved.db"))  # noqa: PTH104
            return 1

    context = Context(request_id="moving", deadline=0.4)
    with pytest.raises(OutcomeUnknown):
        await db.write(MoveAway(), context)
    path.with_name("moved.db").rename(path)
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT count(*) FROM requests WHERE request_id = 'moving'").fetchone() == (1,)


async def test_the_head_that_is_remembered_was_committed(db: DatabaseManager) -> None:
    """A link of a change that is still being made may be undone: remembered, it would look like a loss."""

    class AuditSlowly(Write[int]):
        def apply(self, tx: Transaction) -> int:
            PutSetting(key="slow", value=1).apply(tx)
            Slow(seconds=0.3).apply(tx)
            raise ValueError("undone after all")

    await db.write(PutSetting(key="a", value=1), Context())
    before = transactions(db).head()
    assert before is not None
    assert before[0] == 1
    undone = asyncio.create_task(db.write(AuditSlowly(), Context()))
    await stays(lambda: transactions(db).head() == before, 0.15)
    assert transactions(db).head() == before
    with pytest.raises(ValueError, match="after all"):
        await undone
    await db.write(PutSetting(key="b", value=1), Context())
    head = transactions(db).head()
    assert head is not None
    assert head[0] == 2


def test_the_audit_chain_is_read_again_by_a_new_connection(path: Path) -> None:
    """Also by one that Python put where the old one was and that counts the same version."""

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(path, isolation_level=None)

    def put(writer: GroupWriter, connection: sqlite3.Connection, key: str) -> None:
        context = Context(request_id=key)
        assert (
            writer.commit(connection, [GroupMember(PutSetting(key=key, value=1), context)], 1)[0].value == 1
        )

    path.parent.mkdir()
    Migrator(path).up()
    writer = GroupWriter()
    first = connect()
    put(writer, first, "first")
    place = id(first)
    first.close()
    del first
    other = connect()
    put(GroupWriter(), other, "other")
    other.close()
    del other
    second, elsewhere = connect(), []
    while id(second) != place and len(elsewhere) < 50:
        elsewhere.append(second)
        second = connect()
    put(writer, second, "second")
    assert verify_chain(walk(second)).links == 3
    for connection in (second, *elsewhere):
        connection.close()


async def test_a_failure_keeps_its_cause(db: DatabaseManager, path: Path) -> None:
    """The chain of causes ends at what the system said, and does not turn back on itself."""
    path.rename(path.with_name("away.db"))
    with pytest.raises(DatabaseError) as caught:
        await connections(db).run(ConnectionRole.WRITER, lambda raw: raw.in_transaction)
    seen: list[BaseException] = []
    error: BaseException | None = caught.value
    while error is not None:
        assert error not in seen
        seen.append(error)
        error = error.__cause__
    path.with_name("away.db").rename(path)
