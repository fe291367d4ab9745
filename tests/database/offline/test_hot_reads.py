"""Cached answers: whoever was told that a change is saved never reads what was before it."""

from __future__ import annotations

import asyncio
import itertools
import random
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.config import DatabaseSettings, SnapshotSettings
from modelus_bot.config.degradation import DegradationSettings
from modelus_bot.database.core.change_counter import ChangeCounter
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import ConnectionLost
from modelus_bot.database.core.operation import Query, query
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.core.wal_stamp import TICK_NANOSECONDS, WalStamp
from modelus_bot.database.engine.probes import Version
from modelus_bot.database.engine.roles import ConnectionRole
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline import hot_reads
from modelus_bot.database.offline.fallback import Fallback
from modelus_bot.database.offline.hot_reads import LOOK_PATIENCE, HotReads
from modelus_bot.domain.refusals import Refusal
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.notices.writes.saved_changes import explain, telling
from tests.daily_size import FULL
from tests.database.operations import Increment, PutSetting
from tests.inside import another_file, connections
from tests.tuning import Tuning
from tests.waiting import blocking_scene_of, scene_of

EXAMPLES = 1000 if FULL else 100


@query(hot=True)
def value(tx: ReadTransaction, key: str, pause: float = 0.0) -> int:
    """Return a setting's value, 0 before it is set; the answer takes ``pause`` seconds to come."""
    found = tx.fetch_value("SELECT value FROM settings WHERE key = ?", (key,))
    blocking_scene_of(pause)
    return int(found or 0)


@query(hot=True)
def names(tx: ReadTransaction) -> dict[str, int]:
    """Return something that can be changed."""
    return {"a": 1}


@query(hot=True)
def refused(tx: ReadTransaction) -> int:
    """Refuse."""
    raise Refusal("No.", rule="test")


class Fixture:
    """Cached reads whose clock stands still and whose database has a version."""

    def __init__(self, limit: int = 512) -> None:
        self.now = 0.0
        self.asked = self.looked = 0
        self.version: Version | Exception = (object(), 1)
        self.stamp: WalStamp | None = (0, 1, 0, 0)
        self.changes = ChangeCounter()
        self.hot = HotReads(
            SnapshotSettings(hot_reads=limit),
            self.changes,
            self._look,
            lambda: self.stamp,
            clock=lambda: self.now,
        )

    async def _look(self) -> Version:
        self.looked += 1
        await asyncio.sleep(0)
        if isinstance(self.version, Exception):
            raise self.version
        return self.version

    async def ask(self, *args: Any, of: Query[..., Any] = value, answer: Any = 7, **kwargs: Any) -> Any:
        """Ask, and note whether the database was."""

        async def asking() -> Any:
            self.asked += 1
            await asyncio.sleep(0)
            return answer

        return await self.hot.read(of, args, kwargs, asking)

    async def settled(self) -> None:
        """Look once, so that what is asked next stays."""
        await self.ask("settled")
        await self.ask("settled")
        self.changes.add()
        self.asked = self.looked = 0


async def test_the_same_question_is_asked_once() -> None:
    """Equal arguments share an answer, others do not; what is named is the same in any order."""
    hot = Fixture()
    await hot.settled()
    for _ in range(3):
        await hot.ask("a")
        await hot.ask("b")
        await hot.ask("a", x=1, y=2)
        await hot.ask("a", y=2, x=1)
    assert hot.asked == 3
    assert (hot.hot.misses - 2, hot.hot.hits) == (3, 9)


async def test_equal_is_not_the_same() -> None:
    """1, True and 1.0, a day and its midnight, nothing and None: each is a question of its own."""
    hot = Fixture()
    await hot.settled()
    for given_ in [(1,), (True,), (1.0,), (), (None,), ("1",), (date(2026, 1, 1),), (datetime(2026, 1, 1),)]:  # noqa: DTZ001
        await hot.ask(*given_)
    await hot.ask(x=1)
    await hot.ask(x=True)
    assert hot.asked == 10


async def test_what_cannot_be_compared_is_asked_each_time() -> None:
    """Arguments without a hash are no reason to fail."""
    hot = Fixture()
    for _ in range(3):
        assert await hot.ask(["a"]) == 7
        assert await hot.ask("a", x={}) == 7
    assert hot.asked == 6


async def test_the_least_asked_goes_first() -> None:
    """No more answers than allowed are kept, an edited limit holds at once, and none means none."""
    hot = Fixture(limit=3)
    await hot.settled()
    for key in ("a", "b", "c", "a", "d"):
        await hot.ask(key)
    assert (len(hot.hot), hot.asked) == (3, 4)
    await hot.ask("a")
    await hot.ask("b")
    assert hot.asked == 5
    hot.hot.apply(SnapshotSettings(hot_reads=1))
    assert len(hot.hot) == 1
    hot.hot.apply(SnapshotSettings(hot_reads=0))
    await hot.ask("b")
    assert (len(hot.hot), hot.asked) == (0, 6)


async def test_an_answer_can_be_changed_by_its_reader() -> None:
    """What one reader does to an answer is not seen by the next."""
    hot = Fixture()
    await hot.settled()
    first = await hot.ask(of=names, answer={"a": 1})
    first["b"] = 2
    again = await hot.ask(of=names, answer={"a": 1})
    again.clear()
    assert await hot.ask(of=names, answer={}) == {"a": 1}
    assert hot.asked == 1


async def test_what_fails_is_not_kept() -> None:
    """A refusal or failure reaches its caller, and the next one asks again; None is an answer."""
    hot = Fixture()
    await hot.settled()
    times = 0

    async def fail() -> int:
        nonlocal times
        times += 1
        raise Refusal("No.", rule="test")

    for _ in range(2):
        with pytest.raises(Refusal):
            await hot.hot.read(value, (), {}, fail)
    assert times == 2
    assert await hot.ask("x", answer=None) is None
    assert await hot.ask("x", answer=1) is None


async def test_an_answer_from_before_a_change_is_not_kept() -> None:
    """A question that was on its way during a commit is asked again by the next reader."""
    hot = Fixture()
    await hot.settled()
    asking = asyncio.create_task(hot.ask("a"))
    await asyncio.sleep(0)
    hot.changes.add()
    await asking
    assert len(hot.hot) == 0


async def test_another_programs_commit_is_noticed() -> None:
    """One look at most every quarter of a second, shared by all who wait; a new version empties it."""
    hot = Fixture()
    await hot.settled()
    await hot.ask("a")
    hot.now += 0.2
    await hot.ask("a")
    assert (hot.asked, hot.looked) == (1, 0)
    hot.now += 0.1
    await asyncio.gather(*(hot.ask("a") for _ in range(5)))
    assert (hot.asked, hot.looked) == (1, 1)

    connection = hot.version[0] if isinstance(hot.version, tuple) else None
    for version in ((connection, 2), (object(), 2)):
        hot.version = version
        hot.now += 0.3
        await asyncio.sleep(0)
        asked = hot.asked
        await hot.ask("a")
        await hot.ask("a")
        assert hot.asked == asked + 1


async def test_a_log_that_looks_different_is_reason_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, not after a quarter of a second; one written to just now is asked about every time."""
    hot = Fixture()
    await hot.settled()
    await hot.ask("a")
    await hot.ask("a")
    assert (hot.asked, hot.looked) == (1, 0)
    hot.stamp = (0, 1, 4096, 0)
    await hot.ask("a")
    assert hot.looked == 0, "one glance serves a turn of the event loop"
    await asyncio.sleep(0)
    await hot.ask("a")
    assert (hot.asked, hot.looked) == (1, 1)

    monkeypatch.setattr(hot_reads, "time", Standing(nanoseconds := 10**18))
    for stamp, looks in (
        ((0, 1, 8192, nanoseconds - TICK_NANOSECONDS + 1), 3),
        ((0, 1, 8192, nanoseconds - TICK_NANOSECONDS), 1),
    ):
        hot.stamp, before = stamp, hot.looked
        for _ in range(3):
            await asyncio.sleep(0)
            await hot.ask("a")
        assert hot.looked - before == looks


class Standing:
    """A clock that stands still, for the module that asks it."""

    def __init__(self, nanoseconds: int) -> None:
        self._now = nanoseconds

    def time_ns(self) -> int:
        """Return the present instant."""
        return self._now


async def test_a_look_that_fails_is_no_yes(tuning: Tuning) -> None:
    """While nobody can say whether something changed the database is asked; a stuck look is left."""
    hot = Fixture()
    await hot.settled()
    await hot.ask("a")
    hot.now += 1
    hot.version = ConnectionLost("gone")
    await hot.ask("a")
    assert hot.asked == 2
    await hot.ask("a")
    assert hot.asked == 3

    tuning(LOOK_PATIENCE.at(0.01))
    never: Any = asyncio.Event().wait
    stuck = HotReads(SnapshotSettings(), ChangeCounter(), never, lambda: None, clock=lambda: 0.0)
    answers = [await stuck.read(value, (), {}, lambda number=number: _given(number)) for number in (1, 2)]  # type: ignore[misc]
    assert answers == [1, 2]


async def _given(number: int) -> int:
    return number


async def test_a_reader_who_leaves_disturbs_nobody() -> None:
    """A cancelled caller does not stop the look that others wait for."""
    hot = Fixture()
    await hot.settled()
    await hot.ask("a")
    hot.now += 1
    leaving, staying = (asyncio.create_task(hot.ask("a")) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == 7
    assert (hot.asked, hot.looked) == (1, 1)


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[DatabaseManager]:
    """Open a database with everything that keeps it answering."""
    fallback = Fallback(
        path,
        degradation=DegradationSettings(),
        snapshot=SnapshotSettings(snapshot_seconds=60),
        reserve_megabytes=0,
        tables=DECLARED.kept_tables,
        telling=telling,
        explain=explain,
    )
    async with DatabaseManager(path, DatabaseSettings(synchronous="NORMAL"), fallback=fallback) as manager:
        yield manager


def hot_of(db: DatabaseManager) -> HotReads:
    """Return the cached reads of a database."""
    assert db.fallback is not None
    return db.fallback.hot


async def test_the_database_is_asked_only_after_changes(path: Path) -> None:
    """On a real file, repeated questions are answered from memory; a write empties it."""
    async with opened(path) as db:
        hot = hot_of(db)
        hot.clock = lambda: 0.0
        await db.write(PutSetting(key="a", value=1), Context())
        assert [await db.read(value, "a") for _ in range(5)] == [1] * 5
        assert (hot.hits, hot.misses) == (3, 2), "ours or a stranger's: after a commit it is asked once more"
        await db.write(PutSetting(key="a", value=2), Context())
        assert [await db.read(value, "a") for _ in range(2)] == [2, 2]
        await db.preview(PutSetting(key="a", value=3), Context())
        assert await db.read(value, "a") == 2
        with pytest.raises(Refusal):
            await db.read(refused)


async def test_another_program_writes(path: Path) -> None:
    """What another connection committed is read after a quarter of a second, whatever connection reads."""
    async with opened(path) as db:
        hot = hot_of(db)
        now = 0.0
        hot.clock = lambda: now
        for number in range(1, 6):
            with closing(sqlite3.connect(path)) as other, other:
                other.execute(PUT, (number,))
            if number % 2:
                await connections(db).replace(ConnectionRole.READER)
            now += 0.3
            await asyncio.sleep(0)
            assert await db.read(value, "a") == number
            assert await db.read(value, "a") == number


PUT = (
    "INSERT INTO settings(key, value, updated_at) VALUES('a', ?, 0)"
    " ON CONFLICT(key) DO UPDATE SET value = excluded.value"
)
TELLER = """
import sqlite3, sys
other = sqlite3.connect(sys.argv[1], isolation_level=None)
for line in sys.stdin:
    other.execute(sys.argv[2], (int(line),))
    print("done", flush=True)
"""


async def test_another_program_is_never_behind(path: Path) -> None:
    """As soon as it says that it has committed, nothing older is answered, however little time has passed.

    The log is begun anew now and then, so that it changes without growing.
    """
    rounds = 3000 if FULL else 300
    async with opened(path) as db:
        hot = hot_of(db)
        other = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            TELLER,
            str(path),
            PUT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert other.stdin is not None
        assert other.stdout is not None
        for number in range(1, rounds):
            other.stdin.write(f"{number}\n".encode())
            assert await other.stdout.readline() == b"done\n"
            assert await db.read(value, "a") == number
            assert await db.read(value, "a") == number
            if number % 3 == 0:
                await scene_of(random.uniform(0, 0.02))
            if number % 7 == 0:
                await connections(db).run(
                    ConnectionRole.WRITER,
                    lambda item: item.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall(),
                )
            if number % 50 == 0:
                await db.write(PutSetting(key="ours", value=number), Context())
        hits = hot.hits
        await scene_of(0.05)
        for _ in range(100):
            await db.read(value, "a")
        assert hot.hits - hits >= 98
        other.stdin.close()
        await other.wait()


async def test_another_file_empties_it(path: Path) -> None:
    """After the file was replaced, nothing of the old one is answered, not even within the quarter second."""
    async with opened(path) as db:
        await db.write(PutSetting(key="a", value=1), Context())
        await db.read(value, "a")
        hot = hot_of(db)
        hot.clock = lambda: 0.0
        assert len(hot) == 1
        another_file(db)
        assert len(hot) == 0


Step = tuple[str, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["write", "read", "read", "slow", "other"]), st.integers(0, 2), st.integers(0, 6)
    ),
    min_size=4,
    max_size=14,
)


class History:
    """Concurrent readers and writers of a few counters, and what was acknowledged so far."""

    def __init__(self, db: DatabaseManager, prefix: str) -> None:
        self.db = db
        self.prefix = prefix
        self.acknowledged = [0, 0, 0]
        self.seen = 0

    async def live(self, steps: list[Step]) -> None:
        """Take steps one after the other, each after some turns of the event loop."""
        for kind, counter, turns in steps:
            for _ in range(turns):
                await asyncio.sleep(0)
            if kind == "write":
                await self.write(counter)
            elif kind == "other":
                await self.db.read(names)
            else:
                await self.read(counter, 0.0004 if kind == "slow" else 0.0)

    async def write(self, counter: int) -> None:
        """Count on; from now on no reader may see less."""
        told = await self.db.write(Increment(key=f"{self.prefix}-{counter}"), Context())
        self.acknowledged[counter] = max(self.acknowledged[counter], told)

    async def read(self, counter: int, pause: float) -> None:
        """Read, and compare with what had been acknowledged when the question was asked."""
        least = self.acknowledged[counter]
        found = await self.db.read(value, f"{self.prefix}-{counter}", pause)
        assert found >= least, f"read {found} after {least} was acknowledged"
        self.seen += 1


def test_never_stale_after_an_acknowledged_write(tmp_path: Path) -> None:
    """Any interleaving of readers and writers: a question asked after an acknowledgement includes it."""
    prefixes = itertools.count()
    with asyncio.Runner() as runner:
        context = opened(tmp_path / "hot.db")
        db = runner.run(context.__aenter__())

        @settings(max_examples=EXAMPLES, deadline=None)
        @given(tasks=st.lists(STEPS, min_size=2, max_size=6))
        def live(tasks: list[list[Step]]) -> None:
            history = History(db, str(next(prefixes)))

            async def together() -> None:
                async with asyncio.TaskGroup() as group:
                    for steps in tasks:
                        group.create_task(history.live(steps))

            runner.run(together())

        try:
            live()
            hot = hot_of(db)
            assert hot.hits > EXAMPLES
            assert hot.misses > EXAMPLES
        finally:
            runner.run(context.__aexit__(None, None, None))
