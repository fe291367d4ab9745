"""Changes of the sample schema, each with the kind of drift it is and a part of what is said of it."""

from __future__ import annotations

from dataclasses import dataclass

from modelus_bot.database.schema.report import Remedy

__all__ = ["CASES", "Case"]

REPAIRED = {
    "index_missing",
    "index_altered",
    "trigger_missing",
    "trigger_altered",
    "view_missing",
    "view_altered",
}
NOTED = {"table_extra", "index_extra", "trigger_extra", "view_extra"}


@dataclass(frozen=True)
class Case:
    """One change: written differently in the migration, or done by hand to a finished file."""

    kind: str
    says: str
    old: str = ""
    new: str = ""
    by_hand: str = ""

    @property
    def remedy(self) -> Remedy:
        """What is to be done about drift of this kind."""
        if self.kind in REPAIRED:
            return Remedy.REPAIR
        return Remedy.NOTE if self.kind in NOTED else Remedy.REFUSE

    def __str__(self) -> str:
        return f"{self.kind}: {self.says}"


WRITTEN = (
    (
        "column_order",
        "size, twin_nation",
        "twin_nation INTEGER,\n    twin_name TEXT,\n    size INTEGER NOT NULL,",
        "size INTEGER NOT NULL, twin_nation INTEGER, twin_name TEXT,",
    ),
    ("column_type", "nations.people has the type TEXT instead of INTEGER", "people INTEGER", "people TEXT"),
    ("column_type", "notes.body has the type none instead of TEXT", "(body TEXT)", "(body)"),
    ("column_type", "nations.area has the type INTEGER", "area REAL", "area INTEGER"),
    ("not_null_missing", "nations.people may be empty", "people INTEGER NOT NULL", "people INTEGER"),
    ("not_null_extra", "notes.body must not be empty", "(body TEXT)", "(body TEXT NOT NULL)"),
    ("column_default", "the default 1 instead of the default 0", "DEFAULT 0", "DEFAULT 1"),
    ("column_default", "no default instead of the default 'new'", " DEFAULT 'new'", ""),
    ("column_default", "the default 'x' instead of no default", "(body TEXT)", "(body TEXT DEFAULT 'x')"),
    ("column_default", "the default 'New'", "'new'", "'New'"),
    ("column_generated", "stored (people * area)", "(people / area)", "(people * area)"),
    ("column_generated", "virtual (people / area)", "STORED", "VIRTUAL"),
    ("column_generated", "holds what was entered", " GENERATED ALWAYS AS (people / area) STORED", ""),
    ("column_collation", "notes.body compares as rtrim", "(body TEXT)", "(body TEXT COLLATE RTRIM)"),
    (
        "primary_key",
        "is name, nation instead of nation, name",
        "PRIMARY KEY (nation, name)",
        "PRIMARY KEY (name, nation), UNIQUE (nation, name)",
    ),
    ("primary_key", "is none instead of id", "INTEGER PRIMARY KEY AUTOINCREMENT", "INTEGER NOT NULL UNIQUE"),
    ("primary_key", "nation desc, name", "PRIMARY KEY (nation, name)", "PRIMARY KEY (nation DESC, name)"),
    ("unique_missing", "allows the same code", "    CONSTRAINT code_unique UNIQUE (code),\n", ""),
    ("unique_extra", "has a UNIQUE on size", "size INTEGER NOT NULL", "size INTEGER NOT NULL UNIQUE"),
    (
        "check_missing",
        "Rule code_length of table nations is missing",
        "    CONSTRAINT code_length CHECK (length(code) BETWEEN 2 AND 3),\n",
        "",
    ),
    (
        "check_missing",
        "A rule of table nations is missing: people < 1000000000",
        ",\n    CHECK (people < 1000000000)",
        "",
    ),
    ("check_extra", "size > 0", "size INTEGER NOT NULL", "size INTEGER NOT NULL CHECK (size > 0)"),
    ("check_altered", "says 'area >= 1' instead of 'area >= 0'", "area >= 0", "area >= 1"),
    ("check_renamed", "Rule area_range of table nations is called surface", "area_range", "surface"),
    (
        "foreign_key_missing",
        "cities (nation) to nations is missing",
        " REFERENCES nations (id) ON UPDATE CASCADE ON DELETE RESTRICT",
        "",
    ),
    (
        "foreign_key_extra",
        "cities (size) to nations was made by no migration",
        "size INTEGER NOT NULL",
        "size INTEGER NOT NULL REFERENCES nations (id)",
    ),
    ("foreign_key_altered", "on delete cascade", "ON DELETE RESTRICT", "ON DELETE CASCADE"),
    ("foreign_key_altered", "on update no action", " ON UPDATE CASCADE", ""),
    ("foreign_key_altered", "leads to notes", "REFERENCES nations (id)", "REFERENCES notes (rowid)"),
    (
        "foreign_key_altered",
        "leads to nations (code)",
        "REFERENCES nations (id)",
        "REFERENCES nations (code)",
    ),
    ("foreign_key_altered", "checked at the end of a transaction", " DEFERRABLE INITIALLY DEFERRED", ""),
    (
        "conflict_missing",
        "unique of name, size in table cities lacks ON CONFLICT IGNORE",
        " ON CONFLICT IGNORE",
        "",
    ),
    (
        "conflict_extra",
        "not null of people in table nations has ON CONFLICT REPLACE",
        "people INTEGER NOT NULL",
        "people INTEGER NOT NULL ON CONFLICT REPLACE",
    ),
    ("strict", "Table cities is not STRICT", ") STRICT, WITHOUT ROWID", ") WITHOUT ROWID"),
    ("strict", "Table notes is wrongly STRICT", "(body TEXT)", "(body TEXT) STRICT"),
    ("without_rowid", "Table cities is not WITHOUT ROWID", ") STRICT, WITHOUT ROWID", ") STRICT"),
    ("autoincrement", "Table nations is not AUTOINCREMENT", " AUTOINCREMENT", ""),
    (
        "index_altered",
        "covers (people, title) instead of (people desc, title)",
        "people DESC, title",
        "people, title",
    ),
    ("index_altered", "covers (title, people desc)", "people DESC, title", "title, people DESC"),
    (
        "index_altered",
        "covers (title) instead of (title collate nocase)",
        "(title COLLATE NOCASE)",
        "(title)",
    ),
    ("index_altered", "covers (upper ( motto ))", "lower(motto)", "upper(motto)"),
    (
        "index_altered",
        "has the condition 'people > 20'",
        "title) WHERE people > 10",
        "title) WHERE people > 20",
    ),
    ("index_altered", "has the condition 'none'", "title) WHERE people > 10", "title)"),
    ("index_altered", "Index idx_title allows duplicates", "CREATE UNIQUE INDEX", "CREATE INDEX"),
    (
        "index_altered",
        "does not allow duplicates",
        "CREATE INDEX idx_people",
        "CREATE UNIQUE INDEX idx_people",
    ),
    (
        "index_altered",
        "belongs to table notes instead of nations",
        "ON nations (lower(motto))",
        "ON notes (lower(body))",
    ),
    ("trigger_altered", "'notes are held'", "notes are kept", "notes are held"),
    ("trigger_altered", "keep_notes after delete", "BEFORE DELETE", "AFTER DELETE"),
    ("trigger_altered", "on notes begin", " WHEN old.body IS NOT NULL", ""),
    ("view_altered", "people > 9", "people > 1000", "people > 9"),
)
"""Kind, what is said, and what is replaced in the text of the migration by what."""

BY_HAND = (
    ("table_missing", "Table notes is missing", "DROP TABLE notes"),
    ("table_extra", "Table diary was made by no migration", "CREATE TABLE diary (a, b)"),
    (
        "table_is_view",
        "notes is a view, but should be a table",
        "DROP TABLE notes; CREATE VIEW notes AS SELECT 'x' AS body",
    ),
    (
        "column_missing",
        "nations lacks the column motto",
        "DROP INDEX idx_lower;ALTER TABLE nations DROP COLUMN motto",
    ),
    ("column_missing", "cities lacks the column size", "ALTER TABLE cities RENAME COLUMN size TO extent"),
    ("column_extra", "cities has a column mayor", "ALTER TABLE cities ADD COLUMN mayor TEXT"),
    (
        "table_virtual",
        "notes is not the virtual table",
        "DROP TABLE notes; CREATE VIRTUAL TABLE notes USING fts5 (body)",
    ),
    ("index_missing", "Index idx_people of table nations is missing", "DROP INDEX idx_people"),
    ("index_extra", "may refuse rows", "CREATE UNIQUE INDEX mine ON cities (size, name)"),
    (
        "name_taken",
        "idx_lower is missing and its name is taken",
        "DROP INDEX idx_lower; CREATE VIEW idx_lower AS SELECT 1",
    ),
    ("trigger_missing", "Trigger keep_notes of table notes is missing", "DROP TRIGGER keep_notes"),
    (
        "trigger_extra",
        "Trigger spy of cities was made by no migration",
        "CREATE TRIGGER spy AFTER INSERT ON cities BEGIN SELECT 1; END",
    ),
    ("view_missing", "View large is missing", "DROP VIEW large"),
    ("view_extra", "View small was made by no migration", "CREATE VIEW small AS SELECT 1"),
    (
        "view_is_table",
        "large is a table, but should be a view",
        "DROP VIEW large; CREATE TABLE large (id INTEGER, title TEXT)",
    ),
)
"""Kind, what is said, and the SQL that does it."""

CASES = (
    *(Case(kind, says, old, new) for kind, says, old, new in WRITTEN),
    *(Case(kind, says, by_hand=sql) for kind, says, sql in BY_HAND),
)
