"""``database maintain`` while the bot is stopped."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from modelus_bot.cli.outcome import ExitCode
from modelus_bot.database.core.instance_lock import InstanceLock
from tests.cli.conftest import Command

OLD = 1_000_000


def fill(path: Path) -> None:
    """Insert answered requests of long ago."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
            " INSERT INTO requests SELECT 'old:' || i, 'Fill', 0, x'00', json_quote(hex(randomblob(500))), ?"
            " FROM n",
            (OLD,),
        )


def test_the_file_gets_smaller(command: Command) -> None:
    """It prints what was done, task by task, and the file is whole afterwards."""
    assert command("migrate", "up").code == 0
    path = Path("data/modelus.db")
    fill(path)
    assert command("database", "accept").code == 0
    before = path.stat().st_size
    answer = command("database", "maintain", "--vacuum")
    assert answer.code == 0, answer.err
    assert "Answered requests: 3000 removed, older than 7 days" in answer.out
    assert "Rewriting the file: " in answer.out
    assert path.stat().st_size < before
    assert command("database", "check").code == 0


def test_a_running_bot_is_left_alone(command: Command) -> None:
    """It says that the bot runs, and changes nothing."""
    assert command("migrate", "up").code == 0
    lock = InstanceLock(Path("data/modelus.db"))
    lock.acquire()
    try:
        answer = command("database", "maintain")
    finally:
        lock.release()
    assert answer.code == 4
    assert "already" in answer.err.lower()


def test_nothing_is_made_where_nothing_is(command: Command) -> None:
    """A path without a database is told as that, and gets no new one."""
    assert command("database", "maintain").code == ExitCode.DATABASE
    assert not Path("data/modelus.db").exists()
