"""Every result code has a class, every class a sentence."""

from __future__ import annotations

import sqlite3

import pytest

from modelus_bot.database.core import errors, result_codes
from modelus_bot.database.core.error_types import SENTENCES, ErrorType
from modelus_bot.database.core.errors import (
    ConstraintViolated,
    DatabaseError,
    PermanentError,
    QueryFailed,
    TransientError,
)
from modelus_bot.database.core.result_codes import class_for_code, from_sqlite

NOT_ERRORS = {"SQLITE_OK", "SQLITE_NOTICE", "SQLITE_WARNING", "SQLITE_ROW", "SQLITE_DONE"}
ACTIONS = ("SQLITE_CREATE_", "SQLITE_DROP_", "SQLITE_ALTER_", "SQLITE_LIMIT_", "SQLITE_DBCONFIG_")
AUTHORIZER = {
    "SQLITE_ANALYZE", "SQLITE_ATTACH", "SQLITE_DELETE", "SQLITE_DENY", "SQLITE_DETACH", "SQLITE_FUNCTION",
    "SQLITE_IGNORE", "SQLITE_INSERT", "SQLITE_PRAGMA", "SQLITE_READ", "SQLITE_RECURSIVE", "SQLITE_REINDEX",
    "SQLITE_SAVEPOINT", "SQLITE_SELECT", "SQLITE_TRANSACTION", "SQLITE_UPDATE",
}  # fmt: skip


def every_result_code() -> dict[str, int]:
    """Every result code Python knows, primary and extended."""
    return {
        name: getattr(sqlite3, name)
        for name in dir(sqlite3)
        if name.startswith("SQLITE_")
        and name not in NOT_ERRORS | AUTHORIZER
        and not name.startswith((*ACTIONS, "SQLITE_OK_", "SQLITE_NOTICE_", "SQLITE_WARNING_"))
    }


def concrete_classes() -> list[type[DatabaseError]]:
    """Every class of the tree that is raised."""
    return [
        getattr(errors, name)
        for name in errors.__all__
        if isinstance(getattr(errors, name), type)
        and issubclass(getattr(errors, name), DatabaseError)
        and getattr(errors, name) not in {DatabaseError, TransientError, PermanentError}
    ]


@pytest.mark.parametrize(("name", "code"), sorted(every_result_code().items()))
def test_every_result_code_is_mapped_on_purpose(name: str, code: int) -> None:
    """Each code's primary part stands in the map; none falls through to the default."""
    assert code & 0xFF in result_codes._BY_PRIMARY, name
    assert class_for_code(code) in concrete_classes()


def test_unknown_codes_are_permanent() -> None:
    """A code nobody knows is never retried."""
    assert class_for_code(9999 << 8 | 99) is QueryFailed
    assert class_for_code(None) is QueryFailed


@pytest.mark.parametrize("cls", concrete_classes(), ids=lambda cls: cls.__name__)
def test_every_class_has_a_sentence_a_branch_and_a_place_in_the_drawing(cls: type[DatabaseError]) -> None:
    """People read a full sentence; operators find the class in the module's docstring."""
    error = cls("SELECT secret FROM somewhere")
    assert error.user_message.endswith(".")
    assert "SELECT" not in error.user_message or issubclass(cls, errors.AlreadyRunning)
    assert isinstance(error, TransientError) is error.retryable
    assert cls.__name__ in (errors.__doc__ or "")
    assert len(error.reference) == 8


def test_every_kind_has_a_sentence() -> None:
    """All seven kinds of the design are there, each with its sentence."""
    assert set(SENTENCES) == set(ErrorType)
    assert len(ErrorType) == 7


def test_the_broken_rule_is_named() -> None:
    """UNIQUE names columns, CHECK its constraint, a trigger its text, NOT NULL its column."""
    with sqlite3.connect(":memory:") as connection:
        connection.executescript(
            "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT NOT NULL, c INT, UNIQUE(c),"
            " CONSTRAINT c_positive CHECK(c > 0)) STRICT;"
            "CREATE TRIGGER no_nine BEFORE INSERT ON t WHEN NEW.c = 9"
            " BEGIN SELECT RAISE(ABORT, 'no nines'); END;"
            "INSERT INTO t VALUES(1, 'x', 1);"
        )
        cases = {
            ("unique", "t.c"): "INSERT INTO t VALUES(2, 'x', 1)",
            ("unique", "t.a"): "INSERT INTO t VALUES(1, 'x', 2)",
            ("check", "c_positive"): "INSERT INTO t VALUES(2, 'x', -1)",
            ("not_null", "t.b"): "INSERT INTO t VALUES(2, NULL, 2)",
            ("trigger", "no nines"): "INSERT INTO t VALUES(2, 'x', 9)",
            ("type", ""): "INSERT INTO t VALUES(2, 'x', 'many')",
        }
        for (kind, rule), statement in cases.items():
            with pytest.raises(sqlite3.Error) as caught:
                connection.execute(statement)
            found = from_sqlite(caught.value)
            assert isinstance(found, ConstraintViolated)
            assert found.kind == kind
            assert found.rule == rule or kind == "type"
    connection.close()


def test_a_closed_connection_is_a_lost_one() -> None:
    """Errors raised by Python's module itself carry no code and are still told apart."""
    connection = sqlite3.connect(":memory:")
    connection.close()
    with pytest.raises(sqlite3.ProgrammingError) as caught:
        connection.execute("SELECT 1")
    assert isinstance(from_sqlite(caught.value), errors.ConnectionLost)


AWAY = {
    "AccessDenied",
    "AuditUnwritable",
    "ConnectionLost",
    "CorruptionDetected",
    "DatabaseBusy",
    "DatabaseReadOnly",
    "DatabaseUnavailable",
    "DeadlineExceeded",
    "DiskFull",
    "FileMoved",
    "FileTouched",
    "OpeningRefused",
    "OutOfResources",
    "OutcomeUnknown",
    "StorageFailed",
}
"""After these a change is saved for later and a kept query is answered from what is known."""


def test_a_class_says_whether_the_database_is_away() -> None:
    """The database failed, not the operation; a new class has to say which of them it is."""
    assert {cls.__name__ for cls in concrete_classes() if cls.away} == AWAY


@pytest.mark.parametrize("cls", concrete_classes())
def test_each_reason_fits_behind_because(cls: type[DatabaseError]) -> None:
    """A few words without a stop, for the line that every reply has while the database is not well."""
    assert cls.reason == cls.reason.strip(" .").removeprefix("because ")
    assert len(cls.reason) < 60


def test_the_origin_is_what_opened_the_breaker() -> None:
    """Through however many refusals; a failure of its own is its own origin."""
    full = errors.DiskFull("full")
    refused = errors.DatabaseUnavailable("open", cause=errors.DatabaseUnavailable("open", cause=full))
    assert refused.origin is full
    assert full.origin is full
    alone = errors.DatabaseUnavailable("never opened")
    assert alone.origin is alone
