"""Trying until a call is known to have arrived, or cannot any more."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import TypeVar

import aiohttp
import discord
from loguru import logger

from modelus_bot.runtime.os_errors import in_words
from modelus_bot.runtime.tunables import Pauses
from modelus_bot.ui.answering.one_try import leave_once

__all__ = [
    "FAILURES",
    "LATER_TRY",
    "NoAnswer",
    "first_answer",
    "may_have_arrived",
    "once",
    "passes",
    "together",
    "until_arrived",
]

ALREADY_ANSWERED = 40060
TOO_MANY_REQUESTS = 429
SERVER_FAULTS = 500
FAILURES = (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError)
"""What a call raises that Discord or the network did not carry through."""

FIRST_TRIES = (1.2, 1.2, 2.0, 3.0, 3.0)
"""Seconds that each try of a first answer may take; Discord takes none after three."""
FIRST_PAUSES = Pauses((0.1, 0.3, 0.6, 1.0))
LATER_TRY = 6.0
"""Seconds that one try of a later answer may take."""
LATER_PAUSES = Pauses((0.5, 1.0, 2.0, 4.0, 8.0, 15.0))
"""Seconds between the tries of a later answer; then always the last."""
TOKEN_SECONDS = 14.5 * 60
"""How long after an interaction it can be answered; Discord forgets its token after fifteen minutes."""

R = TypeVar("R")


class NoAnswer(Exception):
    """Discord took no first answer, so nothing was begun.

    ``unclear`` when one may have arrived: the person may still read that the bot is thinking.
    """

    def __init__(self, words: str, *, unclear: bool = False) -> None:
        """Say what happened in ``words`` for the log."""
        super().__init__(words)
        self.unclear = unclear


def passes(error: BaseException) -> bool:
    """Say whether a failure may be over later: Discord or the network, not a refusal."""
    if isinstance(error, discord.HTTPException):
        return error.status == TOO_MANY_REQUESTS or error.status >= SERVER_FAULTS
    return isinstance(error, FAILURES)


def may_have_arrived(error: BaseException) -> bool:
    """Say whether Discord may have done what was asked although this came back."""
    if isinstance(error, discord.HTTPException):
        return error.status >= SERVER_FAULTS
    return passes(error) and not isinstance(error, aiohttp.ClientConnectorError)


async def first_answer(send: Callable[[], Awaitable[R]]) -> tuple[R | None, bool]:
    """Send a first answer until it is known to have arrived; returns what came back of it, and True.

    Where nothing came back Discord only said that there is an answer already: that is ours if an earlier
    try may have arrived. Then the second value is False. Raises ``NoAnswer``.
    """
    leave_once()
    unclear = False
    for limit, pause in itertools.zip_longest(FIRST_TRIES, FIRST_PAUSES.value):
        try:
            async with asyncio.timeout(limit):
                return await send(), True
        except discord.HTTPException as error:
            if error.code == ALREADY_ANSWERED and unclear:
                return None, False
            if not passes(error):
                raise NoAnswer(in_words(error), unclear=unclear) from error
            failed: Exception = error
        except FAILURES as error:
            failed = error
        unclear = unclear or may_have_arrived(failed)
        logger.bind(error=str(failed) or type(failed).__name__).info("first_answer_repeated")
        if pause is not None:
            await asyncio.sleep(pause)
    raise NoAnswer("Discord did not take it", unclear=unclear)


async def until_arrived(
    send: Callable[[], Awaitable[R]],
    since: float,
    given_up: Callable[[], bool],
    *,
    repeat: Callable[[BaseException], bool] = passes,
) -> R:
    """Send a later answer again and again until it has arrived; raises what it failed of in the end.

    ``since`` is the monotonic instant from which its token is counted. ``repeat`` says after which failures
    it may be sent again.
    """
    leave_once()
    for pause in _later_pauses():
        try:
            async with asyncio.timeout(LATER_TRY):
                return await send()
        except RuntimeError as error:
            if given_up():
                raise NoAnswer("the bot has stopped") from error
            raise
        except FAILURES as error:
            if not repeat(error) or given_up() or time.monotonic() + pause - since > TOKEN_SECONDS:
                raise
            logger.bind(error=in_words(error)).info("answer_repeated")
        await asyncio.sleep(pause)
    raise NoAnswer("there is no last pause")


def once(error: BaseException) -> bool:
    """Let only that be sent again which certainly did nothing: for what would be there twice."""
    return passes(error) and not may_have_arrived(error)


async def together(*works: Awaitable[object]) -> None:
    """Do several things at once, each to its end whatever becomes of the others; raises the first failure."""
    ended = await asyncio.gather(*works, return_exceptions=True)
    _raise_first(ended)


def _raise_first(ended: Iterable[object]) -> None:
    for item in ended:
        if isinstance(item, BaseException):
            raise item


def _later_pauses() -> Iterator[float]:
    return itertools.chain(LATER_PAUSES.value, itertools.repeat(LATER_PAUSES.value[-1]))
