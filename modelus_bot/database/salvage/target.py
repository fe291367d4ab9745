"""The file that salvaged rows go into: made by the migrations, filled fast, put in place when complete."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from modelus_bot.bundled import migrations_dir
from modelus_bot.database.core.errors import SchemaMismatch
from modelus_bot.database.schema import Migrator

__all__ = ["make_schema", "opened_for_filling", "partial_file"]

_BESIDE = ("", "-wal", "-shm", "-journal")


@contextlib.contextmanager
def partial_file(target: Path) -> Iterator[Path]:
    """Give the name under which ``target`` is made; it gets its own when the block ends without error."""
    partial = target.with_name(f"{target.name}.partial")
    _remove(partial)
    os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        yield partial
        _settle(partial)
        partial.replace(target)
        _sync(target.parent)
    finally:
        _remove(partial)


def make_schema(path: Path, migrations: Path | None, applied: frozenset[str]) -> tuple[str, ...]:
    """Bring the empty file ``path`` to the schema that the migrations ``applied`` had led to.

    All migrations for an empty ``applied``. Returns their ids. Raises SchemaMismatch if there is one
    that this version does not know.
    """
    folder = migrations or migrations_dir()
    known = [status.id for status in Migrator(path, folder).status()]
    newer = applied - set(known)
    if newer:
        raise SchemaMismatch(f"the file has migrations this version does not know: {sorted(newer)}")
    # A lost page of the list of migrations may hold earlier ones, but they went in order.
    wanted = known[: max(known.index(item) for item in applied) + 1] if applied else known
    with tempfile.TemporaryDirectory(prefix="modelus-migrations-") as scratch:
        for file in folder.iterdir():
            if any(file.name.startswith(f"{item}.") for item in wanted):
                shutil.copy(file, scratch)
        return Migrator(path, Path(scratch)).up()


@contextlib.contextmanager
def opened_for_filling(path: Path) -> Iterator[sqlite3.Connection]:
    """Open one transaction in which foreign keys are not looked at; nothing is safe before it ends."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -65536")
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")


def _settle(path: Path) -> None:
    """Leave one whole file on the disk, in the journal mode the bot uses."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    for suffix in _BESIDE:
        Path(f"{path}{suffix}").unlink(missing_ok=True)
