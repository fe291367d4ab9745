"""Whatever happens to the database, the loop on which people are answered is not held up by it.

What is limited is what the loop's thread itself does between two looks for something to do: its work, and
its own waits for disks and locks. How late it was in all depends on the machine, too, and is printed.
"""

from __future__ import annotations

import pytest

from tests.daily_size import FULL
from tests.loop.events import EVENTS
from tests.loop.playing import play

LIMIT = 0.05
"""Seconds of one turn of the loop."""
TRIES = 3
"""What an event does by itself it does every time; a busy machine makes the same work take longer."""

EVERY_DAY = ("loss and return", "saved changes replayed")
NAMES = tuple(EVENTS) if FULL else EVERY_DAY
"""Each is played by a bot of its own, which takes ten seconds; the benchmark of the loop plays all."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.mark.parametrize("name", NAMES)
def test_no_event_holds_the_loop(name: str) -> None:
    """Neither work nor a wait of its own keeps the loop's thread from people for more than 50 ms."""
    for number in range(1, TRIES + 1):
        played = play(name)
        report = "\n".join([f"{name}:", *played.lines])
        print(report)
        if max(played.turn, played.waited) < LIMIT:
            break
        assert number < TRIES, report
