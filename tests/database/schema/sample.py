"""A schema that uses everything a schema can say, as the one migration of a folder, and files made of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from modelus_bot.database.schema.migrations import Migrator

NAME = "0001.sample"
SQL = """
CREATE TABLE nations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL COLLATE NOCASE,
    title TEXT NOT NULL DEFAULT 'new',
    motto TEXT,
    area REAL NOT NULL CONSTRAINT area_range CHECK (area >= 0),
    people INTEGER NOT NULL DEFAULT 0,
    density REAL GENERATED ALWAYS AS (people / area) STORED,
    CONSTRAINT code_unique UNIQUE (code),
    CONSTRAINT code_length CHECK (length(code) BETWEEN 2 AND 3),
    CHECK (people < 1000000000)
) STRICT;
CREATE TABLE cities (
    nation INTEGER NOT NULL REFERENCES nations (id) ON UPDATE CASCADE ON DELETE RESTRICT,
    name TEXT NOT NULL,
    twin_nation INTEGER,
    twin_name TEXT,
    size INTEGER NOT NULL,
    PRIMARY KEY (nation, name),
    UNIQUE (name, size) ON CONFLICT IGNORE,
    FOREIGN KEY (twin_nation, twin_name) REFERENCES cities (nation, name) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;
CREATE TABLE notes (body TEXT);
CREATE INDEX idx_people ON nations (people DESC, title) WHERE people > 10;
CREATE UNIQUE INDEX idx_title ON nations (title COLLATE NOCASE);
CREATE INDEX idx_lower ON nations (lower(motto));
CREATE VIEW large AS SELECT id, title FROM nations WHERE people > 1000;
CREATE TRIGGER keep_notes BEFORE DELETE ON notes WHEN old.body IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'notes are kept');
END;
CREATE TRIGGER rename_large INSTEAD OF UPDATE ON large
BEGIN
    UPDATE nations SET title = new.title WHERE id = old.id;
END;
"""
ROLLBACK = "DROP VIEW large; DROP TABLE notes; DROP TABLE cities; DROP TABLE nations;"
ROWS = """
INSERT INTO nations (code, title, area, people) VALUES ('aa', 'Arbor', 10, 5000), ('bb', 'Borea', 20, 7);
INSERT INTO cities VALUES (1, 'Elm', 2, 'Fir', 5), (2, 'Fir', 1, 'Elm', 6);
INSERT INTO notes VALUES ('kept'), (NULL);
"""


def folder_with(folder: Path, **scripts: str) -> Path:
    """Write migrations, each given as ``m0001_name="SQL -- down rollback SQL"``."""
    folder.mkdir(parents=True, exist_ok=True)
    for key, text in scripts.items():
        number, _, name = key.removeprefix("m").partition("_")
        up, _, down = text.partition("-- down")
        (folder / f"{number}.{name}.sql").write_text(up)
        (folder / f"{number}.{name}.rollback.sql").write_text(down)
    return folder


def sample_folder(folder: Path) -> Path:
    """Write the sample schema as the only migration of ``folder``."""
    return folder_with(folder, m0001_sample=f"{SQL}-- down\n{ROLLBACK}")


def sample_file(path: Path, folder: Path) -> Path:
    """Make a file of the sample schema with rows in every table."""
    Migrator(path, folder).up()
    run(path, ROWS)
    return path


def run(path: Path, script: str) -> None:
    """Do something by hand to a file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(script)


def read(path: Path, sql: str) -> list[tuple[object, ...]]:
    """Return what a statement finds in a file."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of every table but those of the migrations themselves."""
    names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%yoyo%' ORDER BY name"
    with closing(sqlite3.connect(path)) as connection:
        tables = [str(row[0]) for row in connection.execute(names)]
        return {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            for name in tables
        }


def state_of(path: Path) -> tuple[object, ...]:
    """Everything a file says: schema, rows, and which migrations it has."""
    schema = read(path, "SELECT type, name, sql FROM sqlite_master WHERE name <> 'yoyo_lock' ORDER BY 1, 2")
    return schema, contents(path), read(path, "SELECT * FROM _yoyo_migration")
