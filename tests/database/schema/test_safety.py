"""What stops a migration, and that the file is then as it was."""

from __future__ import annotations

import hashlib
import shutil
import stat
from collections import namedtuple
from pathlib import Path

import pytest

from modelus_bot.config.units import MEGABYTE
from modelus_bot.database.core.errors import MigrationFailed, SchemaMismatch
from modelus_bot.database.core.invariant import Invariant
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.database.schema.validator import SchemaValidator
from tests.database.schema.sample import contents, folder_with, read, run, state_of

PEOPLE = Invariant(
    "people_somewhere",
    "SELECT 'nations', id, 'has people but no city' FROM nations n"
    " WHERE people > 0 AND NOT EXISTS (SELECT 1 FROM cities WHERE nation = n.id)",
    "Where people live there is a city.",
)
REBUILD = """
CREATE TABLE new_nations (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL, title TEXT NOT NULL,
    area REAL NOT NULL, people INTEGER NOT NULL
) STRICT;
INSERT INTO new_nations SELECT id, code, title, area, people FROM nations;
DROP VIEW large;
DROP TABLE nations;
ALTER TABLE new_nations RENAME TO nations;
CREATE TABLE towns (
    name TEXT NOT NULL, nation INTEGER NOT NULL REFERENCES nations (id) ON DELETE CASCADE
) STRICT;
INSERT INTO towns SELECT name, nation FROM cities;
"""


def test_the_hook_comes_before_any_change(file: Path, folder: Path) -> None:
    """It gets the pending ids while the file is as it was, so that a backup of it is one."""
    before = state_of(file)
    folder_with(folder, m0002_more="CREATE TABLE more (a INTEGER) -- down\nDROP TABLE more")
    seen: list[tuple[tuple[str, ...], bool]] = []

    def hook(ids: tuple[str, ...]) -> None:
        locked = read(file, "SELECT count(*) FROM yoyo_lock") != [(0,)]
        seen.append((ids, state_of(file) == before and not locked))

    migrator = Migrator(file, folder)
    assert migrator.up(before=hook) == ("0002.more",)
    assert migrator.up(before=hook) == ()
    before = state_of(file)
    assert migrator.down(before=hook) == ("0002.more",)

    assert seen == [(("0002.more",), True), (("0002.more",), True)]


def test_a_hook_that_raises_stops_everything(file: Path, folder: Path) -> None:
    """Without the backup nothing is migrated."""
    folder_with(folder, m0002_more="CREATE TABLE more (a INTEGER)")
    run(file, "DROP INDEX idx_people")
    before = state_of(file)

    def hook(_: tuple[str, ...]) -> None:
        raise OSError("no backup")

    with pytest.raises(OSError, match="no backup"):
        Migrator(file, folder).up(before=hook)

    assert state_of(file) == before


def test_a_new_file_needs_no_backup(tmp_path: Path, folder: Path) -> None:
    """It has nothing to lose, and only its owner may read it."""
    path = tmp_path / "new.db"

    def hook(ids: tuple[str, ...]) -> None:
        raise AssertionError(ids)

    assert Migrator(path, folder).up(before=hook) == ("0001.sample",)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_too_little_space_is_told_with_figures(
    file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice the size of file and -wal must be free; else nothing is begun."""
    folder_with(folder, m0002_more="CREATE TABLE more (a INTEGER)")
    run(file, "CREATE TABLE filler (a BLOB); INSERT INTO filler VALUES (zeroblob(3145728))")
    usage = namedtuple("usage", "total used free")  # noqa: PYI024 - as shutil returns it
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 4 * MEGABYTE))
    before = state_of(file)

    with pytest.raises(MigrationFailed, match=r"6\.\d MB must be free in .*3\.\d MB\), but only 4\.0 MB are"):
        Migrator(file, folder).up()
    assert state_of(file) == before

    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 8 * MEGABYTE))
    assert Migrator(file, folder).up() == ("0002.more",)


def test_a_table_made_anew_keeps_what_refers_to_it(file: Path, folder: Path) -> None:
    """To alter a table one drops the old one; rows that refer to it are neither lost nor in the way."""
    folder_with(folder, m0002_rebuild=REBUILD)
    cities = contents(file)["cities"]

    assert Migrator(file, folder).up() == ("0002.rebuild",)

    assert contents(file)["cities"] == cities
    assert len(contents(file)["towns"]) == 2
    assert SchemaValidator(folder).inspect_file(file).clean


def test_rows_that_break_an_invariant_undo_the_migration(file: Path, folder: Path) -> None:
    """The rule and the row are named, and everything is as before."""
    folder_with(
        folder, m0002_move="UPDATE nations SET people = people + 1; DELETE FROM cities WHERE nation = 2;"
    )
    before = state_of(file)

    with pytest.raises(
        MigrationFailed, match=r"apply 0002.move: 2 rows would break a rule, first people_some"
    ):
        Migrator(file, folder, [PEOPLE]).up()

    assert state_of(file) == before


def test_what_was_broken_before_is_not_held_against_a_migration(file: Path, folder: Path) -> None:
    """Old faults do not keep the bot from being updated; new ones of the same kind do."""
    run(file, "INSERT INTO nations (code, title, area, people) VALUES ('cc', 'Cliff', 1, 5)")
    run(file, "INSERT INTO cities VALUES (77, 'Nowhere', NULL, NULL, 1)")
    folder_with(folder, m0002_more="CREATE TABLE more (a INTEGER)")
    assert Migrator(file, folder, [PEOPLE]).up() == ("0002.more",)
    before = state_of(file)

    folder_with(folder, m0003_lost="INSERT INTO cities VALUES (78, 'Elsewhere', NULL, NULL, 1)")
    with pytest.raises(
        MigrationFailed, match="1 row would break a rule, first reference to nations in cities"
    ):
        Migrator(file, folder, [PEOPLE]).up()
    assert state_of(file) == before


def test_invariants_of_tables_to_come_wait_for_them(tmp_path: Path, folder: Path) -> None:
    """Halfway up a rule may speak of a table that is not there yet; at the end each must work."""
    folder_with(
        folder, m0002_more="CREATE TABLE more (a INTEGER)", m0003_last="CREATE TABLE last (a INTEGER)"
    )
    later = Invariant("later", "SELECT 'last', a, 'negative' FROM last WHERE a < 0", "Never negative.")
    assert len(Migrator(tmp_path / "a.db", folder, [PEOPLE, later]).up()) == 3

    wrong = Invariant("wrong", "SELECT * FROM never", "Asks for what no migration makes.")
    with pytest.raises(MigrationFailed, match=r"apply 0003.last: no such table: never"):
        Migrator(tmp_path / "b.db", folder, [wrong]).up()
    assert [item.applied for item in Migrator(tmp_path / "b.db", folder).status()] == [True, True, False]


@pytest.mark.parametrize(
    ("rollback", "says"),
    [
        ("", "Table more was made by no migration"),
        ("DROP TABLE more; DROP INDEX idx_lower", "Index idx_lower of table nations is missing"),
        ("DROP TABLE more; DROP TABLE notes", "Table notes is missing"),
        ("DROP TABLE more; DELETE FROM nations WHERE id = 2", "reference to nations in cities"),
        ("DROP TABLE nowhere", "no such table: nowhere"),
    ],
)
def test_a_rollback_has_to_lead_back_exactly(file: Path, folder: Path, rollback: str, says: str) -> None:
    """One that leaves something, takes too much or orphans rows is undone itself."""
    folder_with(folder, m0002_more=f"CREATE TABLE more (a INTEGER) -- down\n{rollback}")
    migrator = Migrator(file, folder)
    migrator.up()
    before = state_of(file)

    with pytest.raises(MigrationFailed, match=says):
        migrator.down()

    assert state_of(file) == before


def test_steps_back_are_at_least_one(file: Path, folder: Path) -> None:
    """Nothing, or less, is no number of steps; more than there are undoes all."""
    with pytest.raises(ValueError, match="steps must be 1 or more"):
        Migrator(file, folder).down(0)
    assert Migrator(file, folder).down(5) == ("0001.sample",)
    assert Migrator(file, folder).down() == ()
    assert contents(file) == {"sqlite_sequence": []}


def test_drift_is_repaired_before_a_migration_that_counts_on_it(file: Path, folder: Path) -> None:
    """A missing index would make the migration that drops it fail."""
    run(file, "DROP INDEX idx_people")
    folder_with(folder, m0002_less="DROP INDEX idx_people")

    assert Migrator(file, folder).up() == ("0002.less",)
    assert SchemaValidator(folder).inspect_file(file).clean


def test_drift_that_cannot_be_repaired_stops_migrations(file: Path, folder: Path) -> None:
    """No migration builds on a table that is not what it should be; the hook is not even called."""
    run(file, "ALTER TABLE notes ADD COLUMN extra TEXT; DROP INDEX idx_people")
    folder_with(folder, m0002_more="CREATE TABLE more (a INTEGER)")
    before = state_of(file)
    called: list[object] = []

    with pytest.raises(SchemaMismatch, match="notes has a column extra"):
        Migrator(file, folder).up(before=called.append)

    assert called == []
    assert state_of(file) == before


def test_a_table_made_by_hand_is_not_taken_for_a_migrations(file: Path, folder: Path) -> None:
    """IF NOT EXISTS finds a stranger's table: the schema would not be as expected, so it is undone."""
    run(file, "CREATE TABLE more (other TEXT)")
    folder_with(folder, m0002_more="CREATE TABLE IF NOT EXISTS more (a INTEGER)")
    before = state_of(file)

    with pytest.raises(MigrationFailed, match="Table more lacks the column a"):
        Migrator(file, folder).up()

    assert state_of(file) == before


def test_no_directive_takes_a_migration_out_of_its_transaction(file: Path, folder: Path) -> None:
    """Yoyo knows one for that; here every migration is one transaction all the same."""
    script = "-- transactional: false\nCREATE TABLE more (a INTEGER); INSERT INTO nowhere VALUES (1)"
    folder_with(folder, m0002_loose=script)
    before = state_of(file)

    with pytest.raises(MigrationFailed, match=r"0002.loose"):
        Migrator(file, folder).up()

    assert state_of(file) == before


def test_a_trigger_with_statements_and_cases_is_one_statement(file: Path, folder: Path) -> None:
    """Scripts are cut where SQLite says that a statement ends."""
    trigger = (
        "CREATE TRIGGER busy AFTER INSERT ON cities WHEN CASE new.size WHEN 1 THEN 0 ELSE 1 END BEGIN"
        " UPDATE nations SET title = CASE WHEN people > 1 THEN 'a;b' ELSE title END WHERE id = new.nation;"
        " DELETE FROM notes WHERE body IS 'END;'; END;"
    )
    folder_with(folder, m0002_trigger=f"{trigger} CREATE INDEX idx_size ON cities (size) -- last")

    assert Migrator(file, folder).up() == ("0002.trigger",)
    assert SchemaValidator(folder).inspect_file(file).clean


def test_what_yoyo_keeps_is_as_yoyo_writes_it(file: Path, folder: Path) -> None:
    """Its own tool reads the same file: hash and id of each migration, times, and nobody's name."""
    digest = hashlib.sha256(b"0001.sample").hexdigest()
    marks = read(
        file, "SELECT migration_hash, migration_id, datetime(applied_at_utc) > '2020' FROM _yoyo_migration"
    )
    logged = read(file, "SELECT migration_id, operation, username, hostname FROM _yoyo_log")

    assert marks == [(digest, "0001.sample", 1)]
    assert logged == [("0001.sample", "apply", "", "")]
