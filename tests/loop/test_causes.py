"""The trace tells apart what can hold a loop up."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import subprocess
import sys
import threading
import time

import pytest

from tests.loop.causes import Cause
from tests.loop.trace import Moment, Trace, traced_loop
from tests.waiting import blocking_scene_of, scene_of

LONG = 0.2
"""Seconds for which the loop is held up."""


def work(seconds: float) -> None:
    """Work so long."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def len_of(text: str) -> int:
    """Return how many there are in a list; reading it keeps the interpreter for its whole length."""
    return len(json.loads(text))


def worst(trace: Trace) -> Moment:
    """Return the moment in which the loop was held up longest."""
    return max(trace.take().moments, key=lambda moment: moment.share.seconds)


async def played(trace: Trace) -> Moment:
    """Let the watcher see the end, and return the worst moment."""
    await scene_of(0.02)
    return worst(trace)


async def test_work_is_named() -> None:
    """Work of a callback is told as such, with the place."""
    async with traced_loop() as trace:
        await scene_of(0.05)
        trace.take()
        work(LONG)
        found = await played(trace)
    assert found.share.by[Cause.WORK] == pytest.approx(LONG, rel=0.2)
    assert found.share.by[Cause.WAITING] < LONG / 4
    assert any("test_causes.py" in where and " work" in where for where, _ in found.stacks)
    assert "test_work_is_named" in found.steps[0].who


async def test_a_wait_is_named() -> None:
    """A callback that sleeps has waited by itself."""
    async with traced_loop() as trace:
        await scene_of(0.05)
        trace.take()
        blocking_scene_of(LONG)
        found = await played(trace)
    assert found.share.waited > LONG / 2
    assert found.share.by[Cause.WORK] < LONG / 4


async def test_a_lock_is_a_wait() -> None:
    """So has one that waits for another thread's lock."""
    lock = threading.Lock()

    def hold() -> None:
        with lock:
            blocking_scene_of(LONG)

    async with traced_loop() as trace:
        holding = asyncio.create_task(asyncio.to_thread(hold))
        while not lock.locked():
            await asyncio.sleep(0)
        trace.take()
        with lock:
            pass
        found = await played(trace)
        await holding
    assert found.share.waited > LONG / 2


async def test_collecting_is_named() -> None:
    """Garbage collection counts apart from other work."""
    many = [[number] for number in range(1_500_000)]
    async with traced_loop() as trace:
        await scene_of(0.05)
        trace.take()
        gc.collect()
        found = await played(trace)
    assert len(many) == 1_500_000
    assert found.share.by[Cause.COLLECTING] > 4 * found.share.by[Cause.WORK]


async def test_a_thread_that_keeps_the_interpreter_is_named() -> None:
    """The loop wakes late because another thread does not let go; that thread is named."""
    text = "[" + ",".join(["[1,2,3,4,5]"] * 600_000) + "]"
    async with traced_loop() as trace:
        await scene_of(0.05)
        trace.take()
        await asyncio.to_thread(len_of, text)
        found = await played(trace)
    assert found.share.by[Cause.INTERPRETER] > LONG / 10
    assert found.share.by[Cause.WORK] + found.share.waited < found.share.by[Cause.INTERPRETER]
    assert found.others[0][0].startswith("asyncio_")


async def test_a_busy_machine_is_named() -> None:
    """Work that takes long because other programs have the processors is not counted as more work."""
    busy = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4 * (os.cpu_count() or 1))
    ]
    try:
        async with traced_loop() as trace:
            await scene_of(0.5)
            trace.take()
            work(LONG)
            found = await played(trace)
    finally:
        for item in busy:
            item.kill()
            item.wait()
    assert found.share.by[Cause.WORK] == pytest.approx(LONG, rel=0.3)
    assert found.share.by[Cause.MACHINE] > found.share.waited
