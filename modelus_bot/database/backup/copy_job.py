"""Copies a live database in a child: one pinned snapshot, paced, so that the bot's writes hardly notice."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelus_bot.database.backup.pacing import WritePace
from modelus_bot.database.core.names import with_names
from modelus_bot.database.core.read_only import opened_to_read
from modelus_bot.database.format.sidecars import in_the_way
from modelus_bot.database.integrity import Budget
from modelus_bot.runtime.atomic_files import NO_FILE, is_no_file
from modelus_bot.runtime.os_errors import Fault, fault_of, in_words

if TYPE_CHECKING:
    from modelus_bot.database.core.child_process import Report

__all__ = ["NoRoomLeft", "SourceIsDamaged", "copy_job", "hashed"]

PAGES = 32
"""Pages a step copies; small steps keep the disk's queue short for the writer, and so does a small cache."""

SPARE_BYTES = 16 * 1024 * 1024
"""What must be left on the disk besides the copy."""

LEAST_FREE = 1024 * 1024
"""Bytes of free disk below which a file that could not be written is one that found no room."""

BUSY_SECONDS = 10.0
READ = 128 * 1024
_NO_ROOM = {Fault.FULL, Fault.TOO_LARGE}
_UNWRITTEN = {
    sqlite3.SQLITE_IOERR_SHMMAP,
    sqlite3.SQLITE_IOERR_SHMOPEN,
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_WRITE,
}
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_TABLES = (
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT GLOB 'sqlite_*'"
    " AND name NOT GLOB '_yoyo*' AND name <> 'yoyo_lock' AND name NOT GLOB '_litestream*' ORDER BY name"
)
_HEAD = "SELECT id, row_hash FROM audit_logs ORDER BY id DESC LIMIT 1"


class NoRoomLeft(OSError):
    """The folder of the copies has too little room."""


class SourceIsDamaged(Exception):
    """SQLite cannot read the database that was to be copied."""


def copy_job(task: dict[str, Any], report: Report) -> dict[str, Any]:
    """Copy ``source`` to the new file ``target`` at ``rate`` bytes a second at most.

    Returns the facts that the copy must have: its bytes and sha256, and what the source itself says of
    its rows and its audit log in the very snapshot that was copied.
    """
    source, target, rate = Path(task["source"]), Path(task["target"]), float(task["rate"])
    budget = Budget(task.get("spare"))
    files = (source, source.with_name(source.name + "-wal"))
    with (
        budget.look(files, float("inf")) as allowance,
        _told_apart(target.parent),
        contextlib.closing(_opened(source)) as live,
        allowance.ending(live),
    ):
        _pin(live)
        _check_room(live, target.parent)
        with _new_file(target) as descriptor:
            _copy(live, target, WritePace(rate, "copying", report, descriptor=descriptor))
        facts = _facts(live)
    digest, size = hashed(target)
    return facts | {"bytes": size, "sha256": digest} | budget.left


def hashed(path: Path, pace: WritePace | None = None) -> tuple[str, int]:
    """Return sha256 (hex) and bytes of a file that no SQLite connection of this process has open."""
    digest, done = hashlib.sha256(), 0
    with path.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        while block := file.read(READ):
            digest.update(block)
            done += len(block)
            if pace is not None:
                pace.at(done, size)
    return digest.hexdigest(), done


@contextlib.contextmanager
def _told_apart(folder: Path) -> Iterator[None]:
    """Give lack of room and damage of the source names of their own, by code and never by text.

    Room is reserved for the copy alone: what SQLite needs besides fails with codes of their own.
    """
    try:
        yield
    except NoRoomLeft:
        raise
    except OSError as error:
        if fault_of(error) in _NO_ROOM:
            raise NoRoomLeft(in_words(error)) from error
        raise
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0)
        full = code in _UNWRITTEN and shutil.disk_usage(folder).free < LEAST_FREE
        if full or code & 0xFF == sqlite3.SQLITE_FULL:
            raise NoRoomLeft(str(error)) from error
        if code & 0xFF in _DAMAGE or code == sqlite3.SQLITE_INTERRUPT:
            raise SourceIsDamaged(str(error)) from error
        raise


def _opened(source: Path) -> sqlite3.Connection:
    if is_no_file(source):
        raise SourceIsDamaged(f"{source} {NO_FILE}")
    if (obstacle := in_the_way(source)) is not None:
        raise SourceIsDamaged(obstacle)
    return opened_to_read(source, seconds=BUSY_SECONDS)


def _pin(live: sqlite3.Connection) -> None:
    """Begin a read transaction, which pins one snapshot: the copy never has to start again."""
    live.text_factory = bytes
    live.execute("BEGIN")
    live.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _check_room(live: sqlite3.Connection, folder: Path) -> None:
    needed = _value(live, "PRAGMA page_count") * _value(live, "PRAGMA page_size") + SPARE_BYTES
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise NoRoomLeft(f"the copy needs {needed} bytes and {free} are free in {folder}")


@contextlib.contextmanager
def _new_file(target: Path) -> Iterator[int]:
    """Create a file that only its owner may read, and leave it safely on the disk."""
    descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    try:
        yield descriptor
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy(live: sqlite3.Connection, target: Path, pace: WritePace) -> None:
    """Copy all pages; the result is one file, whatever journal the source has."""
    page_size = _value(live, "PRAGMA page_size")

    def on_step(_status: int, remaining: int, total: int) -> None:
        pace.at((total - remaining) * page_size, total * page_size, unit=page_size)

    with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as copy:
        copy.execute("PRAGMA synchronous=OFF")
        copy.execute("PRAGMA journal_mode=OFF")
        copy.execute("PRAGMA cache_size=64")
        live.backup(copy, pages=PAGES, progress=on_step)
        copy.execute("PRAGMA journal_mode=DELETE")


def _facts(live: sqlite3.Connection) -> dict[str, Any]:
    """Count rows and read the audit log's end, in the snapshot that was copied."""
    tables = [row[0].decode() for row in live.execute(_TABLES)]
    rows = {table: _value(live, with_names("SELECT count(*) FROM {table}", table=table)) for table in tables}
    head = live.execute(_HEAD).fetchone() if "audit_logs" in rows else None
    if head is not None and not (isinstance(head[0], int) and isinstance(head[1], bytes)):
        raise SourceIsDamaged("the audit trail ends with an entry that cannot be one")
    return {
        "rows": rows,
        "audit_id": head[0] if head is not None else 0,
        "audit_head": head[1].hex() if head is not None else "",
        "page_count": _value(live, "PRAGMA page_count"),
    }


def _value(connection: sqlite3.Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])
