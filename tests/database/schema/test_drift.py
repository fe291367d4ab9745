"""Drift of every kind is named; what can be made again is, what cannot is refused, the unknown is left."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from modelus_bot.database.core.errors import SchemaMismatch
from modelus_bot.database.schema.drift import compare
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.database.schema.reading import read_shape
from modelus_bot.database.schema.report import Remedy
from modelus_bot.database.schema.validator import SchemaValidator
from tests.database.schema.drift_cases import CASES, Case
from tests.database.schema.sample import SQL, contents, folder_with, read, run


@pytest.fixture
def altered(tmp_path: Path, folder: Path) -> Callable[[Case], Path]:
    """Return a function that makes a file with one change of the schema."""

    def make(case: Case) -> Path:
        path = tmp_path / "altered.db"
        if case.by_hand:
            Migrator(path, folder).up()
            run(path, case.by_hand)
            return path
        assert SQL.count(case.old) == 1
        nothing = folder_with(tmp_path / "nothing", m0001_sample="CREATE TABLE a (b); DROP TABLE a")
        Migrator(path, nothing).up()
        run(path, SQL.replace(case.old, case.new))
        return path

    return make


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_kind_of_drift_is_named(case: Case, altered: Callable[[Case], Path], folder: Path) -> None:
    """Every single change is told in a sentence with what to do about it, under its kind."""
    report = SchemaValidator(folder).inspect_file(altered(case))

    found = [
        difference
        for difference in report.differences
        if difference.kind == case.kind and case.says in difference.fact
    ]
    assert len(found) == 1, str(report)
    assert found[0].remedy is case.remedy
    assert str(found[0]).count(". ") >= 1
    assert not report.clean


@pytest.mark.parametrize("case", [item for item in CASES if item.old], ids=str)
def test_a_change_of_one_thing_is_told_as_one_thing(
    case: Case, altered: Callable[[Case], Path], folder: Path
) -> None:
    """No difference drags others along that are not there, but for what depends on a renamed column."""
    report = SchemaValidator(folder).inspect_file(altered(case))

    also = {"column_extra", "check_altered", "column_generated", "unique_extra", "autoincrement", "strict"}
    also |= {"column_type", "not_null_extra", "not_null_missing", "trigger_missing"}
    assert {difference.kind for difference in report.differences} <= {case.kind, *also}
    assert len(report.differences) <= 4


def test_at_least_25_kinds_are_told_apart() -> None:
    """The cases cover every kind that the comparison knows."""
    assert len({case.kind for case in CASES}) >= 25


@pytest.mark.parametrize("case", [item for item in CASES if item.remedy is Remedy.REPAIR], ids=str)
def test_what_can_be_made_again_is(case: Case, altered: Callable[[Case], Path], folder: Path) -> None:
    """Repaired objects are those of the migrations, rows stay, and a second look finds nothing."""
    path = altered(case)
    run(path, "INSERT INTO nations (code, title, area, people) VALUES ('aa', 'Arbor', 10, 5000)")
    before = contents(path)
    validator = SchemaValidator(folder)

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        done = validator.repair(connection, validator.inspect(connection))
        again = validator.inspect(connection)
        shape = read_shape(connection)

    assert any("made again" in words for words in done)
    assert again.clean
    assert shape == validator.expected
    assert contents(path) == before


@pytest.mark.parametrize("case", [item for item in CASES if item.remedy is Remedy.REFUSE], ids=str)
def test_what_is_refused_is_not_touched(case: Case, altered: Callable[[Case], Path], folder: Path) -> None:
    """Repairing such a file raises and changes nothing, even if something could be repaired as well."""
    path = altered(case)
    run(path, "DROP TRIGGER IF EXISTS keep_notes")
    before = read(path, "SELECT * FROM sqlite_master")
    validator = SchemaValidator(folder)

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        report = validator.inspect(connection)
        with pytest.raises(SchemaMismatch) as caught:
            validator.repair(connection, report)

    assert case.says in caught.value.detail
    assert read(path, "SELECT * FROM sqlite_master") == before


@pytest.mark.parametrize("case", [item for item in CASES if item.remedy is Remedy.NOTE], ids=str)
def test_the_unknown_is_left_alone(case: Case, altered: Callable[[Case], Path], folder: Path) -> None:
    """Objects that no migration made are named, and are still there after a repair."""
    path = altered(case)
    before = read(path, "SELECT * FROM sqlite_master")
    validator = SchemaValidator(folder)

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        report = validator.inspect(connection)
        assert validator.repair(connection, report) == ()

    assert report.noted == report.differences
    assert read(path, "SELECT * FROM sqlite_master") == before


def test_equal_shapes_have_no_difference(file: Path, folder: Path) -> None:
    """A file that is as the migrations made it gives an empty report, which is an empty text."""
    with closing(sqlite3.connect(file)) as connection:
        report = compare(SchemaValidator(folder).expected, read_shape(connection))

    assert report.clean
    assert str(report) == ""


def test_other_programs_tables_are_no_drift(file: Path, folder: Path) -> None:
    """Litestream's and yoyo's tables, statistics and the inner tables of a text search are passed over."""
    run(file, "CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER);"
              "CREATE TABLE _litestream_lock (id INTEGER); ANALYZE")  # fmt: skip
    assert SchemaValidator(folder).inspect_file(file).clean

    run(file, "CREATE VIRTUAL TABLE search USING fts5 (body)")
    report = SchemaValidator(folder).inspect_file(file)
    assert [difference.name for difference in report.differences] == ["search"]
