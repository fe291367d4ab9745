"""Whatever lies at a path, the answer is a report: soon, without an exception, and without touching it."""

from __future__ import annotations

import contextlib
import json
import os
import random
import socket
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelus_bot.database.core.child_answer import from_answer, to_answer
from modelus_bot.database.integrity.check import check_file
from modelus_bot.database.integrity.report import CheckReport
from modelus_bot.database.integrity.structure import Depth
from modelus_bot.subjects import DECLARED

SECONDS = 5.0


def nothing(_: Path) -> None:
    """Put nothing there."""


def database(path: Path, script: str) -> None:
    """Make a database by a script."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(script)


def deep_schema(path: Path) -> None:
    """Let an index ask for a gigabyte."""
    database(
        path,
        "CREATE TABLE t(x); INSERT INTO t VALUES(1);CREATE INDEX bomb ON t (length(zeroblob(x * 1)));",
    )
    rewrite(path, "zeroblob(x * 1)", "zeroblob(x * 900000000)")


def rewrite(path: Path, old: str, new: str) -> None:
    """Change the text of the schema."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("UPDATE sqlite_master SET sql = replace(sql, ?, ?)", (old, new))


def endless_view(path: Path) -> None:
    """Name a view that never ends like a table of the bot."""
    database(
        path,
        "CREATE VIEW sprints AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        " SELECT i AS id, 1 AS sprint_index, i AS start_date, i AS end_date FROM n;"
        "CREATE TABLE audit_logs(id, row_hash); INSERT INTO audit_logs VALUES('x', 5);",
    )


def strange_module(path: Path) -> None:
    """Use a kind of virtual table that is not there."""
    database(path, "CREATE TABLE t(x);")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute(
            "INSERT INTO sqlite_master VALUES('table', 'v', 'v', 0, 'CREATE VIRTUAL TABLE v USING no(x)')"
        )


def odd_names(path: Path) -> None:
    """Name things so that careless statements would break."""
    database(
        path,
        'CREATE TABLE "a""b; DROP TABLE t" ("x; --" TEXT UNIQUE, "select" TEXT);'
        "INSERT INTO \"a\"\"b; DROP TABLE t\" VALUES('1', '2');"
        'CREATE INDEX "i""j" ON "a""b; DROP TABLE t" ("select") WHERE "x; --" > \'WHERE\';'
        'CREATE TABLE "{table}" (x); CREATE TABLE "%s" (x);',
    )


def broken_schema_text(path: Path) -> None:
    """Put bytes into the schema that are no text."""
    database(path, "CREATE TABLE harmless(x);")
    content = path.read_bytes()
    path.write_bytes(content.replace(b"CREATE TABLE harmless(x)", b"CREATE TABLE harm\xff\xfe\xc3\x28(x)"))


def sparse(path: Path) -> None:
    """Claim a terabyte."""
    database(path, "CREATE TABLE t(x);")
    with path.open("r+b") as file:
        file.seek(28)
        file.write((2**28).to_bytes(4, "big"))
        file.truncate(2**40)


def self_referring(path: Path) -> None:
    """Let an inner page have itself as a child, over and over."""
    database(path, "CREATE TABLE t(x); INSERT INTO t SELECT 1;")
    content = bytearray(path.read_bytes())
    cells = b"".join(b"\0\0\0\x02" + bytes([number]) for number in range(1, 100))
    pointers = b"".join((4096 - 5 * (99 - number)).to_bytes(2, "big") for number in range(99))
    header = b"\x05\0\0" + (99).to_bytes(2, "big") + (4096 - 495).to_bytes(2, "big") + b"\0" + b"\0\0\0\x02"
    content[4096:8192] = (header + pointers).ljust(4096 - 495, b"\0") + cells
    path.write_bytes(content)


def bind(path: Path) -> None:
    """Leave a socket behind."""
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind(str(path)[-100:] if len(str(path)) > 100 else str(path))


FILES: dict[str, Callable[[Path], object]] = {
    "nothing": nothing,
    "empty": lambda path: path.touch(),
    "folder": lambda path: path.mkdir(),
    "pipe": os.mkfifo,
    "device": lambda path: path.symlink_to("/dev/zero"),
    "socket": bind,
    "loop": lambda path: path.symlink_to(path),
    "dangling": lambda path: path.symlink_to("nowhere"),
    "one byte": lambda path: path.write_bytes(b"S"),
    "text": lambda path: path.write_text("SQLite format 3 is what this is not\n" * 200),
    "magic": lambda path: path.write_bytes(b"SQLite format 3\0"),
    "magic and zeros": lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(8176)),
    "zeros": lambda path: path.write_bytes(bytes(65536)),
    "noise": lambda path: path.write_bytes(random.Random(1).randbytes(65536)),
    "deep schema": deep_schema,
    "endless view": endless_view,
    "strange module": strange_module,
    "odd names": odd_names,
    "broken schema text": broken_schema_text,
    "sparse": sparse,
    "self-referring": self_referring,
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("finished", [False, True])
@pytest.mark.parametrize("depth", ["quick", "full"])
def test_odd_files(tmp_path: Path, kind: str, finished: bool, depth: Depth) -> None:
    """None is called sound that is not a database, and all are answered in time."""
    path = tmp_path / "odd.db"
    FILES[kind](path)
    started = time.perf_counter()

    report = check_file(
        path,
        depth=depth,
        finished=finished,
        invariants=DECLARED.invariants,
        schema_digest="0" * 64,
        seconds=SECONDS,
    )

    assert time.perf_counter() - started < SECONDS
    assert not report.ok
    assert report.problems
    assert from_answer(CheckReport, json.loads(json.dumps(to_answer(report)))) == report


def test_a_file_of_another_program_is_not_damaged(tmp_path: Path) -> None:
    """It is whole; only its schema is not the bot's."""
    path = tmp_path / "odd.db"
    odd_names(path)

    report = check_file(path, schema_digest="0" * 64)

    assert report.problems == ("the file has no record of the bot's migrations, and another schema",)
    assert not report.damaged
    assert report.rows == {'a"b; DROP TABLE t': 1, "{table}": 0, "%s": 0}
    assert check_file(path).ok


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(st.tuples(st.integers(0, 2**20), st.binary(min_size=1, max_size=40)), max_size=12),
    cut=st.none() | st.integers(0, 2**20),
)
def test_any_change_of_a_real_file(
    built: Path, tmp_path: Path, changes: list[tuple[int, bytes]], cut: int | None
) -> None:
    """Bytes changed anywhere, many at once, and the end cut off: answered in time, never raised."""
    content = bytearray(built.read_bytes())
    for place, change in changes:
        at = place % len(content)
        content[at : at + len(change)] = change
    if cut is not None:
        del content[cut % len(content) :]
    path = tmp_path / "changed.db"
    path.write_bytes(content)
    started = time.perf_counter()

    report = check_file(path, invariants=DECLARED.invariants, seconds=SECONDS)

    assert time.perf_counter() - started < SECONDS
    assert report.ok or report.problems
    assert report.damaged or report.page_size == 4096


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.binary(max_size=100), seed=st.integers(0, 2**32), size=st.integers(0, 20_000))
def test_any_header_before_any_bytes(built: Path, tmp_path: Path, start: bytes, seed: int, size: int) -> None:
    """A header made of anything, a real one in between, random pages behind it."""
    header = start + built.read_bytes()[len(start) : 100]
    path = tmp_path / "changed.db"
    path.write_bytes(header + random.Random(seed).randbytes(size))
    started = time.perf_counter()

    report = check_file(path, seconds=SECONDS)

    assert time.perf_counter() - started < SECONDS
    assert not report.ok
    assert report.problems


def test_a_gigantic_tail_is_damage(built: Path, tmp_path: Path) -> None:
    """What goes on for gigabytes behind the database in it is no sound file; with a -wal it may be one."""
    path = tmp_path / "long.db"
    path.write_bytes(built.read_bytes())
    os.truncate(path, 8 * 2**30)
    started = time.perf_counter()

    report = check_file(path, invariants=DECLARED.invariants, seconds=SECONDS)

    assert time.perf_counter() - started < SECONDS
    assert report.damaged
    assert "behind the database" in report.problems[0]
