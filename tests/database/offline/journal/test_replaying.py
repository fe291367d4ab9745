"""Replays on a real database: in order, once, decided once and for all, and everybody hears of it."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelus_bot.config import DatabaseSettings, DegradationSettings
from modelus_bot.database.core.append_file import journal_path
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import (
    ConnectionLost,
    DatabaseBusy,
    DatabaseError,
    DiskFull,
    JournalUnavailable,
    OutcomeUnknown,
)
from modelus_bot.database.core.operation import Write
from modelus_bot.database.core.transaction import Transaction
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline.journal.answered import answered
from modelus_bot.database.offline.journal.entry import JournalOutcome, Settled
from modelus_bot.database.offline.journal.journal import Journal
from modelus_bot.database.offline.journal.reconciliation import Reconciliation
from modelus_bot.database.offline.journal.replaying import TELLING, TOLD_AT_ONCE
from tests.daily_size import FULL
from tests.database.offline.journal.waiting import Take, TakeFirst, TakeLast, TakeUnless, taken
from tests.database.operations import PutSetting, Slow
from tests.inside import store, transactions
from tests.waiting import scene_of

EXAMPLES = 100 if FULL else 12


class TellInSettings(Write[int]):
    """Stands for the messages to authors: a row for each, once."""

    told: tuple[str, ...]

    def apply(self, tx: Transaction) -> int:
        """Make the change."""
        return sum(
            tx.execute(
                "INSERT INTO settings(key, value, updated_at) VALUES(?, '1', 0) ON CONFLICT DO NOTHING",
                (f"told:{item}",),
            )
            for item in self.told
        )


def telling(found: Sequence[Settled]) -> Write[int]:
    """Return the messages to some authors."""
    return TellInSettings(told=tuple(f"{item.number}:{item.outcome.value}" for item in found))


def told(path: Path) -> set[str]:
    """Return what was told to whom."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT substr(key, 6) FROM settings WHERE key LIKE 'told:%'").fetchall()
    return {row[0] for row in rows}


@pytest.fixture
async def journal(path: Path) -> AsyncIterator[Journal]:
    """An open journal that tells authors."""
    async with opened(path) as one:
        yield one


@asynccontextmanager
async def opened(path: Path, **limits: int) -> AsyncIterator[Journal]:
    """Open a journal as a new start of the bot would."""
    limits_ = DegradationSettings.model_validate(limits)
    async with Journal(journal_path(path), limits_, explain=str, telling=telling) as journal:
        yield journal


async def replay(journal: Journal, db: DatabaseManager) -> Reconciliation:
    """Replay the way the database does when it is back."""
    return await journal.replay(transactions(db).submit, answered=lambda ids: db.read(answered, ids))


class Failing:
    """Passes writes on until a failure is due: before it was made, or after COMMIT."""

    def __init__(
        self, db: DatabaseManager, after: int, error: type[DatabaseError], *, committed: bool = False
    ) -> None:
        self.db = db
        self.left = after
        self.error = error
        self.committed = committed

    async def __call__(self, write: Write[Any], context: Context, *, together: object = None) -> Any:
        """Make the write or fail."""
        self.left -= 1
        if self.left >= 0:
            return await transactions(self.db).submit(write, context, together=together)
        if self.committed:
            await transactions(self.db).submit(write, context, together=together)
        raise self.error("on purpose")


async def test_everything_is_applied_by_priority_and_then_by_number(
    journal: Journal, db: DatabaseManager, path: Path
) -> None:
    """Hundreds of mixed priorities; the file is empty afterwards and everybody was told."""
    kinds = [Take, TakeLast, TakeFirst, Take]
    for number in range(600):
        await journal.append(kinds[number % 4](name=f"{number}"), Context(actor=5))
    expected = [entry.number - 1 for entry in journal.pending()]
    report = await replay(journal, db)
    assert [int(name) for name in taken(path)] == expected
    assert (report.applied, report.refused, report.waiting) == (600, (), 0)
    assert told(path) == {f"{number + 1}:applied" for number in range(600)}
    assert journal.depth == 0
    assert not journal.unfinished
    assert journal.path.stat().st_size < 100


async def test_it_is_applied_as_it_was_asked_for(journal: Journal, db: DatabaseManager, path: Path) -> None:
    """Author, reason and time in the audit log are those of the moment it was asked for."""
    await journal.append(
        Take(name="a"), Context(actor=77, request_id="r", reason="because", at=1_700_000_000)
    )
    await replay(journal, db)
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT DISTINCT changed_by, reason, changed_at, request_id FROM audit_logs"
        ).fetchall()
    assert rows == [(77, "because", 1_700_000_000, "r")]


async def test_refusals_are_for_their_author_alone(journal: Journal, db: DatabaseManager, path: Path) -> None:
    """A rule that says no is told with its reason; the others are applied, in order."""
    await db.write(PutSetting(key="there", value=1), Context())
    for number in range(300):
        write = TakeUnless(name=f"{number}", unless="there" if number % 100 == 50 else "missing")
        await journal.append(write, Context(actor=number + 1))
    report = await replay(journal, db)
    assert [int(name) for name in taken(path)] == [n for n in range(300) if n % 100 != 50]
    assert [(item.number, item.actor, item.operation, item.reason) for item in report.refused] == [
        (n, n, "waiting.TakeUnless", "there is there.") for n in (51, 151, 251)
    ]
    assert {"51:refused", "151:refused", "251:refused", "52:applied"} <= told(path)
    assert "Number 51 (take unless, by <@51>): there is there." in report.words
    assert report.words.startswith("297 changes saved for later were applied, 3 were refused.")


async def test_what_was_saved_already_is_not_done_again(
    journal: Journal, db: DatabaseManager, path: Path
) -> None:
    """A COMMIT whose answer got lost and was then saved for later counts once."""
    context = Context(actor=5, request_id="twice")
    await db.write(Take(name="a"), context)
    await journal.append(Take(name="a"), context)
    report = await replay(journal, db)
    assert (report.applied, report.repeated) == (0, 1)
    assert "had been applied already" in report.words
    assert taken(path) == ["a"]


async def test_what_waited_too_long_is_never_applied(db: DatabaseManager, path: Path) -> None:
    """After the configured hours it is not done silently: its author decides anew."""
    async with opened(path, journal_hours=2) as journal:
        await journal.append(Take(name="old"), Context(actor=5))
        await journal.append(Take(name="new"), Context(actor=5))
        waiting = store(journal).state.waiting
        waiting[1] = replace(waiting[1], saved_at=int(time.time()) - 3 * 3600)
        report = await replay(journal, db)
    assert taken(path) == ["new"]
    assert [item.number for item in report.expired] == [1]
    assert told(path) == {"1:expired", "2:applied"}
    assert "1 had waited too long" in report.words


async def test_changes_nobody_knows_any_more_are_kept(
    journal: Journal, db: DatabaseManager, path: Path
) -> None:
    """After an update an operation may be gone or different: refused, told, and kept for an operator."""
    await journal.append(Take(name="a"), Context(actor=5))
    await journal.append(Take(name="b"), Context(actor=5))
    await journal.append(Take(name="c"), Context(actor=5))
    waiting = store(journal).state.waiting
    waiting[1] = replace(waiting[1], operation="waiting.Gone")
    waiting[2] = replace(waiting[2], parameters='{"label":"b"}')
    report = await replay(journal, db)
    assert taken(path) == ["c"]
    assert [item.number for item in report.refused] == [1, 2]
    assert all("version of the bot" in (item.reason or "") for item in report.refused)
    kept = journal.path.with_name("modelus.deferred.jsonl.refused").read_text("utf-8")
    assert '"operation":"waiting.Gone"' in kept
    assert '"label":"b"' in kept
    assert told(path) == {"1:refused", "2:refused", "3:applied"}


@pytest.mark.parametrize("error", [ConnectionLost, DiskFull, OutcomeUnknown])
@pytest.mark.parametrize("committed", [False, True])
async def test_the_database_may_go_away_again(
    db: DatabaseManager, path: Path, error: type[DatabaseError], *, committed: bool
) -> None:
    """What was applied stays told, the rest waits in order, also over a restart; nothing counts twice."""
    async with opened(path) as journal:
        for number in range(400):
            await journal.append(Take(name=f"{number}"), Context(actor=5))
        report = await journal.replay(Failing(db, 300, error, committed=committed))
        assert report.applied == 300
        assert report.waiting == journal.depth == 100
        assert "100 still wait" in report.words
    async with opened(path) as journal:
        assert journal.depth == 100
        assert all(entry.retry_count == 0 for entry in journal.pending())
        report = await replay(journal, db)
    assert report.applied + report.repeated == 100
    assert report.repeated == (100 if committed else 0)
    assert [int(name) for name in taken(path)] == list(range(400))


async def test_tries_are_counted_and_end(db: DatabaseManager, path: Path) -> None:
    """A change that holds the writer up every time is refused in the end; the count survives restarts."""

    async def busy(_write: Write[Any], _context: Context, **_: object) -> None:
        raise DatabaseBusy("on purpose")

    async with opened(path, journal_retries=3) as journal:
        await journal.append(Take(name="a"), Context(actor=5))
    for count in (1, 2):
        async with opened(path) as journal:
            report = await journal.replay(busy)
            assert (report.waiting, journal.pending()[0].retry_count) == (1, count)
    async with opened(path) as journal:
        report = await journal.replay(busy)
        assert [item.reason for item in report.refused] == [
            "The database did not take it in 3 tries. Please make it again."
        ]
        assert journal.unfinished
        assert (await replay(journal, db)).empty
        assert not journal.unfinished
    assert told(path) == {"1:refused"}
    assert taken(path) == []


async def test_a_decision_never_changes(db: DatabaseManager, path: Path) -> None:
    """Refused, and the process ended before its author heard of it: refused it stays, and is told then."""
    await db.write(PutSetting(key="there", value=1), Context())

    async def untold(write: Write[Any], context: Context, **_: object) -> Any:
        if isinstance(write, TellInSettings):
            raise ConnectionLost("on purpose")
        return await transactions(db).submit(write, context)

    async with opened(path) as journal:
        await journal.append(TakeUnless(name="a", unless="there"), Context(actor=5))
        await journal.append(Take(name="b"), Context(actor=6))
        await journal.replay(untold)
        assert told(path) == set()
        assert len(journal.request_ids()) == 2
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM settings WHERE key = 'there'")
        connection.commit()
    async with opened(path) as journal:
        assert journal.depth == 0
        assert journal.unfinished
        await replay(journal, db)
        assert not journal.unfinished
        assert journal.request_ids() == frozenset()
    assert told(path) == {"1:refused", "2:applied"}
    assert taken(path) == ["b"]


async def test_nobody_hears_what_is_not_on_the_disk(
    journal: Journal, db: DatabaseManager, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If a decision cannot be noted the replay says so, nobody was told, and the next one goes on."""
    await journal.append(Take(name="a"), Context(actor=5))
    await journal.append(Take(name="b"), Context(actor=5))

    def full(_lines: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(store(journal)._file, "append", full)
        with pytest.raises(JournalUnavailable):
            await replay(journal, db)
    assert told(path) == set()
    report = await replay(journal, db)
    assert (report.applied, report.repeated) == (0, 2)
    assert taken(path) == ["a", "b"]
    assert told(path) == {"1:repeated", "2:repeated"}


async def test_what_comes_meanwhile_is_applied_too(journal: Journal, db: DatabaseManager, path: Path) -> None:
    """New changes are saved behind those that wait; the replay ends when none is left."""
    for number in range(300):
        await journal.append(Take(name=f"{number}"), Context())
    replaying = asyncio.create_task(replay(journal, db))
    for number in range(300, 340):
        await journal.append(Take(name=f"{number}"), Context())
    first = await replaying
    rest = await replay(journal, db)
    assert first.applied + rest.applied == 340
    assert [int(name) for name in taken(path)] == list(range(340))


async def test_under_steady_load_a_replay_ends(journal: Journal, db: DatabaseManager, path: Path) -> None:
    """Who waits for it instead of being saved behind the others is neither held up nor overtakes them."""
    for number in range(300):
        await journal.append(Take(name=f"{number}"), Context())
    direct: list[int] = []
    numbers = iter(range(300, 10_000))
    replaying = asyncio.create_task(replay(journal, db))
    await asyncio.sleep(0)

    async def caller() -> None:
        while len(direct) < 100:
            number = next(numbers)
            if journal.depth and not await journal.drained(60.0):
                await journal.append(Take(name=f"{number}"), Context())
                continue
            await db.write(Take(name=f"{number}"), Context())
            direct.append(number)

    await asyncio.gather(*(caller() for _ in range(20)))
    assert (await replaying).applied == 300
    names = [int(name) for name in taken(path)]
    assert names[:300] == list(range(300))
    assert set(direct) == set(names[300:])


async def test_nobody_waits_for_a_replay_that_is_not(journal: Journal) -> None:
    """While the database is away there is nothing to wait for."""
    assert await journal.drained(60.0)
    await journal.append(Take(name="a"), Context())
    assert not await journal.drained(60.0)


async def test_a_fault_in_the_words_holds_up_nothing(db: DatabaseManager, path: Path) -> None:
    """Messages that cannot be made are a fault for the log; the changes are applied and the file emptied."""

    def broken(_found: Sequence[Settled]) -> Write[int]:
        raise KeyError("on purpose")

    async with Journal(journal_path(path), DegradationSettings(), telling=broken) as journal:
        await journal.append(Take(name="a"), Context(actor=5))
        assert (await replay(journal, db)).applied == 1
        assert not journal.unfinished
    assert taken(path) == ["a"]


async def test_messages_are_made_a_few_at_a_time(db: DatabaseManager, path: Path) -> None:
    """However many authors there are, others are served in between: by the event loop and by the writer."""
    rounds = 0
    made: Counter[int] = Counter()

    async def others() -> None:
        nonlocal rounds
        while True:
            await asyncio.sleep(0)
            rounds += 1

    def counted(found: Sequence[Settled]) -> Write[int]:
        made[rounds] += len(found)
        return telling(found)

    async with Journal(journal_path(path), DegradationSettings(), telling=counted) as journal:
        await asyncio.gather(*(journal.append(Take(name=f"{n}"), Context(actor=5)) for n in range(3500)))
        serving = asyncio.create_task(others())
        await replay(journal, db)
        serving.cancel()
        assert not journal.unfinished
    assert made.total() == len(told(path)) == 3500
    assert max(made.values()) <= TOLD_AT_ONCE
    assert db.health.figures.counts["groups"] >= 3500 // TELLING


async def test_ids_that_are_made_here_rise(journal: Journal) -> None:
    """In any other order each would be on another page of the table that keeps them."""
    for number in range(300):
        await journal.append(Take(name=f"{number}"), Context())
    ids = [entry.request_id for entry in journal.pending()]
    assert len(set(ids)) == 300
    assert ids == sorted(ids)
    assert max(map(len, ids)) <= 64


async def test_two_replays_are_one_after_the_other(journal: Journal, db: DatabaseManager, path: Path) -> None:
    """Asked for twice at once, everything is applied once."""
    for number in range(100):
        await journal.append(Take(name=f"{number}"), Context())
    reports = await asyncio.gather(*(replay(journal, db) for _ in range(3)))
    assert [report.applied for report in reports] == [100, 0, 0]
    assert len(taken(path)) == 100


async def test_a_cancelled_replay_is_taken_up_again(
    journal: Journal, db: DatabaseManager, path: Path
) -> None:
    """Closing in the middle loses and doubles nothing."""
    for number in range(400):
        await journal.append(Take(name=f"{number}"), Context(actor=5))
    for pause in (0, 0.01, 0.03, 0.06):
        replaying = asyncio.create_task(replay(journal, db))
        await scene_of(pause)
        replaying.cancel()
        await asyncio.wait([replaying])
    await replay(journal, db)
    assert [int(name) for name in taken(path)] == list(range(400))
    assert len(told(path)) == 400


async def test_a_small_queue_only_makes_it_slower(
    journal: Journal, path: Path, quick_settings: Callable[..., DatabaseSettings]
) -> None:
    """When the writer turns most of a window away, the rest is tried again, in order, without counting."""
    for number in range(40):
        await journal.append(Take(name=f"{number}"), Context())
    async with DatabaseManager(path, quick_settings(queue_limit=15)) as db:
        reports = [await replay(journal, db) for _ in range(3)]
    assert [report.applied for report in reports] == [15, 15, 10]
    assert [int(name) for name in taken(path)] == list(range(40))


async def test_the_order_holds_while_the_writer_is_held_up(
    journal: Journal, db: DatabaseManager, path: Path
) -> None:
    """Somebody else's slow write in between changes nothing."""
    for number in range(300):
        await journal.append(Take(name=f"{number}"), Context())
    slow = asyncio.create_task(db.write(Slow(seconds=0.2), Context()))
    await replay(journal, db)
    await slow
    assert [int(name) for name in taken(path)] == list(range(300))


@given(
    st.lists(st.tuples(st.sampled_from([Take, TakeFirst, TakeLast]), st.integers(0, 8)), max_size=25),
    st.lists(st.tuples(st.integers(0, 12), st.booleans(), st.booleans()), max_size=4),
)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_each_request_counts_once(
    tmp_path_factory: pytest.TempPathFactory,
    plan: list[tuple[type[Take], int]],
    faults: list[tuple[int, bool, bool]],
) -> None:
    """Random requests, some repeated, random failures before and after COMMIT, restarts in between."""
    path = tmp_path_factory.mktemp("journal") / "modelus.db"
    asyncio.run(live_through(path, plan, faults))
    wanted = {(cls.__name__, name) for cls, name in plan}
    names = taken(path)
    assert sorted(names) == sorted(f"{cls}-{name}" for cls, name in wanted)


async def live_through(
    path: Path, plan: list[tuple[type[Take], int]], faults: list[tuple[int, bool, bool]]
) -> None:
    """Save a plan, then replay it through faults until nothing waits."""
    quick = DatabaseSettings(synchronous="NORMAL")
    async with DatabaseManager(path, quick) as db:
        async with opened(path) as journal:
            for cls, name in plan:
                label = f"{cls.__name__}-{name}"
                await journal.append(cls(name=label), Context(actor=5, request_id=label))
        for after, committed, restart in faults:
            async with opened(path) as journal:
                await journal.replay(Failing(db, after, ConnectionLost, committed=committed))
                if not restart:
                    await journal.replay(Failing(db, after, OutcomeUnknown, committed=committed))
        async with opened(path) as journal:
            await replay(journal, db)
            assert journal.depth == 0


def test_words_name_the_first_ten() -> None:
    """A long list is cut; each author hears of their own in any case."""
    refused = tuple(
        Settled(n, "covers.RequestCover", JournalOutcome.REFUSED, None if n == 1 else n, f"r{n}", 0, "No.")
        for n in range(1, 15)
    )
    lines = Reconciliation(applied=1, refused=refused).words.splitlines()
    assert lines[0] == "1 change saved for later was applied, 14 were refused."
    assert lines[1] == "Number 1 (request cover, by the bot): No."
    assert len(lines) == 12
    assert lines[-1] == "… and 4 more; each author was told."
