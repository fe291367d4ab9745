"""Feature: database-reliability: the database behaves like a dictionary that never forgets."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.audit.verification import verify_chain, walk
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import ConstraintViolated
from modelus_bot.database.manager import DatabaseManager
from tests.daily_size import FULL
from tests.database.operations import (
    BreakRule,
    Increment,
    PutSetting,
    PutThenRefuse,
    Refused,
    all_settings,
    setting,
)

KEYS = st.sampled_from(["a", "b", "c", "d"])
VALUES = st.integers(-1000, 1000)
STEPS = st.one_of(
    st.tuples(st.just("put"), KEYS, VALUES),
    st.tuples(st.just("increment"), KEYS, st.just(0)),
    st.tuples(st.just("refuse"), KEYS, st.just(0)),
    st.tuples(st.just("break"), KEYS, st.just(0)),
    st.tuples(st.just("preview"), KEYS, VALUES),
)


class DatabaseModel(RuleBasedStateMachine):
    """Random writes, groups, previews, repeated requests and restarts beside a plain dictionary."""

    @initialize()
    def start(self) -> None:
        """Open an empty database."""
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "modelus.db"
        self.model: dict[str, int] = {}
        self.changes = 0
        self.answers: dict[str, tuple[Any, int]] = {}
        self.db = self.runner.run(self._opened())

    async def _opened(self) -> DatabaseManager:
        return await DatabaseManager(self.path, DatabaseSettings(synchronous="NORMAL")).__aenter__()

    @rule(steps=st.lists(STEPS, min_size=1, max_size=8))
    def group(self, steps: list[tuple[str, str, int]]) -> None:
        """Submit several operations at once; they take effect in order, each whole or not at all."""
        results = self.runner.run(self._submit(steps))
        for (kind, key, value), result in zip(steps, results, strict=True):
            if kind == "put":
                self.model[key] = value
                self.changes += 1
                assert isinstance(result, int)
            elif kind == "increment":
                self.model[key] = self.model.get(key, 0) + 1
                self.changes += 1
                assert result == self.model[key]
            elif kind == "refuse":
                assert isinstance(result, Refused)
            elif kind == "break":
                assert isinstance(result, ConstraintViolated)

    async def _submit(self, steps: list[tuple[str, str, int]]) -> list[Any]:
        operations = {
            "put": lambda key, value: self.db.write(PutSetting(key=key, value=value), Context()),
            "increment": lambda key, _: self.db.write(Increment(key=key), Context()),
            "refuse": lambda key, _: self.db.write(PutThenRefuse(key=key), Context()),
            "break": lambda key, _: self.db.write(BreakRule(key=key), Context()),
            "preview": lambda key, value: self.db.preview(PutSetting(key=key, value=value), Context()),
        }
        return await asyncio.gather(
            *(operations[kind](key, value) for kind, key, value in steps), return_exceptions=True
        )

    @rule(request=st.sampled_from(["r1", "r2", "r3"]), key=KEYS)
    def repeat(self, request: str, key: str) -> None:
        """A request id counts once; afterwards it gives the same answer."""
        write = Increment(key=f"{request}:{key}")
        context = Context(request_id=f"{request}:{key}")
        answer = self.runner.run(self.db.write(write, context))
        if context.request_id not in self.answers:
            self.model[write.key] = self.model.get(write.key, 0) + 1
            self.changes += 1
            self.answers[context.request_id or ""] = (answer, self.model[write.key])
        assert answer == self.answers[context.request_id or ""][1]

    @rule()
    def restart(self) -> None:
        """Close and open again."""
        self.runner.run(self.db.close())
        self.db = self.runner.run(self._opened())

    @rule(key=KEYS)
    def read_one(self, key: str) -> None:
        """Every read sees every write acknowledged before it."""
        assert self.runner.run(self.db.read(setting, key)) == self.model.get(key)

    @invariant()
    def same_rows_and_audit(self) -> None:
        """All rows are those of the model, and the audit log has a link for each change."""
        if not hasattr(self, "db"):
            return
        assert self.runner.run(self.db.read(all_settings)) == self.model
        with closing(sqlite3.connect(self.path)) as connection:
            report = verify_chain(walk(connection))
        assert report.intact
        assert report.links == self.changes

    def teardown(self) -> None:
        """Close and clean up."""
        if hasattr(self, "db"):
            self.runner.run(self.db.close())
            self.runner.close()
            shutil.rmtree(self.folder)


TestDatabaseModel = DatabaseModel.TestCase
TestDatabaseModel.settings = settings(max_examples=500 if FULL else 100, stateful_step_count=8, deadline=None)
