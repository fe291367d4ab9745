"""Killed at any moment of what protects the database: always startable, nothing acknowledged is lost."""

from __future__ import annotations

import json
import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from modelus_bot.database.core.alert import Alert
from tests.daily_size import FULL
from tests.faults.sites.protected_writer import both_halves, kept_apart, protected
from tests.waiting import blocking_scene_of

ROUNDS = 5 if FULL else 1
BOT = (
    "start", "writing", "backup", "verification", "snapshot", "drill of modelus", "drill of archive",
    "preview", "restore", "swap", "undo", "preview of a moment", "restore of a moment",
    "undoing a migration", "migration", "closing",
) if FULL else ("swap", "migration")  # fmt: skip
"""The phases in which the bot itself is killed."""

CHILDREN = (
    ("backup", "copy"), ("verification", "verify"), ("drill of modelus", "restore"), ("preview", "check"),
    ("writing", "litestream"), ("snapshot", "litestream"), ("drill of archive", "litestream"),
    ("restore of a moment", "litestream"),
) if FULL else (("backup", "copy"),)  # fmt: skip
"""The phases in which a child of the bot is killed, and which: a job of ours, or the archive's program."""

WENT_BACK = {"restore", "swap", "undo", "restore of a moment"}
"""Where what was written last may be in the copy for the undo instead of in the database."""

TIMEOUT = 180
"""Seconds after which something that should happen counts as never happening."""

PLENTY = 50_000
"""Numbers that are written while something that should happen does not."""


class Site:
    """One folder, the numbers that were acknowledged in it, and how long each phase takes."""

    def __init__(self, folder: Path, dice: random.Random) -> None:
        """Begin with an empty folder."""
        self.folder = folder
        self.said: set[int] = set()
        self.apart: set[int] = set()
        self.went_back = False
        """Whether a restore was under way since the database was last looked through."""
        self.dice = dice
        self.lasting: defaultdict[str, list[float]] = defaultdict(list)

    @contextmanager
    def running(self, phase: str, archive: str) -> Iterator[Run]:
        """Run a bot that goes through a phase, and kill it at the end."""
        run = Run(self, phase, archive)
        try:
            yield run
            run.kill()
        finally:
            run.process.kill()
            run.process.wait()


class Run:
    """One process from its start to its end, whose lines are read as they come."""

    def __init__(self, site: Site, phase: str, archive: str) -> None:
        """Start it and tell it what was acknowledged before."""
        self.site = site
        self.phase = ""
        self._refused = ""
        self._since = 0.0
        self._accounted = self._ended = False
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        start = max(site.said | site.apart, default=-1) + 1000
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.faults.sites.protected_writer",
                str(site.folder),
                str(start),
                phase,
                archive,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(sorted(site.said)))
        self.process.stdin.close()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                if line.endswith("\n"):
                    self._lines.put(line.strip())
        self._lines.put(None)

    def until(self, met: Callable[[], bool]) -> None:
        """Take lines until something holds."""
        silent = taken = 0
        while not met():
            try:
                self._take(self._lines.get(timeout=1.0))
                taken += 1
            except queue.Empty:
                silent += 1
            assert silent < TIMEOUT, f"it is silent in {self.phase}; {self._refused}"
            assert taken < PLENTY, f"it stays in {self.phase}; {self._refused}"

    def _take(self, line: str | None) -> None:
        assert line is not None, f"it ended by itself in {self.phase}"
        word, _, rest = line.partition(" ")
        if word == "phase":
            now = time.monotonic()
            if self.phase:
                self.site.lasting[self.phase].append(now - self._since)
            self.phase, self._since = rest, now
            if rest == "writing" and not self._accounted:
                self._accounted, self.site.went_back = True, False
            self.site.went_back |= rest in WENT_BACK
        elif word == "apart":
            assert self.site.went_back, f"{rest} is gone, and nobody went back"
            self.site.apart.add(int(rest))
            self.site.said.discard(int(rest))
        elif word == "refused":
            self._refused = rest
        elif word == "lost":
            raise AssertionError(f"{rest} was acknowledged and is gone")
        else:
            self.site.said.add(int(word))

    def into(self, phase: str) -> None:
        """Go into a phase, and on to a random moment of it."""
        self.until(lambda: self.phase == phase)
        known = self.site.lasting[phase][-5:]
        lasts = min(sum(known) / len(known) if known else 0.1, 3.0)
        blocking_scene_of(self.site.dice.uniform(0.0, lasts * 0.9))

    def kill(self) -> bool:
        """Kill it and read what it said until then; returns whether it was still in its phase."""
        before = self.phase
        self.process.kill()
        self.process.wait()
        while not self._ended:
            line = self._lines.get(timeout=TIMEOUT)
            if line is None:
                self._ended = True
            else:
                self._take(line)
        return self.phase == before

    def child(self, name: str) -> int:
        """Wait for a child that does a job of ours, or is the archive's program; returns its number."""
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            for pid in children_of(self.process.pid):
                words = words_of(pid)
                if name in words[2:4] or (name == "litestream" and words and words[0].endswith("litestream")):
                    return pid
            time.sleep(0.002)
        raise AssertionError(f"no child {name} in {self.phase}")


def children_of(pid: int) -> Iterator[int]:
    """Yield the processes that a process has started from any of its threads."""
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            yield from map(int, listed.read_text().split())
        except OSError:
            continue


def words_of(pid: int) -> list[str]:
    """Return the command line of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().rstrip("\0").split("\0")
    except OSError:
        return []


def kill_child(run: Run, phase: str, name: str) -> bool:
    """Kill a child of the bot in a phase; returns whether it was still there. The bot has to go on."""
    run.until(lambda: run.phase == phase)
    pid = run.child(name)
    blocking_scene_of(run.site.dice.uniform(0.0, 0.1))
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        found = False
    else:
        found = True
    before = len(run.site.said)
    run.until(lambda: len(run.site.said) > before + 20)
    return found


async def assert_everything_there(site: Site) -> None:
    """Start once more, undisturbed, and look at everything."""
    alerts: list[Alert] = []
    db = protected(site.folder, "auto")
    assert db.protection is not None
    db.protection.alerts.subscribe(alerts.append)
    async with db:
        assert site.said <= await db.read(both_halves) | (kept_apart(db) if site.went_back else set())
        report = await db.protection.context.check(db.path)
        assert report.ok, report.problems
        assert not [alert for alert in alerts if alert.kind == "database_recovered"]
        for manifest in db.protection.backups.manifests()[:3]:
            assert (await db.protection.backups.verify(manifest.name)).ok


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.timeout(7200)
async def test_no_kill_loses_an_acknowledged_write(tmp_path: Path) -> None:
    """The same site is killed again and again; every number that was said is there, both halves of it."""
    site = Site(tmp_path, random.Random(5))
    kills: Counter[tuple[str, str]] = Counter()
    inside: Counter[tuple[str, str]] = Counter()
    for turn in range(ROUNDS):
        for phase in BOT:
            archive = "off" if turn % 4 == 3 and "moment" not in phase and "archive" not in phase else "auto"
            with site.running(phase, archive) as run:
                run.into(phase)
                kills["bot", phase] += 1
                inside["bot", phase] += run.kill()
        for phase, child in CHILDREN:
            with site.running(phase, "auto") as run:
                kills[child, phase] += 1
                inside[child, phase] += kill_child(run, phase, child)
    await assert_everything_there(site)
    for (victim, phase), count in kills.items():
        print(f"{victim:10} {phase:22} {count:3} kills, {inside[victim, phase]:3} before it ended")
    print({"kills": kills.total(), "acknowledged": len(site.said), "only in an undo": len(site.apart)})
    if FULL:
        assert kills.total() >= 100
        assert all(inside[kill] for kill in kills), [kill for kill in kills if not inside[kill]]
