"""Property 9: whatever SQLite answers, the log has what is needed to find out why."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelus_bot.config import DatabaseSettings, LoggingSettings, Settings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.core.operation import Write, query
from modelus_bot.database.core.transaction import ReadTransaction, Transaction
from modelus_bot.database.engine.availability import LOOK_SECONDS
from modelus_bot.database.engine.roles import ConnectionRole
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.logs import configure_logging
from tests.database.operations import PutSetting
from tests.inside import connections
from tests.tuning import Tuning

PUT = "INSERT INTO settings(key, value, updated_at) VALUES(?, ?, ?)"
NOBODY = "INSERT INTO user_disciplines(user_id, discipline, position, updated_at) VALUES(?, 'account', 1, 0)"
COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n WHERE i <> ?"


class RunStatement(Write[int]):
    """Run one statement."""

    sql: str
    values: tuple[str | int | None, ...]

    def apply(self, tx: Transaction) -> int:
        """Make the change."""
        return tx.execute(self.sql, self.values)


@query
def statement(tx: ReadTransaction, sql: str, values: tuple[str | int | None, ...]) -> int:
    """Run one statement where nothing may be written."""
    return len(tx.fetch_all(sql, values))


@query
def elsewhere(tx: ReadTransaction, path: Path, sql: str, values: tuple[str | int | None, ...]) -> int:
    """Run one statement on another file, which may be anything."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as other:
        return len(other.execute(sql, values).fetchall())


@dataclass(frozen=True)
class Cause:
    """What to run, as what, and which of SQLite's codes it ends with; ``marked`` puts the private word in."""

    kind: str
    sql: str
    marked: Callable[[str], tuple[str | int | None, ...]]
    code: str


CAUSES = {
    "same key": Cause("write", PUT, lambda _: ("there", "1", 0), "SQLITE_CONSTRAINT_PRIMARYKEY"),
    "nothing": Cause("write", PUT, lambda word: (word, None, 0), "SQLITE_CONSTRAINT_NOTNULL"),
    "no json": Cause("write", PUT, lambda word: (word, word, 0), "SQLITE_CONSTRAINT_CHECK"),
    "text": Cause("write", PUT, lambda word: (word, "1", word), "SQLITE_CONSTRAINT_DATATYPE"),
    "nobody": Cause("write", NOBODY, lambda _: (987654321,), "SQLITE_CONSTRAINT_FOREIGNKEY"),
    "audited": Cause(
        "write", "DELETE FROM audit_logs WHERE id <> ?", lambda word: (word,), "SQLITE_CONSTRAINT_TRIGGER"
    ),
    "grammar": Cause("write", "UPDATE settings SETT value = ?", lambda word: (word,), "SQLITE_ERROR"),
    "no table": Cause("read", "SELECT * FROM nowhere WHERE key = ?", lambda word: (word,), "SQLITE_ERROR"),
    "no column": Cause(
        "read", "SELECT nothing FROM settings WHERE key = ?", lambda word: (word,), "SQLITE_ERROR"
    ),
    "too big": Cause("read", "SELECT zeroblob(2000000000), ?", lambda word: (word,), "SQLITE_TOOBIG"),
    "read only": Cause("read", "DELETE FROM settings WHERE key = ?", lambda word: (word,), "SQLITE_READONLY"),
    "endless": Cause("read", COUNT, lambda word: (word,), "SQLITE_INTERRUPT"),
    "locked": Cause("write", PUT, lambda word: (word, "1", 0), "SQLITE_BUSY"),
    "full": Cause(
        "write",
        "INSERT INTO settings(key, value, updated_at) VALUES(?, json_quote(hex(randomblob(200000))), 0)",
        lambda word: (word,),
        "SQLITE_FULL",
    ),
    "damaged": Cause(
        "elsewhere", "SELECT * FROM things WHERE name > ?", lambda word: (word,), "SQLITE_CORRUPT"
    ),
    "no database": Cause(
        "elsewhere", "SELECT * FROM things WHERE name = ?", lambda word: (word,), "SQLITE_NOTADB"
    ),
}


@dataclass
class Bench:
    """An open database, other files, and what makes some causes happen."""

    db: DatabaseManager
    folder: Path

    def __post_init__(self) -> None:
        """Make a damaged database and a file that is none."""
        damaged = self.folder / "damaged"
        with closing(sqlite3.connect(damaged)) as made:
            made.execute("CREATE TABLE things(name)")
            made.executemany("INSERT INTO things VALUES(?)", [("x" * 500,)] * 100)
            made.commit()
        with damaged.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xa5" * 4096)
        (self.folder / "no database").write_bytes(b"\xa5" * 8192)

    def circumstances(self, name: str) -> AbstractContextManager[object]:
        """Return what has to hold while the cause happens."""
        return self._locked() if name == "locked" else nullcontext()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with closing(sqlite3.connect(self.db.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")

    async def run(self, name: str, word: str) -> DatabaseError:
        """Let a cause happen and return what the caller got."""
        await self._limit(full=name == "full")
        with self.circumstances(name), pytest.raises(DatabaseError) as raised:
            await self._use(name, word)
        if name == "full":
            await self._limit(full=False)
            async with asyncio.timeout(20):
                while self.db.mode != "normal":
                    await asyncio.sleep(0.005)
        return raised.value

    async def _use(self, name: str, word: str) -> object:
        cause = CAUSES[name]
        values = cause.marked(word)
        if cause.kind == "elsewhere":
            return await self.db.read(elsewhere, self.folder / name, cause.sql, values)
        if cause.kind == "read":
            return await self.db.read(statement, cause.sql, values)
        context = Context(actor=7, deadline=0.05 if name == "locked" else None)
        return await self.db.write(RunStatement(sql=cause.sql, values=values), context)

    async def _limit(self, *, full: bool) -> None:
        """Let the file grow no more, or as far as it likes."""

        def limit(raw: sqlite3.Connection) -> None:
            raw.execute("PRAGMA max_page_count=1" if full else "PRAGMA max_page_count=1000000").close()

        await connections(self.db).run(ConnectionRole.WRITER, limit)


def test_every_failure_of_sqlite_is_in_the_log(tmp_path: Path, tuning: Tuning) -> None:
    """Feature: database-reliability, Property 9: For any SQLite error, detailed technical information
    should be logged for debugging purposes.
    """
    tuning(LOOK_SECONDS.at(0.01))
    numbers = itertools.count()
    config = DatabaseSettings(
        path=tmp_path / "modelus.db",
        synchronous="NORMAL",
        read_deadline=0.1,
        busy_slice=0.02,
        breaker_failures=1000,
        breaker_probe_first=0.02,
    )
    with asyncio.Runner() as runner:
        db = DatabaseManager(config.path, config)
        runner.run(db.__aenter__())
        runner.run(db.write(PutSetting(key="there", value=1), Context()))
        bench = Bench(db, tmp_path)

        @settings(
            max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
        )
        @given(names=st.lists(st.sampled_from(sorted(CAUSES)), min_size=1, max_size=4), debug=st.booleans())
        def example(names: list[str], *, debug: bool) -> None:
            words = [f"private-{next(numbers)}." for _ in names]
            log = tmp_path / f"{words[0]}jsonl"
            db.health.debug = debug
            level = "DEBUG" if debug else "INFO"
            with configure_logging(Settings(logging=LoggingSettings(level=level, file=log)), terminal=False):
                errors = [runner.run(bench.run(*item)) for item in zip(names, words, strict=True)]
            text = log.read_text("utf-8")
            for name, word, error in zip(names, words, errors, strict=True):
                check(CAUSES[name], error, word, text, debug=debug)

        with contextlib.closing(_Closing(runner, db)):
            example()


@dataclass
class _Closing:
    """Closes the database on the loop it was opened on."""

    runner: asyncio.Runner
    db: DatabaseManager

    def close(self) -> None:
        self.runner.run(self.db.close())


def check(cause: Cause, error: DatabaseError, word: str, text: str, *, debug: bool) -> None:
    """The record under the caller's code says what, why, where, how often, how long, in which statement."""
    lines: list[dict[str, Any]] = [json.loads(line) for line in text.splitlines()]
    (record,) = [
        line
        for line in lines
        if line["event"] == "database_operation_failed" and line["reference"] == error.reference
    ]
    assert record["code"] == error.code_name
    assert record["code"].startswith(cause.code)
    assert record["detail"] == error.detail != ""
    assert record["error_type"] == error.error_type.value
    assert record["severity"] == error.severity.value
    assert record["kind"] == ("write" if cause.kind == "write" else "read")
    names = {"write": "RunStatement", "read": "statement", "elsewhere": "elsewhere"}
    assert record["operation"].endswith(names[cause.kind])
    assert record["attempt"] == error.attempts >= 1
    assert record["milliseconds"] > 0
    stack = record["stack"]
    assert type(error).__name__ in stack
    assert error.detail in stack
    assert "Traceback" not in stack
    if record["statements"] or cause.kind == "elsewhere":
        where = {"write": "in RunStatement.apply", "read": "in statement", "elsewhere": "in elsewhere"}[
            cause.kind
        ]
        assert where in stack
    if record["statements"]:
        (failed,) = [item for item in record["sql"] if item.get("failed")]
        assert failed["statement"].split("?")[0].split()[0] == cause.sql.split()[0]
        assert ("parameters" in failed) == debug
    shown = debug and cause.kind != "elsewhere" and word in cause.marked(word)
    assert (word in text) == shown
