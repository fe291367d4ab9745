"""When a call counts as arrived, when it is tried again, and when nothing may have been begun."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from modelus_bot.ui.answering import arriving
from modelus_bot.ui.answering.arriving import (
    FIRST_PAUSES,
    LATER_PAUSES,
    NoAnswer,
    first_answer,
    once,
    passes,
    together,
    until_arrived,
)
from tests.tuning import Tuning
from tests.waiting import loop_turns


def refused(status: int, code: int = 0) -> discord.HTTPException:
    """Return what discord.py raises for an answer of Discord's."""
    kinds = {403: discord.Forbidden, 404: discord.NotFound}
    kind = kinds.get(status, discord.DiscordServerError if status >= 500 else discord.HTTPException)
    response: Any = SimpleNamespace(status=status, reason="for this test")
    return kind(response, {"code": code, "message": "no"})


DROPPED = aiohttp.ServerDisconnectedError()
OURS = refused(400, 40060)
UNKNOWN = refused(404, 10062)


def script(*steps: Exception | str) -> tuple[Callable[[], Awaitable[str]], list[int]]:
    """Return a call that raises or returns what each step says, and how often it was made."""
    made: list[int] = []
    left = list(steps)

    async def call() -> str:
        made.append(1)
        step = left.pop(0)
        if isinstance(step, Exception):
            raise step
        return step

    return call, made


@pytest.fixture(autouse=True)
def hurried(tuning: Tuning) -> None:
    """Pause for no time between two tries."""
    tuning(FIRST_PAUSES.at((0.0,) * 4), LATER_PAUSES.at((0.0,)))


async def test_a_first_answer_is_known_to_have_arrived_by_our_own_echo() -> None:
    """“Already acknowledged” after a try that may have arrived is our own acknowledgement."""
    for lost in (DROPPED, refused(503), TimeoutError()):
        call, made = script(lost, OURS)
        assert await first_answer(call) == (None, False)
        assert len(made) == 2


async def test_somebody_elses_answer_is_not_ours() -> None:
    """“Already acknowledged” at once, or after a try that did nothing, means that another copy answered."""
    for steps in ((OURS,), (refused(429), OURS)):
        call, _ = script(*steps)
        with pytest.raises(NoAnswer) as none:
            await first_answer(call)
        assert not none.value.unclear


async def test_whether_somebody_may_read_thinking_is_remembered() -> None:
    """Only after a try that may have arrived is there a “thinking…” to be ended."""
    for steps, unclear in (((UNKNOWN,), False), ((DROPPED, UNKNOWN), True), ((DROPPED,) * 5, True)):
        call, _ = script(*steps)
        with pytest.raises(NoAnswer) as none:
            await first_answer(call)
        assert none.value.unclear is unclear


async def test_a_later_answer_is_tried_until_it_has_arrived() -> None:
    """Failures of Discord and the network are repeated, refusals are not."""
    now = time.monotonic()
    call, made = script(DROPPED, refused(500), TimeoutError(), refused(429), "there")
    assert await until_arrived(call, now, lambda: False) == "there"
    assert len(made) == 5
    call, made = script(refused(404, 10015))
    with pytest.raises(discord.NotFound):
        await until_arrived(call, now, lambda: False)
    assert len(made) == 1


async def test_it_ends_with_the_token_and_with_the_bot() -> None:
    """Nothing is tried for ever: not after fifteen minutes, and not by a bot that has left."""
    call, made = script(DROPPED, DROPPED)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await until_arrived(call, time.monotonic() - arriving.TOKEN_SECONDS, lambda: False)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await until_arrived(call, time.monotonic(), lambda: True)
    assert len(made) == 2
    call, _ = script(RuntimeError("Session is closed"))
    with pytest.raises(NoAnswer):
        await until_arrived(call, time.monotonic(), lambda: True)


async def test_what_would_be_there_twice_is_repeated_only_if_it_certainly_is_not_there() -> None:
    """Refused for the rate, or never connected: again. Dropped in the middle: not."""
    key: Any = SimpleNamespace(host="discord.invalid", port=443, ssl=None, is_ssl=True)
    never_connected = aiohttp.ClientConnectorError(key, OSError("refused"))
    assert [once(item) for item in (refused(429), never_connected)] == [True, True]
    assert not any(once(item) for item in (DROPPED, refused(500), TimeoutError(), refused(404)))
    assert not any(passes(item) for item in (refused(400), refused(403), refused(404), KeyError()))


async def test_things_done_together_are_all_done() -> None:
    """A failure of one ends none of the others, and is raised when they are over."""
    done: list[str] = []

    async def works() -> None:
        await loop_turns()
        done.append("works")

    async def fails() -> None:
        raise DROPPED

    with pytest.raises(aiohttp.ServerDisconnectedError):
        await together(fails(), works())
    assert done == ["works"]
