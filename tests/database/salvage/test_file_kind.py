"""What a file is: anything whatever at the path is named within five seconds, without an exception."""

from __future__ import annotations

import os
import random
import socket
import sqlite3
import tempfile
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelus_bot.database.format.file_kind import FileKind, classify
from modelus_bot.database.schema.migrations import Migrator

SECONDS = 5.0
PAGE = 4096
NOBODY = 65534
LEAF_OF_NOTHING = b"\x0d" + bytes(PAGE - 1)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database of our schema with rows in it."""
    path = tmp_path_factory.mktemp("real") / "modelus.db"
    Migrator(path).up()
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany(
            "INSERT INTO users(discord_id, username, created_at, updated_at) VALUES(?, ?, 0, 0)",
            [(number, f"Somebody {number}") for number in range(1, 2000)],
        )
        connection.commit()
    return path.read_bytes()


def quickly(path: Path) -> FileKind:
    """Classify and hold the time to account."""
    started = time.monotonic()
    kind = classify(path)
    assert time.monotonic() - started < SECONDS
    return kind


def changed(data: bytes, at: int, what: bytes) -> bytes:
    """Put ``what`` over some bytes."""
    return data[:at] + what + data[at + len(what) :]


CONTENTS: dict[str, tuple[Callable[[bytes], bytes], FileKind]] = {
    "nothing": (lambda _: b"", FileKind.EMPTY),
    "as it is": (lambda data: data, FileKind.DATABASE),
    "rollback journal format": (lambda data: changed(data, 18, b"\x01\x01"), FileKind.DATABASE),
    "bytes behind the end": (lambda data: data + b"more", FileKind.DATABASE),
    "one byte": (lambda _: b"S", FileKind.TRUNCATED),
    "half the magic": (lambda data: data[:9], FileKind.TRUNCATED),
    "header only": (lambda data: data[:100], FileKind.TRUNCATED),
    "half a page": (lambda data: data[: PAGE // 2], FileKind.TRUNCATED),
    "without its last page": (lambda data: data[:-PAGE], FileKind.TRUNCATED),
    "without half of it": (lambda data: data[: len(data) // 2 + 77], FileKind.TRUNCATED),
    "header zeroed": (lambda data: bytes(100) + data[100:], FileKind.DAMAGED),
    "page 1 zeroed": (lambda data: bytes(PAGE) + data[PAGE:], FileKind.DAMAGED),
    "page 1 random": (lambda data: random.Random(1).randbytes(PAGE) + data[PAGE:], FileKind.DAMAGED),
    "page 1 another page": (lambda data: data[PAGE * 3 : PAGE * 4] + data[PAGE:], FileKind.DAMAGED),
    "first cells of page 1 random": (lambda data: changed(data, 100, b"\x05\xff" * 20), FileKind.DAMAGED),
    "page size 1000": (lambda data: changed(data, 16, b"\x03\xe8"), FileKind.DAMAGED),
    "page size 512": (lambda data: changed(data, 16, b"\x02\x00"), FileKind.DAMAGED),
    "page size 65536": (lambda data: changed(data, 16, b"\x00\x01"), FileKind.TRUNCATED),
    "unknown format": (lambda data: changed(data, 18, b"\x09\x09"), FileKind.DAMAGED),
    "all reserved": (lambda data: changed(data, 20, b"\xff"), FileKind.DAMAGED),
    "unknown encoding": (lambda data: changed(data, 56, b"\xff\xff\xff\xff"), FileKind.DAMAGED),
    "more pages in the header": (lambda data: changed(data, 28, b"\x7f\xff\xff\xff"), FileKind.TRUNCATED),
    "zeros": (lambda _: bytes(300_000), FileKind.DAMAGED),
    "random": (lambda _: random.Random(2).randbytes(300_000), FileKind.ENCRYPTED_OR_FOREIGN),
    "a few random bytes": (lambda _: random.Random(3).randbytes(60), FileKind.ENCRYPTED_OR_FOREIGN),
    "text": (lambda _: b"Sehr geehrte Damen und Herren\n" * 999, FileKind.ENCRYPTED_OR_FOREIGN),
    "a -wal file": (
        lambda _: bytes.fromhex("377f0682002de21800001000") + bytes(9000),
        FileKind.ENCRYPTED_OR_FOREIGN,
    ),
    "empty leaf pages only": (lambda _: LEAF_OF_NOTHING * 50, FileKind.ENCRYPTED_OR_FOREIGN),
    "encrypted": (
        lambda data: bytes(a ^ b for a, b in zip(data, random.Random(4).randbytes(len(data)), strict=True)),
        FileKind.ENCRYPTED_OR_FOREIGN,
    ),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_contents_are_named(name: str, database: bytes, tmp_path: Path) -> None:
    """Each kind of bytes gets the name that tells what to do with it."""
    make, expected = CONTENTS[name]
    path = tmp_path / "some.db"
    path.write_bytes(make(database))

    assert quickly(path) is expected


def test_a_zip_is_foreign(database: bytes, tmp_path: Path) -> None:
    """A compressed backup is no database, even of one."""
    path = tmp_path / "backup.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("modelus.db", database)

    assert quickly(path) is FileKind.ENCRYPTED_OR_FOREIGN


def test_a_file_that_waits_for_its_wal_is_a_database(database: bytes, tmp_path: Path) -> None:
    """While pages are written back, page 1 may speak of pages that only the -wal file has."""
    path = tmp_path / "behind.db"
    path.write_bytes(database[:-PAGE])
    Path(f"{path}-wal").write_bytes(bytes(5000))

    assert quickly(path) is FileKind.DATABASE


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    """A folder, a pipe nobody writes to, a socket, a device."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    address = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(address))

        assert quickly(tmp_path) is FileKind.NOT_A_FILE
        assert quickly(pipe) is FileKind.NOT_A_FILE
        assert quickly(address) is FileKind.NOT_A_FILE
        assert quickly(Path("/dev/zero")) is FileKind.NOT_A_FILE


def test_paths_that_lead_nowhere(tmp_path: Path) -> None:
    """Nothing there, a dead link, a file as a folder, impossible names; links in a circle cannot be read."""
    dead, one, other = tmp_path / "dead", tmp_path / "one", tmp_path / "other"
    dead.symlink_to(tmp_path / "gone")
    one.symlink_to(other)
    other.symlink_to(one)
    (tmp_path / "file").write_bytes(b"x")

    for path in (tmp_path / "gone", dead, tmp_path / "file" / "below", tmp_path / ("x" * 5000)):
        assert quickly(path) is FileKind.MISSING
    assert quickly(Path("with\0nul")) is FileKind.MISSING
    assert quickly(one) is FileKind.UNREADABLE


def test_a_link_to_a_database_is_one(database: bytes, tmp_path: Path) -> None:
    """A link is followed."""
    (tmp_path / "real.db").write_bytes(database)
    (tmp_path / "link.db").symlink_to("real.db")

    assert quickly(tmp_path / "link.db") is FileKind.DATABASE


def test_a_huge_sparse_file_takes_no_time(database: bytes, tmp_path: Path) -> None:
    """A tebibyte of nothing, alone and behind a real beginning."""
    for name, start, expected in (("hole", b"", FileKind.DAMAGED), ("tail", database, FileKind.DATABASE)):
        path = tmp_path / name
        with path.open("wb") as file:
            file.write(start)
            try:
                file.truncate(2**40)
            except OSError:
                pytest.skip("this file system has no sparse files of this size")
        assert quickly(path) is expected
        path.unlink()


def test_a_file_without_permission_is_unreadable() -> None:
    """Seen by a user who may not read it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "secret.db"
        path.write_bytes(b"x" * 1000)
        path.chmod(0)
        Path(folder).chmod(0o755)
        user = os.geteuid()
        if user == 0:
            os.seteuid(NOBODY)
        try:
            assert quickly(path) is FileKind.UNREADABLE
        finally:
            os.seteuid(user)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=3000), st.booleans())
def test_any_bytes_have_a_kind(tmp_path: Path, data: bytes, magic: bool) -> None:
    """Whatever is in a file, with or without the beginning of a database."""
    path = tmp_path / "any.db"
    path.write_bytes(b"SQLite format 3\0" * magic + data)

    assert quickly(path) in FileKind


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 4200), st.binary(min_size=1, max_size=30))
def test_any_damage_to_page_one_has_a_kind(tmp_path: Path, database: bytes, at: int, damage: bytes) -> None:
    """A real beginning with some bytes replaced is a database, damaged or truncated, never foreign."""
    path = tmp_path / "hit.db"
    path.write_bytes(changed(database, at, damage))

    assert quickly(path) in {FileKind.DATABASE, FileKind.DAMAGED, FileKind.TRUNCATED}
