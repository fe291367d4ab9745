"""Schema text that is no UTF-8 is damage like any other, wherever it is met."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from modelus_bot.database.core.errors import CorruptionDetected
from modelus_bot.database.integrity.check import check_file
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.database.schema.validator import SchemaValidator

ODD = {
    "its text": "UPDATE sqlite_master SET sql = sql || CAST(x'202f2aff2a2f' AS TEXT) WHERE name = 'users'",
    "a migration's id": "UPDATE _yoyo_migration SET migration_id = CAST(x'30303031ff' AS TEXT)"
    " WHERE migration_id GLOB '0001*'",
}


def make_odd(path: Path, sql: str) -> None:
    """Put bytes into the schema that are no text."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA writable_schema=ON")
        assert raw.execute(sql).rowcount == 1


@pytest.mark.parametrize("sql", ODD.values(), ids=ODD)
def test_everything_that_reads_a_schema_takes_it_for_damage(path: Path, sql: str) -> None:
    """Neither another version's nor a changed schema, and no error of Python's."""
    path.parent.mkdir()
    Migrator(path).up()
    make_odd(path, sql)
    report = check_file(path)
    assert report.damaged
    assert any("no UTF-8" in problem for problem in report.problems)
    with pytest.raises(CorruptionDetected):
        SchemaValidator().inspect_file(path)
