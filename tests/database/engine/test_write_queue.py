"""Who goes next when writes wait: by priority, in order, and undivided where they belong together."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.operation import Priority
from modelus_bot.database.engine.group_commit import GroupMember
from modelus_bot.database.engine.write_queue import WriteQueue
from modelus_bot.database.health.monitor import HealthMonitor
from modelus_bot.database.manager import DatabaseManager
from tests.database.operations import PutSetting
from tests.inside import transactions


class First(PutSetting):
    """A setting that goes before others."""

    priority = Priority.HIGH


class Last(PutSetting):
    """A setting that lets others go before it."""

    priority = Priority.LOW


KINDS = (First, PutSetting, Last)
RUNS = st.lists(st.tuples(st.sampled_from(KINDS), st.booleans(), st.integers(1, 8)), max_size=10)


@settings(max_examples=200)
@given(RUNS, st.integers(1, 12))
def test_writes_that_belong_together_are_not_divided(
    runs: list[tuple[type[PutSetting], bool, int]], limit: int
) -> None:
    """Each is taken once, in order, in groups that are not too large; only what is too many is divided."""
    loop = asyncio.new_event_loop()
    waiting = WriteQueue(HealthMonitor(slow=1.0))
    numbers = iter(range(100))
    for run, (kind, together, length) in enumerate(runs):
        for number in itertools.islice(numbers, length):
            member = GroupMember(kind(key=f"{number}", value=run), Context())
            waiting.add(member, 1e12, loop.create_future(), run if together else None)
    loop.close()
    count = next(numbers)
    groups = []
    while group := waiting.take(limit):
        groups.append(group)
        assert len(groups) <= count, "some are put back for ever"
    assert all(len(group) <= limit for group in groups)
    taken = [item.member.write for group in groups for item in group]
    assert sorted(int(write.key) for write in taken) == list(range(count))
    for kind in KINDS:
        places = [int(write.key) for write in taken if type(write) is kind]
        assert places == sorted(places)
    parts = Counter(run for group in groups for run in {item.together for item in group})
    for run, (_, together, length) in enumerate(runs):
        assert not together or length > limit or parts[run] == 1


async def test_none_is_made_after_one_that_could_not_be(tmp_path: Path) -> None:
    """A COMMIT takes all of them or none, also when others stand before them in the queue."""
    path = tmp_path / "modelus.db"
    window = object()
    async with DatabaseManager(path, DatabaseSettings()) as db:
        limit = db.settings.group_limit
        for number in range(limit - 10):
            transactions(db).enqueue(PutSetting(key=f"other {number}", value=0), Context())
        ends = [
            transactions(db).enqueue(PutSetting(key=f"{number}", value=1), Context(), together=window)
            for number in range(20)
        ]
        await asyncio.gather(*ends)
        assert db.health.figures.counts["groups"] == 2
        assert db.health.figures.counts["grouped"] == limit + 10
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT count(*) FROM settings WHERE value = '1'").fetchone()
    assert rows == (20,)
