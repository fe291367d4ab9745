"""Stacks: the way to a failure is told, the values on it are not."""

from __future__ import annotations

import sqlite3
import traceback

import pytest

from modelus_bot.database.core.errors import ConstraintViolated, DatabaseBusy, DatabaseError
from modelus_bot.database.core.result_codes import from_sqlite
from modelus_bot.database.health import tracebacks as module
from modelus_bot.database.health.tracebacks import DEEPEST, FRAMES, Stacks, stack_of


def failing(statement: str) -> DatabaseError:
    """Let SQLite refuse a statement, and return what callers get."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(statement)
    except sqlite3.Error as error:
        failure = from_sqlite(error)
        failure.__cause__ = error
        return failure
    finally:
        connection.close()
    raise AssertionError("it worked")


def test_the_first_cause_is_at_the_top() -> None:
    """Each cause with its calls, then what became of it."""
    lines = stack_of(failing("SELECT * FROM nowhere")).splitlines()
    assert "in failing" in lines[0]
    assert lines[-2:] == ["OperationalError: no such table: nowhere", "QueryFailed: no such table: nowhere"]


def test_values_that_somebody_entered_are_not_told() -> None:
    """What speaks of them is named by its type alone; so are errors on the way."""
    try:
        try:
            int("private")
        except ValueError as error:
            raise ConstraintViolated("CHECK constraint failed: size") from error
    except ConstraintViolated as error:
        text = stack_of(error)
    assert "ValueError\n" in text
    assert "'private'" not in text
    assert text.endswith("ConstraintViolated: CHECK constraint failed: size")


def test_a_cause_that_many_share_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """When COMMIT fails each of a group gets a copy; another cause is another text."""
    worked_out: list[BaseException] = []
    monkeypatch.setattr(module, "stack_of", lambda error: worked_out.append(error) or stack_of(error))
    stacks = Stacks()
    first, second = failing("SELECT 1 FROM one"), failing("SELECT 1 FROM two")
    texts = [stacks.of(cause.for_caller("Write", 2)) for cause in (first, first, second, first)]
    assert texts[0] == texts[1] == texts[3] != texts[2]
    assert worked_out == [first, second, first]
    assert texts[0].startswith(stack_of(first))
    assert texts[0].endswith("QueryFailed: no such table: one")


def test_one_that_was_never_raised_is_named() -> None:
    """A deadline that passed in the queue has no calls."""
    assert Stacks().of(DatabaseBusy("locked")) == "DatabaseBusy: locked"


def test_it_is_bounded() -> None:
    """However deep it went, and even where a cause is its own."""

    def deep(left: int) -> None:
        if left:
            deep(left - 1)
        raise OSError("too deep")

    error: BaseException = OSError()
    for _ in range(DEEPEST + 3):
        try:
            deep(FRAMES * 2)
        except OSError as one:
            one.__cause__ = error
            error = one
    text = stack_of(error)
    assert text.count("OSError: too deep") == DEEPEST
    assert len(text) < DEEPEST * (FRAMES + 2) * 200
    assert len(traceback.format_exception(error)) > DEEPEST
    error.__cause__ = error
    assert stack_of(error).count("OSError: too deep") == 1
