"""The other side of ``plan_program``: runs a plan, starts anew without faults, and judges what is found."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Literal

from modelus_bot.database.core.audit.verification import verify_chain, walk
from tests.faults.disk_faults import FOR_EVER, Fault, Hit, built, environment, read_hits
from tests.faults.sites.plan_program import Job

__all__ = ["Field", "History", "Outcome", "Plan", "Run"]

ROOT = Path(__file__).parents[2]
Line = dict[str, Any]
History = Literal["none", "closed", "killed"]
"""What a site begins with: nothing, or changes and a backup from a run that was closed or killed."""
KEEP = bool(os.environ.get("MODELUS_PLANS_KEEP"))
"""Leave every site as it is at the end, to look at it."""

HELPERS = (
    "-sums", "-sums-log", "-state", ".deferred.jsonl", ".audit.jsonl", ".snapshot/", ".reserve", "/backups/",
)  # fmt: skip
"""Parts of the paths of what is kept beside the file."""
WRITES = {"write", "pwrite", "fsync", "fdatasync", "ftruncate", "rename", "any-write", "aw"}
FIRST, LOOKED = 100_000, 1_000_000
"""The first number under a plan, and that of the change which is made at the end."""
USUAL = {"database_operation_failed", "slow_database_operation"}
"""What the log says of a single operation; it tells nobody that something is wrong with the disk."""
ENOUGH = 3
"""Hits from which a fault that lasts counts as one that the bot had to notice."""


Step = Callable[[Path], object]
"""Something that is done to a site."""


def _nothing(site: Path) -> None:
    """Leave the site as it is."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What fails, from which phase on, how the bot ends, and on what it works.

    ``end`` is ``stop`` or ``kill``; ``seconds`` of writing come before it.
    """

    name: str
    faults: tuple[Fault, ...]
    phase: str = "writing"
    end: str = "stop"
    archive: str = "off"
    history: History = "closed"
    seconds: float = 0.0
    dice: int = 0
    descriptors: int = 0

    def __str__(self) -> str:
        where = f"{self.phase}, then {self.end}, archive {self.archive}, history {self.history}"
        return f"{self.name}: {'; '.join(map(str, self.faults))} ({where})"


@dataclass
class Run:
    """What one run said, by kind."""

    lines: list[Line]
    ended: int | None = None
    seconds: float = 0.0

    def numbers(self, event: str) -> set[int]:
        """Return the numbers of changes that ended so."""
        return {line["number"] for line in self.all(event)}

    def all(self, event: str) -> list[Line]:
        """Return every line of a kind."""
        return [line for line in self.lines if line.get("event") == event]

    def one(self, event: str) -> Line:
        """Return the last line of a kind, {} if there is none."""
        return (self.all(event) or [{}])[-1]

    @property
    def told(self) -> list[str]:
        """What administrators or the log's readers hear of from warnings on."""
        alerts = [line["kind"] for line in self.all("alert") if line["severity"] != "info"]
        return alerts + [line["name"] for line in self.all("log") if line["name"] not in USUAL]

    @property
    def hung(self) -> bool:
        """Whether it had to be killed from outside because it did not end."""
        return self.ended is None


@dataclass
class Outcome:
    """What became of a plan."""

    plan: Plan
    run: Run
    again: Run
    hits: list[Hit]
    quarantined: list[str] = field(default_factory=list)
    unsound: str = ""

    @property
    def acknowledged(self) -> set[int]:
        """Numbers that somebody was told are saved, or saved for later."""
        return self.run.numbers("saved") | self.run.numbers("later")

    @property
    def there(self) -> set[int]:
        """Numbers that are there after the new start."""
        return set(self.again.one("holdings").get("whole", ()))

    @property
    def lost(self) -> set[int]:
        """Acknowledged numbers that are not there."""
        return self.acknowledged - self.there if self.again.one("holdings") else set()

    @property
    def replaced(self) -> bool:
        """Whether another file was put in the place of the database."""
        return bool(self.quarantined) or any(
            line["kind"] == "database_recovered"
            for run in (self.run, self.again)
            for line in run.all("alert")
        )

    @property
    def told(self) -> list[str]:
        """What people were told, in both runs."""
        return self.run.told + self.again.told

    @property
    def faults_hit(self) -> Counter[int]:
        """How often each fault of the plan was hit."""
        return Counter(hit.fault for hit in self.hits)

    def problems(self) -> list[str]:
        """Say what breaks a promise; nothing if all of them were kept."""
        return [*self._of_run(), *self._of_start(), *self._of_contents(), *self._of_silence()]

    def _of_run(self) -> list[str]:
        found = [f"broken: {line['error']} {line['where']}" for line in self.run.all("broken")]
        return [*found, *(["hung: it did not end"] if self.run.hung else [])]

    def _of_start(self) -> list[str]:
        again = self.again
        if again.hung or again.all("broken") or not again.one("mode").get("normal"):
            return [f"unstartable: {again.one('broken') or again.one('mode') or 'hung'}"]
        return [f"unsound: {self.unsound}"] if self.unsound else []

    def _of_contents(self) -> list[str]:
        found = self.again.one("holdings")
        if not found:
            return []
        problems = []
        if self.lost:
            problems.append(f"lost: {len(self.lost)} of {len(self.acknowledged)}: {sorted(self.lost)[:8]}")
        if found["wrong"]:
            problems.append(f"half: {dict(list(found['wrong'].items())[:5])}")
        denied = self.run.numbers("refused") & self.there
        if denied:
            problems.append(f"denied: {len(denied)} were refused and are there: {sorted(denied)[:8]}")
        return problems

    def _of_silence(self) -> list[str]:
        if self.told:
            return []
        if self.lost or self.replaced:
            return ["silent: something was lost or replaced, and nobody was told"]
        lasting = [
            fault
            for number, fault in enumerate(self.plan.faults)
            if self.faults_hit[number] >= ENOUGH and _had_to_be_noticed(fault)
        ]
        return [f"silent: nobody heard of {'; '.join(map(str, lasting))}"] if lasting else []

    def __str__(self) -> str:
        said = Counter(line["event"] for line in self.run.lines if "event" in line)
        hits = dict(self.faults_hit)
        told = ", ".join(dict.fromkeys(self.told))
        counts = ", ".join(f"{event} {said[event]}" for event in ("saved", "later", "unsure", "refused"))
        took = f"{self.run.seconds:.1f} and {self.again.seconds:.1f} s"
        seen = f"hits {hits}; {took}; {counts}; replaced {self.replaced}; told: {told or 'nothing'}"
        return f"{self.plan}\n  {seen}"


def _had_to_be_noticed(fault: Fault) -> bool:
    """Say whether it keeps one of the helper files from being written for good.

    What cannot be added to the hashes' log is written anew with all of them, by other calls.
    """
    if "-sums" in fault.pattern and fault.call in {"pwrite", "fdatasync", "ftruncate"}:
        return False
    return (
        fault.times == FOR_EVER
        and fault.action.isdigit()
        and fault.call in WRITES
        and any(part in fault.pattern for part in HELPERS)
    )


class Programs:
    """The process whose children are bots; it has the library of failing calls."""

    def __init__(self, library: Path, log: Path) -> None:
        """Start it; what children write to standard error goes to ``log``."""
        self._log = log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.sites.plan_program"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log,
            cwd=ROOT, env=environment(library),
        )  # fmt: skip

    def run(self, job: Job) -> Run:
        """Let a child do a job to its end; returns what it said."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(job)).encode() + b"\n")
        self._process.stdin.flush()
        run, started = Run([]), time.monotonic()
        while True:
            line = self._process.stdout.readline()
            assert line, "the process ended by itself"
            said = json.loads(line)
            if "ended" in said:
                run.ended, run.seconds = said["ended"], time.monotonic() - started
                return run
            run.lines.append(said)

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        assert self._process.wait(30) == 0
        self._log.close()

    def play(self, plan: Plan, site: Path, between: Step) -> Outcome:
        """Run a plan on a site, then start anew without faults, and return what became of it."""
        hits = site / "hits"
        job = Job(
            site=str(site), first=FIRST, phase=plan.phase, faults=plan.faults, end=plan.end,
            archive=plan.archive, hits=str(hits), seconds=plan.seconds, dice=plan.dice,
            descriptors=plan.descriptors,
        )  # fmt: skip
        before = self._before(site)
        run = self.run(job)
        between(site)
        again = self.run(Job(site=str(site), first=LOOKED, archive=plan.archive, look=True))
        run.lines += [{"event": "saved", "number": number} for number in before]
        found = sorted(str(path.relative_to(site)) for path in (site / "quarantine").glob("**/modelus.db"))
        return Outcome(plan, run, again, read_hits(hits), found, unsound(site))

    def _before(self, site: Path) -> list[int]:
        """Return the numbers that were there before, which count as acknowledged, too."""
        known = site / "known.json"
        return json.loads(known.read_text()) if known.exists() else []


class Field:
    """Where plans are played: programs that run beside each other, and sites with a history to copy."""

    def __init__(self, folder: Path, at_once: int) -> None:
        """Build the library, start the programs and furnish the sites."""
        self._folder = folder
        self.at_once = at_once
        library = built(folder)
        self._all = [Programs(library, folder / f"stderr-{number}") for number in range(at_once)]
        self._free: SimpleQueue[Programs] = SimpleQueue()
        for programs in self._all:
            self._free.put(programs)
        self._furnishing = threading.Lock()
        self._furnished: set[Path] = set()

    def play(self, plan: Plan, prepare: Step = _nothing, between: Step = _nothing) -> Outcome:
        """Play a plan on a site of its own; something may be done to it before, and before the new start."""
        programs = self._free.get()
        try:
            site = self._site(plan, programs)
            prepare(site)
            outcome = programs.play(plan, site, between)
        finally:
            self._free.put(programs)
        if not KEEP:
            shutil.rmtree(site)
        return outcome

    def play_all(self, plans: Sequence[Plan]) -> Iterator[Outcome]:
        """Play plans beside each other; yields what became of them in their order."""
        with ThreadPoolExecutor(self.at_once) as pool:
            yield from pool.map(self.play, plans)

    def close(self) -> None:
        """End the programs."""
        for programs in self._all:
            programs.close()

    def _site(self, plan: Plan, programs: Programs) -> Path:
        site = self._folder / plan.name.replace(" ", "-")
        if plan.history == "none":
            site.mkdir()
            return site
        furnished = self._folder / f"furnished-{plan.history}-{plan.archive}"
        with self._furnishing:
            if furnished not in self._furnished:
                furnish(programs, furnished, plan.archive, plan.history)
                self._furnished.add(furnished)
        shutil.copytree(furnished, site, ignore=shutil.ignore_patterns("*.sock", "hits*"))
        (site / "data" / "modelus.reserve").unlink(missing_ok=True)  # so that it is made anew
        return site


def furnish(programs: Programs, site: Path, archive: str, history: History) -> None:
    """Make a site with a history: changes, a backup, more changes, then closed in order or killed."""
    site.mkdir(parents=True)
    end = "kill" if history == "killed" else "stop"
    run = programs.run(Job(site=str(site), archive=archive, phase="backing up", end=end))
    assert run.ended == (-signal.SIGKILL if history == "killed" else 0), run.lines[-3:]
    assert not run.all("failed"), run.lines
    (site / "known.json").write_text(json.dumps(sorted(run.numbers("saved") | run.numbers("later"))))


def unsound(site: Path) -> str:
    """Say what is wrong with the file as SQLite and the audit chain see it, once nobody has it open."""
    path = site / "data" / "modelus.db"
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(5)")]
            found += [str(row) for row in connection.execute("PRAGMA foreign_key_check")]
            chain = verify_chain(walk(connection))
    except sqlite3.Error as error:
        return repr(error)
    if found != ["ok"]:
        return "; ".join(found)
    return "" if chain.intact else f"audit chain: {chain}"
