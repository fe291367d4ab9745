"""Waiting for what a test needs to be so, and not a moment longer.

Where nothing tells when it is so, because the time itself is what the test is about, that is a scene: another
program holds a lock for so long, a kill comes at any moment. Scenes are counted apart from sleeps.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

__all__ = ["blocking_scene_of", "eventually", "loop_turns", "persistently", "scene_of", "stays"]

T = TypeVar("T")


async def eventually(holds: Callable[[], object], within: float = 20.0) -> None:
    """Wait until something holds; raises ``TimeoutError`` when it does not ``within`` so many seconds."""
    async with asyncio.timeout(within):
        while not holds():
            await asyncio.sleep(0.005)


async def stays(holds: Callable[[], object], seconds: float) -> None:
    """See that something goes on to hold for so many seconds; raises ``AssertionError`` once it does not."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert holds(), "it did not stay so"
        await asyncio.sleep(0.005)
    assert holds(), "it did not stay so"


async def persistently(
    attempt: Callable[[], Awaitable[T]], *errors: type[Exception], within: float = 20.0
) -> T:
    """Try again until none of these errors is raised; raises ``TimeoutError`` when that takes too long."""
    async with asyncio.timeout(within):
        while True:
            try:
                return await attempt()
            except errors:
                await asyncio.sleep(0.05)


async def loop_turns(times: int = 20) -> None:
    """Let others on the event loop have some turns, as many as it takes them to come to where they wait."""
    for _ in range(times):
        await asyncio.sleep(0)


async def scene_of(seconds: float) -> None:
    """Let the scene last: the test is about what happens in so much time."""
    await asyncio.sleep(seconds)


def blocking_scene_of(seconds: float) -> None:
    """Let the scene last for a thread, or for a whole program."""
    time.sleep(seconds)
