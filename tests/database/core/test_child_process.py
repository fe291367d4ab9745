"""A child steps back behind the bot, in the bot's own session: else its low priority means nothing."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from modelus_bot.database.core import child_program
from modelus_bot.database.core.child_process import run_child


def children() -> dict[int, int]:
    """Return the niceness of the processes that this one started."""
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(words[1]) == os.getpid() and words[0] != "Z":
            found[int(place.name)] = int(words[16])
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at /proc")
async def test_a_child_is_nice_within_the_bots_session(tmp_path: Path) -> None:
    """It has a group of its own, which Ctrl-C does not reach, the session of the bot, and low priority."""
    fifo = tmp_path / "modelus.db"
    os.mkfifo(fifo)
    known = children().keys()
    task = {"path": str(fifo), "rate": 1e6, "invariants": [], "schema": "", "seconds": 5.0}
    running = asyncio.create_task(run_child("verify", task))
    try:
        own = os.getpriority(os.PRIO_PROCESS, 0)
        expected = min(19, own + child_program.NICENESS)
        async with asyncio.timeout(60):
            while not (found := {pid: nice for pid, nice in children().items() if pid not in known}) or set(
                found.values()
            ) != {expected}:
                await asyncio.sleep(0.02)
        (child,) = found
        assert os.getsid(child) == os.getsid(0)
        assert os.getpgid(child) == child
    finally:
        running.cancel()
        await asyncio.wait({running})
    assert running.cancelled()
