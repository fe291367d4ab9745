"""Reads rows of another program's database: in a child, for reading alone, as much as its size justifies.

Whatever is in such a file was made by somebody else: only plain tables are read, of them only columns that
were asked for, and every value is one that JSON has.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from modelus_bot.database.core.names import quoted
from modelus_bot.database.integrity.budget import Budget, LookAllowance
from modelus_bot.database.integrity.opening import Meaning, meaning_of, opened, with_any_text
from modelus_bot.database.integrity.recognition import Nature, Recognised, failed_look, recognise

if TYPE_CHECKING:
    from modelus_bot.database.core.child_process import Report

__all__ = ["ForeignDatabase", "ForeignTable", "foreign_rows_job"]

Value = int | float | str | None

SECONDS = 600.0
LONGEST_TEXT = 20_000
"""Characters of a text that are read; what follows is left where it is."""
PORTION = 500_000
"""Characters after which rows are handed on."""
MOST_CHARACTERS = 200_000_000
MOST_TABLES = 500
READABLE = {Nature.FOREIGN, Nature.UNRECORDED}
"""What is not the bot's own, though it may have tables of the same names."""
_TABLES = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' ORDER BY name LIMIT ?"
_COLUMNS = "SELECT name FROM pragma_table_xinfo(?)"
_UNIQUE = """
SELECT i.name FROM pragma_index_list(?) AS l, pragma_index_info(l.name) AS i
WHERE l."unique" = 1 AND (SELECT count(*) FROM pragma_index_info(l.name)) = 1
"""


@dataclass(slots=True)
class ForeignTable:
    """A table: all its columns, how many rows it has, and those of its rows that were asked for.

    ``unique`` are the columns that no two rows may share.
    """

    columns: tuple[str, ...]
    count: int
    unique: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    """The columns of ``rows``."""
    rows: list[tuple[Value, ...]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ForeignDatabase:
    """What a file is, and the tables it has if that is another program's database; names in small letters."""

    found: Recognised
    tables: Mapping[str, ForeignTable] = field(default_factory=dict)

    @property
    def readable(self) -> bool:
        """Whether it was read to its end."""
        return self.found.nature in READABLE

    @classmethod
    async def read(
        cls, path: Path, wanted: Mapping[str, Sequence[str]], budget: Budget | None = None
    ) -> Self:
        """Return every table of another program's database, with the rows of those that are ``wanted``.

        Never changes it. Raises ``ChildFailed``.
        """
        rows: dict[str, list[tuple[Value, ...]]] = {}

        def take(body: dict[str, Any]) -> None:
            rows.setdefault(body["table"], []).extend(map(tuple, body["rows"]))

        task = {"path": str(path), "wanted": {name: list(columns) for name, columns in wanted.items()}}
        child = (budget or Budget()).child
        answer = await child("foreign_rows", task, seconds=SECONDS + 10, on_progress=take)
        tables = {
            name: ForeignTable(
                tuple(found["columns"]), found["count"], tuple(found["unique"]), tuple(found["read"]),
                rows.get(name, []),
            )
            for name, found in answer["tables"].items()
        }  # fmt: skip
        return cls(Recognised(path, Nature(answer["nature"]), answer["detail"]), tables)


def foreign_rows_job(task: dict[str, Any], report: Report) -> dict[str, Any]:
    """The child's side of ``ForeignDatabase.read``: rows as progress, the tables' shape as its answer."""
    path, budget = Path(task["path"]), Budget(task.get("spare"))
    found, tables = recognise(path, budget), {}
    if found.nature in READABLE:
        files = (path, path.with_name(path.name + "-wal"))
        with budget.look(files, SECONDS) as allowance:
            try:
                tables = _read(path, allowance, task["wanted"], report)
            except sqlite3.Error as error:
                found, tables = _failed(path, error), {}
    return {"nature": found.nature, "detail": found.detail, "tables": tables} | budget.left


def _failed(path: Path, error: sqlite3.Error) -> Recognised:
    if meaning_of(error) is Meaning.OUT_OF_TIME:
        detail = "it keeps whoever reads it busier than its size justifies."
        return Recognised(path, Nature.UNREADABLE, detail)
    return failed_look(path, error)


def _read(
    path: Path, allowance: LookAllowance, wanted: Mapping[str, Sequence[str]], report: Report
) -> dict[str, Any]:
    """Read everything as it is at one moment."""
    with (
        opened(path, finished=False, allowance=allowance) as connection,
        with_any_text(connection),
    ):
        connection.execute("BEGIN")
        names = [name for (name,) in connection.execute(_TABLES, (MOST_TABLES + 1,))]
        if len(names) > MOST_TABLES:
            raise sqlite3.DataError(f"it has more than {MOST_TABLES} tables")
        own = [name for name in names if not name.lower().startswith("sqlite_")]
        return {name.lower(): _table(connection, name, wanted.get(name.lower(), ()), report) for name in own}


def _table(
    connection: sqlite3.Connection, name: str, wanted: Sequence[str], report: Report
) -> dict[str, Any]:
    columns = [column for (column,) in connection.execute(_COLUMNS, (name,))]
    unique = [column for (column,) in connection.execute(_UNIQUE, (name,)) if column is not None]
    read = [column for column in columns if column.lower() in wanted]
    if read:
        for rows in _portions(connection, name, read):
            report({"table": name.lower(), "rows": rows})
    count = connection.execute(" ".join(("SELECT count(*) FROM", quoted(name)))).fetchone()[0]
    lower = {"columns": columns, "unique": unique, "read": read}
    return {"count": count} | {key: [item.lower() for item in found] for key, found in lower.items()}


def _portions(connection: sqlite3.Connection, name: str, read: Sequence[str]) -> Iterator[list[list[Value]]]:
    taken: list[list[Value]] = []
    characters = total = 0
    cells = ", ".join(
        f"CASE WHEN typeof({cell}) IN ('text', 'blob') THEN substr({cell}, 1, ?1) ELSE {cell} END"
        for cell in map(quoted, read)
    )
    statement = " ".join(("SELECT", cells, "FROM", quoted(name), "NOT INDEXED"))
    for row in connection.execute(statement, (LONGEST_TEXT + 1,)):
        taken.append([_value(value) for value in row])
        characters += 10 + sum(len(value) for value in row if isinstance(value, str | bytes))
        if characters > PORTION:
            total += characters
            if total > MOST_CHARACTERS:
                raise sqlite3.DataError(f"{name} holds more text than anybody wrote")
            yield taken
            taken, characters = [], 0
    yield taken


def _value(value: Any) -> Value:
    """Return bytes as text, in which what is no UTF-8 stands as lone surrogates."""
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
