"""Properties 6 and 7: a change of several steps is made as a whole, or not at all."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import ConstraintViolated, QueryFailed
from modelus_bot.database.core.operation import Write
from modelus_bot.database.core.transaction import Transaction
from modelus_bot.database.manager import DatabaseManager

EXAMPLES = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
KEYS = st.lists(st.text("abcdef", min_size=1, max_size=3), min_size=1, max_size=8, unique=True)
_PUT = "INSERT INTO settings(key, value, updated_at) VALUES(?, '1', 0)"
_COUNT = "SELECT count(*) FROM settings"


class Failed(Exception):
    """What a step raises."""


class Steps(Write[int]):
    """Puts settings one after the other; returns how many of them a stranger could see before the end."""

    path: Path
    keys: tuple[str, ...]
    fails_at: int | None = None
    how: str = "rule"

    def apply(self, tx: Transaction) -> int:
        """Make the steps."""
        tx.execute("DELETE FROM settings")
        for number, key in enumerate(self.keys):
            if number == self.fails_at:
                self._fail(tx)
            tx.execute(_PUT, (key,))
        with closing(sqlite3.connect(self.path)) as stranger:
            return int(stranger.execute(_COUNT).fetchone()[0])

    def _fail(self, tx: Transaction) -> None:
        if self.how == "rule":
            raise Failed
        if self.how == "constraint":
            tx.execute("INSERT INTO settings(key, value, updated_at) VALUES('x', 'no json', 0)")
        tx.execute("SELECT no_such_column FROM settings")


def keys_in(path: Path) -> set[str]:
    """Return the settings that anybody can see."""
    with closing(sqlite3.connect(path)) as stranger:
        return {row[0] for row in stranger.execute("SELECT key FROM settings")}


def test_all_steps_appear_at_once(tmp_path: Path) -> None:
    """Feature: database-reliability, Property 6: For any multi-step database operation, all steps should be
    wrapped in a transaction to ensure atomicity.
    """
    path = tmp_path / "modelus.db"
    with asyncio.Runner() as runner:
        db = runner.run(DatabaseManager(path, DatabaseSettings(synchronous="NORMAL")).__aenter__())

        @EXAMPLES
        @given(keys=KEYS)
        def live(keys: list[str]) -> None:
            before = len(keys_in(path))
            seen = runner.run(db.write(Steps(path=path, keys=tuple(keys)), Context()))
            assert seen == before
            assert keys_in(path) == set(keys)

        try:
            live()
        finally:
            runner.run(db.close())


def test_a_failing_step_undoes_the_others(tmp_path: Path) -> None:
    """Feature: database-reliability, Property 7: For any transaction where a step fails, all changes should
    be automatically rolled back.
    """
    path = tmp_path / "modelus.db"
    with asyncio.Runner() as runner:
        db = runner.run(DatabaseManager(path, DatabaseSettings(synchronous="NORMAL")).__aenter__())
        runner.run(db.write(Steps(path=path, keys=("kept",)), Context()))

        @EXAMPLES
        @given(keys=KEYS, data=st.data(), how=st.sampled_from(["rule", "constraint", "statement"]))
        def live(keys: list[str], data: st.DataObject, how: str) -> None:
            fails_at = data.draw(st.integers(0, len(keys) - 1))
            write = Steps(path=path, keys=tuple(keys), fails_at=fails_at, how=how)
            with pytest.raises((Failed, ConstraintViolated, QueryFailed)):
                runner.run(db.write(write, Context()))
            assert keys_in(path) == {"kept"}

        try:
            live()
        finally:
            runner.run(db.close())
