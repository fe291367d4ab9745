"""Files made to harm whoever opens them as a database: each hangs, fills or breaks a careless reader."""

from __future__ import annotations

import gzip
import io
import os
import random
import sqlite3
import struct
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.database.integrity.injecting import build
from tests.database.integrity.test_odd_files import FILES, database, rewrite

__all__ = ["HOSTILE", "Builder"]

Builder = Callable[[Path], object]

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS x FROM n"
PAGE = 4096


def ours(script: str) -> Builder:
    """A database of the bot, sound until ``script`` was run on it."""

    def builder(path: Path) -> None:
        build(path)
        database(path, script)

    return builder


def script(text: str) -> Builder:
    """A database made by nothing but ``text``."""
    return lambda path: database(path, text)


def edited(edit: Callable[[bytearray], object]) -> Builder:
    """A database of the bot whose bytes were edited."""

    def builder(path: Path) -> None:
        build(path)
        content = bytearray(path.read_bytes())
        edit(content)
        path.write_bytes(content)

    return builder


def beside(suffix: str, make: Builder) -> Builder:
    """A sound database of the bot with something else lying where SQLite looks for its journals."""

    def builder(path: Path) -> None:
        build(path)
        make(path.with_name(path.name + suffix))

    return builder


def views_in_views(path: Path) -> None:
    """Forty views, each twice in the next: unfolding the last one takes a trillion steps."""
    database(
        path,
        "CREATE VIEW v0 AS SELECT 1 AS x;"
        + "".join(f"CREATE VIEW v{n} AS SELECT a.x FROM v{n - 1} a, v{n - 1} b;" for n in range(1, 41)),
    )


def fan(path: Path) -> None:
    """Ten levels of inner pages, all four hundred children of each being the same one."""
    levels = 10
    database(
        path,
        "CREATE TABLE t(x); INSERT INTO t VALUES(1); CREATE TABLE filler(x);"
        f"INSERT INTO filler VALUES(zeroblob({PAGE * (levels + 2)}));",
    )
    content = bytearray(path.read_bytes())
    leaf, first = content[PAGE : 2 * PAGE], len(content) // PAGE - levels
    chain = [2, *range(first + 1, first + levels)]
    for place, number in enumerate(chain):
        child = chain[place + 1] if place + 1 < levels else first + levels
        content[(number - 1) * PAGE : number * PAGE] = inner(child, 400)
    content[(first + levels - 1) * PAGE :] = leaf
    path.write_bytes(content)


def inner(child: int, count: int) -> bytes:
    """An inner page of a table, all of whose children are page ``child``."""
    cells = b"".join(child.to_bytes(4, "big") + bytes([0x81, number & 0x7F]) for number in range(count))
    start = PAGE - len(cells)
    pointers = b"".join((start + 6 * number).to_bytes(2, "big") for number in range(count))
    header = (
        b"\x05\0\0" + count.to_bytes(2, "big") + start.to_bytes(2, "big") + b"\0" + child.to_bytes(4, "big")
    )
    return (header + pointers).ljust(start, b"\0") + cells


def same_root(path: Path) -> None:
    """Every table of the bot is said to begin at the schema's own page."""
    build(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("UPDATE sqlite_master SET rootpage = 1 WHERE type = 'table'")


def costly(table: str, column: str) -> Builder:
    """Ten thousand rows with a computed column that asks for sixty megabytes each time."""

    def builder(path: Path) -> None:
        database(
            path,
            f"CREATE TABLE {table}(id INTEGER PRIMARY KEY, {column} TEXT AS (id || 'x'));"
            f"INSERT INTO {table}(id) SELECT x FROM ({ENDLESS} LIMIT 10000);",
        )
        rewrite(path, "(id || 'x')", "(hex(zeroblob(30000000)))")

    return builder


def endless_value(path: Path) -> None:
    """A value that says it is a gigabyte long, on two pages that follow each other in a circle."""
    database(path, "CREATE TABLE t(x); INSERT INTO t VALUES(zeroblob(20000));")
    content = bytearray(path.read_bytes())
    for number in range(3, len(content) // PAGE + 1):
        content[(number - 1) * PAGE : (number - 1) * PAGE + 4] = (7 - number).to_bytes(4, "big")
    at = int.from_bytes(content[PAGE + 8 : PAGE + 10], "big") + PAGE
    content[at : at + 9] = b"\x84\x80\x80\x80\x00\x01\x08\x88\x80"
    path.write_bytes(content)


def free_list(trunk: int, leaves: int, pages: int) -> Callable[[bytearray], object]:
    """Let the list of free pages lead to itself, to pages in use, or to nowhere."""

    def edit(content: bytearray) -> None:
        content[32:40] = struct.pack(">II", trunk, pages)
        if trunk * PAGE <= len(content):
            at = (trunk - 1) * PAGE + (100 if trunk == 1 else 0)
            content[at : at + 8] = struct.pack(">II", trunk, leaves)

    return edit


def journal_of_another(path: Path) -> None:
    """A rollback journal that asks for a billion pages, and names a file that SQLite would delete."""
    victim = path.with_name("victim")
    victim.write_bytes(b"somebody else's")
    name = bytes(victim)
    checksum = sum(name)
    head = bytes.fromhex("d9d505f920a163d7") + struct.pack(">iIIII", -1, 1, 2**30, 512, PAGE)
    tail = struct.pack(">I", 2**30 // PAGE + 1) + name + struct.pack(">II", len(name), checksum)
    path.write_bytes(head.ljust(512, b"\0") + bytes(8192) + tail + bytes.fromhex("d9d505f920a163d7"))


def wal(pages: int) -> Builder:
    """A -wal whose header is right and whose frames say that the file has ``pages`` pages."""

    def builder(path: Path) -> None:
        head = struct.pack(">IIIIII", 0x377F0682, 3007000, PAGE, 0, 1, 2)
        content = bytearray(head + struct.pack(">II", *checksums(head, (0, 0))))
        state = checksums(head, (0, 0))
        for number in range(1, 40):
            start = struct.pack(">II", number * 7919 % 4_000_000_000 + 1, pages)
            body = random.Random(number).randbytes(PAGE)
            state = checksums(body, checksums(start, state))
            content += start + struct.pack(">IIII", 1, 2, *state) + body
        path.write_bytes(content)

    return builder


def checksums(data: bytes, state: tuple[int, int]) -> tuple[int, int]:
    """The checksum of a -wal over more bytes, little-endian."""
    one, two = state
    for first, second in struct.iter_unpack("<II", data):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return one, two


def packed(path: Path) -> None:
    """A zip file of nothing, much of it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("modelus.db", bytes(20_000_000))
    path.write_bytes(stream.getvalue())


def long_tail(path: Path) -> None:
    """A database with a hole of a terabyte behind it."""
    build(path)
    os.truncate(path, 2**40)


def thousands_of_views(path: Path) -> None:
    """A schema of twenty thousand views."""
    database(
        path,
        "PRAGMA writable_schema=ON; INSERT INTO sqlite_master"
        " SELECT 'view', 'v' || x, 'v' || x, 0, 'CREATE VIEW v' || x || ' AS SELECT 1'"
        f" FROM ({ENDLESS} LIMIT 20000);",
    )


def brackets(path: Path) -> None:
    """A rule of a megabyte that is nothing but brackets, in the schema."""
    database(path, "CREATE TABLE t(x CHECK (x)); INSERT INTO t VALUES(1);")
    rewrite(path, "(x))", "(x" + ")" * 500_000 + "(" * 500_000)


HOSTILE: dict[str, Builder] = {
    **FILES,
    "picture": lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + random.Random(2).randbytes(50_000)),
    "program": lambda path: path.write_bytes(Path(sys.executable).read_bytes()[:2_000_000]),
    "zip": packed,
    "gzip": lambda path: path.write_bytes(gzip.compress(bytes(5_000_000))),
    "encrypted": lambda path: path.write_bytes(random.Random(3).randbytes(64 * PAGE)),
    "encrypted, header kept": edited(
        lambda c: c.__setitem__(slice(100, None), random.Random(4).randbytes(len(c) - 100))
    ),
    "nothing but zeros, a terabyte": lambda path: (path.touch(), os.truncate(path, 2**40)),
    "hole of a terabyte behind": long_tail,
    "only a -wal": lambda path: wal(40)(path.with_name(path.name + "-wal")),
    "-wal of noise": beside("-wal", lambda path: path.write_bytes(random.Random(5).randbytes(100_000))),
    "-wal with pages of noise": beside("-wal", wal(40)),
    "-wal that claims 16 TB": beside("-wal", wal(2**32 - 2)),
    "-wal is a pipe": beside("-wal", os.mkfifo),
    "-wal is a folder": beside("-wal", lambda path: path.mkdir()),
    "-shm is a pipe": beside("-shm", os.mkfifo),
    "-journal that has a file deleted": beside("-journal", journal_of_another),
    "-journal is a pipe": beside("-journal", os.mkfifo),
    "free list in a circle": edited(free_list(2, 1000, 2**31 - 1)),
    "free list beyond the end": edited(free_list(2**31, 0, 5)),
    "free list over the schema": edited(free_list(1, 50, 50)),
    "pages that fan out for ever": fan,
    "a value without end": endless_value,
    "everything begins at page 1": same_root,
    "views in views": views_in_views,
    "ours, and views in views": lambda path: (build(path), views_in_views(path)),
    "costly values": costly("t", "x"),
    "costly record of migrations": costly("_yoyo_migration", "migration_id"),
    "record of migrations is a view": script(
        f"CREATE VIEW _yoyo_migration AS SELECT x AS migration_id FROM ({ENDLESS});"
    ),
    "tables of other shapes": script(
        "CREATE TABLE users(x); CREATE TABLE settings(key, value); CREATE TABLE sprints(id);"
        "CREATE TABLE audit_logs(id TEXT, row_hash); INSERT INTO audit_logs VALUES('z', zeroblob(40));"
        "CREATE TABLE _yoyo_migration(migration_id); INSERT INTO _yoyo_migration VALUES('0001.core');"
    ),
    "from a newer version": ours(
        "INSERT INTO _yoyo_migration(migration_hash, migration_id) VALUES('x', '9999.later');"
    ),
    "views in place of tables": ours(
        f"PRAGMA foreign_keys=OFF; DROP TABLE db_errors;CREATE VIEW db_errors AS {ENDLESS};"
    ),
    "twenty thousand views": thousands_of_views,
    "two thousand columns": script(f"CREATE TABLE t({', '.join(f'c{n}' for n in range(2000))});"),
    "brackets": brackets,
    "utf-16": script(
        "PRAGMA encoding='UTF-16be'; CREATE TABLE users(x TEXT); INSERT INTO users VALUES('x');"
    ),
    "pages of 64 KiB": script("PRAGMA page_size=65536; CREATE TABLE t(x);"),
    "header of a later format": edited(lambda c: c.__setitem__(slice(18, 20), b"\x09\x09")),
}
"""What lies at the path, by what it is; nothing of it may be served, and all of it is told apart at once."""
