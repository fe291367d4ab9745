"""A process whose children are bots under plans of failing calls: each starts, serves, and ends or is killed.

Run as ``python -m tests.faults.sites.plan_program`` with the library of failing calls loaded. Each line on
its standard input is a job in JSON (see ``Job``). What a child says are lines of JSON, then ``{"ended":
CODE}``: negative for a signal, None when it was hung and had to be killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import itertools
import json
import os
import random
import resource
import signal
import sqlite3
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loguru import logger

from modelus_bot.database.core.alert import Alert
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError, OutcomeUnknown
from modelus_bot.database.engine.breaker import Mode
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline.journal.deferred import WriteDeferred
from tests.faults.disk_faults import Fault, arm, disarm, record
from tests.faults.plan_database import PutLater, PutPair, database_of, holdings
from tests.waiting import scene_of

__all__ = ["PHASES", "Job"]

PHASES = ("starting", "writing", "checkpointing", "backing up", "replaying", "closing")
CALLERS = (PutPair, PutPair, PutPair, PutPair, PutLater, PutLater)
PAUSE = 0.01
"""Seconds between two changes of one caller."""
WARM_UP, AFTERWARDS = 0.25, 0.5
"""Seconds of writing before and after what the phase is about."""
AWAY = 0.8
"""Seconds for which another program keeps the database, so that there is something to replay."""
HUNG = 120.0
"""Seconds after which a child counts as hung."""
BACK = 60.0
"""Seconds within which a bot without faults has to be normal."""
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Job:
    """What a child does: serve under ``faults`` from ``phase`` on, or ``look`` at what is there without any.

    ``first`` is the first number it writes, ``end`` how it ends: ``stop`` or ``kill``. ``seconds`` more of
    writing come at the end. It may have so many ``descriptors`` open beside those it starts with (0: as many
    as the machine lets it).
    """

    site: str
    first: int = 0
    phase: str = "writing"
    faults: tuple[Fault, ...] = ()
    end: str = "stop"
    archive: str = "off"
    hits: str = ""
    seconds: float = 0.0
    look: bool = False
    dice: int = 0
    descriptors: int = 0

    @classmethod
    def read(cls, line: str) -> Job:
        """Read a line."""
        content = json.loads(line)
        content["faults"] = tuple(Fault(**fault) for fault in content["faults"])
        return cls(**content)


def say(event: str, **fields: Any) -> None:
    """Say one line, in one call, so that a kill leaves it whole or out."""
    os.write(1, (json.dumps({"event": event} | fields) + "\n").encode())


def on_record(message: Any) -> None:
    """Say what the log says from warnings on."""
    found = message.record
    fields = {key: str(value)[:300] for key, value in found["extra"].items()}
    say("log", level=found["level"].name, name=found["message"][:300], fields=fields,
        error=repr(found["exception"].value)[:300] if found["exception"] else "")  # fmt: skip


def on_alert(alert: Alert) -> None:
    """Say what administrators are told."""
    say("alert", kind=alert.kind, severity=alert.severity, text=alert.text[:600])


class Intruder:
    """Another program that takes the write lock for a while; forked early, so that no fault reaches it."""

    def __init__(self, database: Path) -> None:
        """Start it; it waits until it is asked."""
        self._asked, self._ask = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._ask)
            self._wait(database)
            os._exit(0)
        os.close(self._asked)

    def _wait(self, database: Path) -> None:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if not os.read(self._asked, 1):
            return
        connection = sqlite3.connect(database, isolation_level=None, timeout=5)
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        with contextlib.suppress(sqlite3.Error):
            connection.execute("BEGIN IMMEDIATE")
            os.read(self._asked, 1)
        os.kill(os.getpid(), signal.SIGKILL)  # nothing is tidied up at its end

    def enter(self) -> None:
        """Let it take the lock."""
        os.write(self._ask, b".")

    def leave(self) -> None:
        """End it, whatever it does."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._pid, 0)


class Bot:
    """One run."""

    def __init__(self, job: Job) -> None:
        """Do this job."""
        self.job = job
        self.db = database_of(Path(job.site), job.archive)
        assert self.db.protection is not None
        self.db.protection.alerts.subscribe(on_alert)
        self.intruder = Intruder(self.db.path) if job.phase == "replaying" else None
        self._numbers = itertools.count(job.first)

    async def serve(self) -> None:
        """Start, write without pause through the phase, and end."""
        job = self.job
        self._enter("starting")
        async with self.db:
            self._enter("writing")
            writing = [asyncio.create_task(self._write(kind)) for kind in CALLERS]
            await scene_of(WARM_UP)
            if job.phase not in {"starting", "writing", "closing"}:
                self._enter(job.phase)
                try:
                    await self._go_through(job.phase)
                except DatabaseError as error:
                    say("failed", phase=job.phase, error=repr(error)[:300])
            await scene_of(AFTERWARDS + job.seconds)
            if job.end == "kill":
                await scene_of(random.Random(job.dice).random() * 0.1)
                os.kill(os.getpid(), signal.SIGKILL)
            for task in writing:
                task.cancel()
            await asyncio.wait(writing)
            say("mode", mode=self.db.mode.value)
            self._enter("closing")
        say("closed")

    def _enter(self, phase: str) -> None:
        """Note that a phase begins; the calls fail from here on if it is the plan's."""
        say("phase", name=phase)
        if phase == self.job.phase and self.job.faults:
            arm(self.job.faults)

    async def _go_through(self, phase: str) -> None:
        assert self.db.protection is not None
        if phase == "checkpointing":
            mover = self.db.protection.log_mover
            if mover is not None:
                await mover.shrink()
            else:
                await self.db.protection.archive.snapshot()
        elif phase == "backing up":
            await self.db.protection.backups.create("manual")
        elif phase == "replaying" and self.intruder is not None:
            self.intruder.enter()
            await scene_of(AWAY)
            self.intruder.leave()
            await scene_of(AWAY)

    async def _write(self, kind: type[PutPair]) -> None:
        """Write numbered pairs, one after the other, and say how each ended."""
        while True:
            number = next(self._numbers)
            try:
                await self.db.write(kind(number=number), Context(actor=1, request_id=f"pair-{number}"))
            except WriteDeferred:
                say("later", number=number)
            except OutcomeUnknown:
                say("unsure", number=number)
            except DatabaseError as error:
                said = "unsure" if error.ambiguous else "refused"
                say(said, number=number, error=type(error).__name__, words=error.user_message[:200])
                await asyncio.sleep(0.05)
            else:
                say("saved", number=number)
            await asyncio.sleep(PAUSE)

    async def look(self) -> None:
        """Start without faults, wait until everything works, say what is there, and make one more change."""
        started = time.monotonic()
        async with self.db:
            normal = await normal_again(self.db)
            say("mode", mode=self.db.mode.value, normal=normal, seconds=time.monotonic() - started,
                cause=str(self.db.availability.cause)[:500])  # fmt: skip
            if normal:
                found = await self.db.read(holdings)
                wrong = {str(number): words for number, words in found.wrong.items()}
                say("holdings", whole=sorted(found.whole), wrong=wrong)
                await self.db.write(PutPair(number=self.job.first), Context(actor=1))
        say("closed")


async def normal_again(db: DatabaseManager) -> bool:
    """Wait until everything works and nothing waits; False when that takes too long."""
    assert db.fallback is not None
    ends = time.monotonic() + BACK
    while time.monotonic() < ends:
        if db.mode is Mode.NORMAL and not db.fallback.journal.unfinished:
            return True
        await asyncio.sleep(0.02)
    return False


def play(job: Job) -> None:
    """Do a job, in a process of its own."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    os.setpgid(0, 0)
    logger.remove()
    logger.add(on_record, level="WARNING")
    if job.hits:
        record(Path(job.hits))
    bot = Bot(job)
    if job.descriptors:
        most = sum(1 for _ in Path("/proc/self/fd").iterdir()) + job.descriptors
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    try:
        asyncio.run(bot.look() if job.look else bot.serve())
    except BaseException as error:  # noqa: BLE001 - whatever it is, the test has to know
        disarm()
        say("broken", error=repr(error)[:500], where=traceback.format_exc()[-2000:])
        os._exit(1)


def supervised(pid: int) -> int | None:
    """Wait for a child and return how it ended; None when it had to be killed because it was hung."""
    ends = time.monotonic() + HUNG
    status = None
    while status is None and time.monotonic() < ends:
        found, code = os.waitpid(pid, os.WNOHANG)
        if found:
            status = code
        else:
            time.sleep(0.01)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)  # also what it has started
    if status is None:
        os.waitpid(pid, 0)
        return None
    return os.waitstatus_to_exitcode(status)


def main() -> None:
    """Fork a child for each line on standard input."""
    for line in sys.stdin:
        job = Job.read(line)
        pid = os.fork()
        if pid == 0:
            play(job)
            os._exit(0)
        os.write(1, (json.dumps({"ended": supervised(pid)}) + "\n").encode())


if __name__ == "__main__":
    main()
