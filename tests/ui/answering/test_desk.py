"""The desk: closing waits for whoever is being answered, and for nobody longer than it may."""

from __future__ import annotations

import asyncio
import time

from modelus_bot.ui.answering import Desk
from tests.waiting import loop_turns, scene_of


async def serve(desk: Desk, seconds: float) -> None:
    """Answer somebody for a while."""
    desk.enter()
    await scene_of(seconds)


async def test_closing_waits_for_everybody_also_for_those_who_come_meanwhile() -> None:
    """It is over when the last task is, and at once when there is none."""
    desk = Desk()
    await desk.close(5.0)
    tasks = [asyncio.create_task(serve(desk, 0.1)) for _ in range(3)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(desk.close(5.0))
    await loop_turns()
    assert desk.closing
    tasks.append(asyncio.create_task(serve(desk, 0.2)))
    await asyncio.sleep(0)
    await closing
    assert all(task.done() for task in tasks)


async def test_closing_is_over_after_its_patience() -> None:
    """Somebody whose answer never arrives keeps the bot from stopping for so long only."""
    desk = Desk()
    task = asyncio.create_task(serve(desk, 30.0))
    await asyncio.sleep(0)
    began = time.monotonic()
    await desk.close(0.2)
    assert 0.2 <= time.monotonic() - began < 2.0
    assert not task.done()
    task.cancel()


async def test_whoever_closes_does_not_wait_for_themselves() -> None:
    """A task that is being answered may be the one that closes."""
    desk = Desk()
    desk.enter()
    async with asyncio.timeout(2.0):
        await desk.close(5.0)
