"""Property 1: a lost connection is opened again, with growing pauses, until the file is there."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loguru import logger

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import ConnectionLost
from modelus_bot.database.engine.read_batching import RETRY_PAUSE
from modelus_bot.database.engine.roles import ConnectionRole
from modelus_bot.database.engine.transaction_manager import RETRY_CAP, RETRY_FIRST
from modelus_bot.database.manager import DatabaseManager
from tests.database.operations import PutSetting, all_settings, counted
from tests.tuning import Tuning

if TYPE_CHECKING:
    from loguru import Message

ATTEMPTS = 5
BASE, CAP = 0.01, 0.03
EARLY = 0.7
"""A pause may seem a little shorter than it was: clocks are read at other moments than timers."""

USES: dict[ConnectionRole, Callable[[DatabaseManager, int], Awaitable[object]]] = {
    ConnectionRole.WRITER: lambda db, number: db.write(PutSetting(key="mark", value=number), Context()),
    ConnectionRole.READER: lambda db, _: db.read(all_settings),
    ConnectionRole.LONG_READER: lambda db, _: db.read(counted, 3),
}


@dataclass
class Away:
    """Takes a path away and gives it back; what it holds open stays open."""

    path: Path
    how: str

    def take(self) -> None:
        """Rename the file with what SQLite has beside it, or the whole folder."""
        for old in self._what():
            old.rename(self._elsewhere(old))

    def give_back(self) -> None:
        """Undo that."""
        for old in self._what(back=True):
            self._elsewhere(old).rename(old)

    def _what(self, *, back: bool = False) -> list[Path]:
        if self.how == "folder":
            return [self.path.parent]
        beside = [self.path.with_name(self.path.name + suffix) for suffix in ("", "-wal", "-shm")]
        return [item for item in beside if (self._elsewhere(item) if back else item).exists()]

    def _elsewhere(self, old: Path) -> Path:
        return old.with_name(old.name + ".elsewhere")


@dataclass
class Attempts:
    """What the log says of one role: the attempts, when they began, and how it ended."""

    role: ConnectionRole
    failures: int
    away: Away
    tries: list[tuple[int, datetime]]
    ends: list[str]

    def hear(self, message: Message) -> None:
        """Note a record; the file comes back when as many attempts have failed as the example says."""
        record = message.record
        if record["extra"].get("lane") != self.role:
            return
        if record["message"] == "connection_reopening":
            self.tries.append((record["extra"]["attempt"], record["time"]))
            if len(self.tries) == self.failures + 1:
                self.away.give_back()
        elif record["message"].startswith("connection_"):
            self.ends.append(record["message"])


@contextmanager
def heard(attempts: Attempts) -> Iterator[None]:
    """Let somebody hear what is logged."""
    sink = logger.add(attempts.hear, level="INFO", format="{message}")
    try:
        yield
    finally:
        logger.remove(sink)


def test_a_lost_connection_is_opened_again(tmp_path: Path, tuning: Tuning) -> None:
    """Feature: database-reliability, Property 1: For any database connection loss scenario, the system
    should automatically attempt reconnection with proper retry logic.
    """
    tuning(RETRY_FIRST.at(0.004), RETRY_CAP.at(0.02), RETRY_PAUSE.at(0.005))
    path = tmp_path / "data" / "modelus.db"
    numbers = itertools.count(1)
    pauses: dict[int, set[float]] = {}
    config = DatabaseSettings(
        path=path,
        synchronous="NORMAL",
        reopen_attempts=ATTEMPTS,
        reopen_base=BASE,
        reopen_cap=CAP,
        breaker_failures=1000,
        write_deadline=60,
        read_deadline=60,
    )

    with asyncio.Runner() as runner:
        db = DatabaseManager(path, config)
        runner.run(db.__aenter__())

        @settings(
            max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
        )
        @given(
            role=st.sampled_from(list(USES)),
            how=st.sampled_from(["file", "folder"]),
            failures=st.integers(0, ATTEMPTS - 1),
            callers=st.integers(1, 5),
        )
        def example(role: ConnectionRole, how: str, failures: int, callers: int) -> None:
            attempts = Attempts(role, failures, Away(path, how), [], [])
            runner.run(lose(db, attempts, callers, next(numbers)))
            check(attempts)
            for (number, began), (_, then) in itertools.pairwise(attempts.tries):
                pauses.setdefault(number, set()).add((then - began).total_seconds())

        try:
            example()
        finally:
            runner.run(db.close())
    assert all(len(found) > 1 for found in pauses.values()), "pauses have no jitter"


async def lose(db: DatabaseManager, attempts: Attempts, callers: int, number: int) -> None:
    """Lose the file while some people use it, and look at everything when it is back."""
    await db.write(PutSetting(key=f"kept:{number}", value=number), Context())
    with heard(attempts):
        attempts.away.take()
        use = USES[attempts.role]
        ends = await asyncio.gather(*(use(db, number) for _ in range(callers)), return_exceptions=True)
        while not attempts.ends:
            await asyncio.sleep(0.002)
    assert all(isinstance(end, ConnectionLost) or not isinstance(end, BaseException) for end in ends)
    for use in USES.values():
        await use(db, number)
    found = await db.read(all_settings)
    assert found == {"mark": number} | {f"kept:{item}": item for item in range(1, number + 1)}
    assert db.mode == "normal"


def check(attempts: Attempts) -> None:
    """As many attempts as were needed, each after a longer pause, by one task for all who wait."""
    assert [number for number, _ in attempts.tries] == list(range(1, attempts.failures + 2))
    assert attempts.ends == ["connection_reopened"]
    for (number, began), (_, then) in itertools.pairwise(attempts.tries):
        least = min(CAP, BASE * 2 ** (number - 1))
        assert (then - began).total_seconds() >= least * EARLY
