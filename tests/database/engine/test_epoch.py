"""The epoch in the header: committed like any change, later with each run, and told by every helper."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.engine.connection import ConnectionManager
from modelus_bot.database.engine.epoch import Epoch, epoch_of, epoch_with, is_later, renew_epoch
from modelus_bot.database.engine.roles import ConnectionRole


def opened(path: Path) -> sqlite3.Connection:
    """Open a database in WAL mode with a row in it."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE IF NOT EXISTS notes(text)")
    connection.execute("INSERT INTO notes VALUES('x')")
    return connection


def test_it_is_read_from_the_log_and_from_the_file(tmp_path: Path) -> None:
    """The bytes say the same as SQLite, with the -wal and without; committed once for each connection."""
    path, epoch = tmp_path / "a.db", Epoch()
    with contextlib.closing(opened(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        epoch.found(epoch_of(path))
        epoch.ensure(connection)
        assert connection.execute("PRAGMA user_version").fetchone() == (epoch.number,)
        assert (epoch_of(path), epoch_with(path, None)) == (epoch.number, 0)
        version = connection.execute("PRAGMA main.data_version").fetchone()
        epoch.ensure(connection)
        assert connection.execute("PRAGMA main.data_version").fetchone() == version
    assert epoch_with(path, None) == epoch.number == epoch.in_file


def test_a_transaction_that_was_undone_did_not_change_it(tmp_path: Path) -> None:
    """Frames of a transaction that was never committed say nothing."""
    path, epoch = tmp_path / "a.db", Epoch()
    with contextlib.closing(opened(path)) as connection:
        epoch.ensure(connection)
        connection.execute("PRAGMA cache_size=5")
        connection.execute("BEGIN")
        connection.execute("PRAGMA user_version=77")
        connection.executemany("INSERT INTO notes VALUES(?)", [("y" * 3000,) for _ in range(200)])
        assert epoch_of(path) == epoch.number
        connection.execute("ROLLBACK")
        assert epoch_of(path) == epoch.number


def test_another_one_is_owed_until_it_is_in_the_file(tmp_path: Path) -> None:
    """However often it is asked for, one later number comes, and helpers of before are silent."""
    path, epoch = tmp_path / "a.db", Epoch()
    with contextlib.closing(opened(path)) as connection:
        epoch.ensure(connection)
        before = epoch.number
        epoch.renew("a test")
        epoch.renew("a test")
        assert epoch.owed
        assert epoch_of(path) == before
        epoch.ensure(connection)
        assert not epoch.owed
        assert epoch_of(path) == epoch.number
        assert is_later(epoch.number, before)
    renew_epoch(path, after=epoch.number + 500)
    assert is_later(epoch_of(path), epoch.number + 500)


async def test_it_is_committed_before_the_first_change_and_after_each_renewal(path: Path) -> None:
    """By whichever connection writes next; one that has done so writes nothing of it again."""

    def in_file(raw: sqlite3.Connection) -> int:
        number: int = raw.execute("PRAGMA user_version").fetchone()[0]
        return number

    path.parent.mkdir()
    with contextlib.closing(opened(path)):
        pass
    epoch, statements = Epoch(), list[str]()
    async with ConnectionManager(path, DatabaseSettings(path=path), epoch=epoch) as connections:
        assert await connections.run(ConnectionRole.WRITER, in_file) == epoch.number
        await connections.run(ConnectionRole.WRITER, lambda raw: raw.set_trace_callback(statements.append))
        await connections.run(ConnectionRole.WRITER, lambda raw: raw.execute("SELECT 1").close())
        assert statements == ["SELECT 1"]
        epoch.renew("a test")
        assert await connections.run(ConnectionRole.WRITER, in_file) == epoch.number
        epoch.renew("a test")
        await connections.replace(ConnectionRole.WRITER)
        assert await connections.run(ConnectionRole.WRITER, in_file) == epoch.number
        assert not epoch.owed


@settings(max_examples=200)
@given(st.integers(0, 2**31 - 1))
def test_later_is_later_across_the_end_of_the_numbers(number: int) -> None:
    """Each run's number is later than the one that it found, also where the numbers begin anew."""
    epoch = Epoch()
    epoch.found(number)
    assert is_later(epoch.number, number)
    assert not is_later(number, epoch.number)
    assert epoch.number
