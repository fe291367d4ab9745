"""The other side of ``away``: starts and kills bots on one folder, and takes their database away."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

__all__ = ["FAULTS", "BotProcess", "Fault", "Line", "rows"]

Line = dict[str, Any]
ROOT = Path(__file__).parents[3]


class BotProcess:
    """One run of the program ``away`` on a site; ``lines`` is what it has said so far."""

    def __init__(self, site: Path, *, pause: float, quick: bool) -> None:
        """Start it."""
        self.lines: list[Line] = []
        command = [
            *_without_privileges(),
            sys.executable,
            "-m",
            "tests.faults.sites.away",
            str(site),
            str(pause),
            "quick" if quick else "slow",
        ]
        with (site / "log.txt").open("a") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=ROOT,
            )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def wait_for(self, what: Callable[[Line], bool], seconds: float, since: int = 0) -> bool:
        """Wait until it has said something; False when it does not in time."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            if any(what(line) for line in self.lines[since:]):
                return True
            if self._process.poll() is not None:
                self._reader.join()
                return any(what(line) for line in self.lines[since:])
            time.sleep(0.02)
        return False

    def start(self) -> None:
        """Wait until it answers people."""
        assert self.wait_for(lambda line: line["event"] == "ready", 90), "the bot did not start"

    def mode(self) -> tuple[str, int] | None:
        """Return the mode it said last, and how many changes waited then."""
        said = [line for line in list(self.lines) if line["event"] == "mode"]
        return (said[-1]["mode"], said[-1]["waiting"]) if said else None

    def wait_until_normal(self, seconds: float) -> float:
        """Wait until everything works and nothing waits; returns how long that took."""
        started = time.monotonic()
        while self.mode() != ("normal", 0):
            assert time.monotonic() - started < seconds, f"not back in {seconds} s: {self.mode()}"
            time.sleep(0.02)
        return time.monotonic() - started

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._end(30)

    def stop(self) -> None:
        """Let people get their last answers, and end it in order."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._end(90)
        assert self._process.returncode == 0

    def close(self) -> None:
        """End it whatever it does."""
        if self._process.poll() is None:
            self.kill()

    def _end(self, seconds: float) -> None:
        self._process.wait(seconds)
        self._reader.join(30)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.endswith("\n"):
                self.lines.append(json.loads(line))


def _without_privileges() -> list[str]:
    """Return what starts a program so that forbidden folders are forbidden for it, also for root."""
    if os.geteuid() or not (program := shutil.which("setpriv")):
        return []
    without = "-dac_override,-dac_read_search"
    return [program, f"--inh-caps={without}", f"--bounding-set={without}"]


Fault = Callable[[Path], Any]


@contextmanager
def folder_away(data: Path) -> Iterator[None]:
    """The folder with everything in it has another name; later it is put over what is there by then."""
    aside = data.with_name("elsewhere")
    data.rename(aside)
    try:
        yield
    finally:
        if data.exists():
            data.rename(data.with_name("made meanwhile"))
        aside.rename(data)


@contextmanager
def file_away(data: Path) -> Iterator[None]:
    """The file, and what SQLite has beside it, lies elsewhere; later it is put over what is there by then."""
    aside = data.with_name("elsewhere")
    aside.mkdir()
    for path in list(data.glob("modelus.db*")):
        if path.name in {"modelus.db", "modelus.db-wal", "modelus.db-shm"}:
            path.rename(aside / path.name)
    try:
        yield
    finally:
        for path in sorted(aside.iterdir(), reverse=True):
            path.rename(data / path.name)


@contextmanager
def unreadable(data: Path) -> Iterator[None]:
    """Nobody may look into the folder."""
    data.chmod(0)
    try:
        yield
    finally:
        data.chmod(0o700)


@contextmanager
def disk_full(data: Path) -> Iterator[None]:
    """Somebody else has filled the disk."""
    others = data / "others"
    with contextlib.suppress(OSError), others.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    try:
        yield
    finally:
        others.unlink()


@contextmanager
def foreign_lock(data: Path) -> Iterator[None]:
    """Another program holds the write lock."""
    with closing(sqlite3.connect(data / "modelus.db", isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


FAULTS: dict[str, Fault] = {
    "folder_away": folder_away,
    "file_away": file_away,
    "unreadable": unreadable,
    "disk_full": disk_full,
    "foreign_lock": foreign_lock,
}


def rows(data: Path, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """Return rows of the site's file."""
    with closing(sqlite3.connect(f"file:{data / 'modelus.db'}?mode=ro", uri=True)) as connection:
        return connection.execute(sql, parameters).fetchall()
