"""Plays one event in a process of its own, as a bot has one, and says what it did to the event loop."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.loop.events import EVENTS
from tests.loop.site import site_in
from tests.loop.trace import Seen, traced_loop
from tests.waiting import scene_of

__all__ = ["Played", "play"]

ROOT = Path(__file__).parents[2]
SECONDS = 300


@dataclass(frozen=True, slots=True)
class Played:
    """The worst of one event; times in seconds, as in ``Seen``."""

    late: float
    turn: float
    step: float
    waited: float
    latest: str
    """What the latest moment was spent on."""
    lines: list[str]

    @classmethod
    def of(cls, seen: Seen) -> Played:
        """Take over what was seen."""
        latest = seen.latest()[0].share.words(2) if seen.moments else ""
        return cls(seen.late, seen.turn, seen.step, seen.waited, latest, seen.lines())


def play(name: str, *, full: bool = False) -> Played:
    """Let an event happen to a new bot in a new process; ``full`` is as large as it is promised for."""
    environment = os.environ | ({"MODELUS_TEST_FULL": "1"} if full else {})
    command = [sys.executable, "-m", "tests.loop.playing", name]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return Played(**json.loads(done.stdout.splitlines()[-1]))


async def _happen(name: str, folder: Path) -> Seen:
    event = EVENTS[name]
    async with traced_loop() as trace, site_in(folder, **event.sections) as there:
        steps = event.happen(there)
        await anext(steps)
        await scene_of(0.2)
        trace.take()
        async for _ in steps:
            raise AssertionError("an event has one beginning")
        return trace.take()


def main() -> None:
    """Play the event that is named and print its figures as one line of JSON."""
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asdict(Played.of(asyncio.run(_happen(sys.argv[1], Path(folder)))))))


if __name__ == "__main__":
    main()
