"""One piece of work at a time, shared by those who can share it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from modelus_bot.database.backup.failures import Stopping
from modelus_bot.database.backup.request_queue import Turns
from modelus_bot.database.core.child_process import Report
from tests.waiting import loop_turns

Work = Callable[[Report], Awaitable[int]]


class Counted:
    """Work that numbers itself and lasts until it is let go."""

    def __init__(self) -> None:
        self.begun = self.cancelled = 0
        self.running = 0
        self.go = asyncio.Event()

    async def __call__(self, tell: Report) -> int:
        """Work."""
        self.begun += 1
        number = self.begun
        self.running += 1
        assert self.running == 1
        tell({"step": f"work {number}"})
        try:
            await self.go.wait()
            await loop_turns()
            return number
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.running -= 1


async def test_those_who_wait_share_what_has_not_begun() -> None:
    """The first works alone, everybody after that gets the second, and each is told of its progress."""
    turns: Turns[str, int] = Turns()
    work = Counted()
    heard: list[dict[str, Any]] = []
    first = asyncio.create_task(turns.run("manual", work))
    await loop_turns()
    others = [asyncio.create_task(turns.run("manual", work, heard.append)) for _ in range(3)]
    await loop_turns()
    work.go.set()
    assert await first == 1
    assert await asyncio.gather(*others) == [2, 2, 2]
    assert {"step": "waiting"} in heard
    assert heard.count({"step": "work 2"}) == 3
    assert {"step": "work 1"} not in heard


async def test_other_kinds_have_a_turn_of_their_own() -> None:
    """A copy before a restore is never one that was asked for with another reason."""
    turns: Turns[str, int] = Turns()
    work = Counted()
    work.go.set()
    kinds = ("manual", "pre_restore", "scheduled")
    assert sorted(await asyncio.gather(*(turns.run(kind, work) for kind in kinds))) == [1, 2, 3]


async def test_who_gives_up_takes_nobody_along() -> None:
    """Work goes on while somebody waits for it, and ends with the last one."""
    turns: Turns[str, int] = Turns()
    work = Counted()
    one = asyncio.create_task(turns.run("manual", work))
    two = asyncio.create_task(turns.run("manual", work))
    await loop_turns()
    one.cancel()
    with pytest.raises(asyncio.CancelledError):
        await one
    assert work.cancelled == 0
    two.cancel()
    with pytest.raises(asyncio.CancelledError):
        await two
    assert (work.begun, work.cancelled) == (1, 1)
    work.go.set()
    assert await turns.run("manual", work) == 2


async def test_stopping_is_told_to_those_who_wait() -> None:
    """Who waits when everything is stopped gets a failure in words, and no cancellation of their own."""
    turns: Turns[str, int] = Turns()
    work = Counted()
    waiting = [asyncio.create_task(turns.run(kind, work)) for kind in ("manual", "scheduled")]
    await loop_turns()
    await turns.stop()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(item) for item in found] == [Stopping, Stopping]
    assert work.running == 0


async def test_a_failure_reaches_everybody_who_shares_it() -> None:
    """Work that raises leaves the turn to the next one."""
    turns: Turns[str, int] = Turns()

    async def fail(_: Report) -> int:
        await loop_turns()
        raise ValueError("no")

    found = await asyncio.gather(*(turns.run("manual", fail) for _ in range(3)), return_exceptions=True)
    assert [str(item) for item in found] == ["no"] * 3
    work = Counted()
    work.go.set()
    assert await turns.run("manual", work) == 1
