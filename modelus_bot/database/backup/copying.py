"""Copies a live database in a child: one pinned snapshot, paced, so that the bot's writes hardly notice."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
import time
from pathlib import Path
from typing import Any

from modelus_bot.database.child import Report
from modelus_bot.database.files import sync_folder

__all__ = ["copy_job", "hash_job"]

PAGES = 32
"""Pages a step copies; small steps keep the disk's queue short for the writer."""

FLUSH_BYTES = 2 * 1024 * 1024
"""Written back to the disk this often: a large writeback at the end would stall every commit."""

SPARE_BYTES = 16 * 1024 * 1024
READ = 1024 * 1024


class NoSpace(OSError):
    """The folder of the copies has too little room."""


def copy_job(task: dict[str, Any], report: Report) -> dict[str, Any]:
    """Copy ``source`` to ``target`` at ``rate`` bytes a second at most; returns bytes and sha256."""
    source, target, rate = Path(task["source"]), Path(task["target"]), float(task["rate"])
    partial = Path(task["partial"])
    with contextlib.closing(_reading(source)) as live:
        needed = (
            live.execute("PRAGMA page_count").fetchone()[0] * live.execute("PRAGMA page_size").fetchone()[0]
        )
        free = shutil.disk_usage(partial.parent).free
        if free < needed + SPARE_BYTES:
            raise NoSpace(f"the copy needs {needed} bytes and {free} are free in {partial.parent}")
        _copy(live, partial, rate, report)
    digest, size = _hashed(partial)
    partial.replace(target)
    sync_folder(target.parent)
    return {"bytes": size, "sha256": digest}


def hash_job(task: dict[str, Any], report: Report) -> dict[str, Any]:
    """Return bytes and sha256 of a finished copy; with ``target``, copy it there on the way."""
    source = Path(task["source"])
    report({"step": "reading"})
    target = Path(task["target"]) if task.get("target") else None
    digest, size = _hashed(source, target)
    return {"bytes": size, "sha256": digest}


def _reading(source: Path) -> sqlite3.Connection:
    """Open a read transaction, which pins one snapshot: the copy never has to start again."""
    connection = sqlite3.connect(
        f"{source.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=10.0
    )
    try:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _copy(live: sqlite3.Connection, partial: Path, rate: float, report: Report) -> None:
    partial.unlink(missing_ok=True)
    os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    descriptor = os.open(partial, os.O_RDONLY)
    try:
        page_size = live.execute("PRAGMA page_size").fetchone()[0]
        pace = _Pace(descriptor, page_size, rate, report)
        with contextlib.closing(sqlite3.connect(partial, isolation_level=None)) as copy:
            copy.execute("PRAGMA synchronous=OFF")
            copy.execute("PRAGMA journal_mode=OFF")
            live.backup(copy, pages=PAGES, progress=pace.step)
            copy.execute("PRAGMA journal_mode=DELETE")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Pace:
    """Sleeps between steps so that the rate is kept, and writes back as it goes."""

    def __init__(self, descriptor: int, page_size: int, rate: float, report: Report) -> None:
        self._descriptor = descriptor
        self._page_size = page_size
        self._rate = rate
        self._report = report
        self._started = time.perf_counter()
        self._flushed = 0
        self._told = self._started

    def step(self, _status: int, remaining: int, total: int) -> None:
        """Be called by SQLite after each step."""
        done = (total - remaining) * self._page_size
        if done - self._flushed >= FLUSH_BYTES:
            os.fdatasync(self._descriptor)
            self._flushed = done
        now = time.perf_counter()
        if now - self._told > 0.25:
            self._told = now
            self._report({"done": total - remaining, "total": total})
        ahead = done / self._rate - (now - self._started)
        if ahead > 0:
            time.sleep(min(ahead, 1.0))


def _hashed(source: Path, target: Path | None = None) -> tuple[str, int]:
    """Read a finished file once; with ``target``, write it there, flushed, too."""
    digest, size = hashlib.sha256(), 0
    with contextlib.ExitStack() as stack:
        reading = stack.enter_context(source.open("rb"))
        writing = None
        if target is not None:
            target.unlink(missing_ok=True)
            descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            writing = stack.enter_context(os.fdopen(descriptor, "wb"))
        while block := reading.read(READ):
            digest.update(block)
            size += len(block)
            if writing is not None:
                writing.write(block)
        if writing is not None:
            writing.flush()
            os.fsync(writing.fileno())
    return digest.hexdigest(), size
