"""What differs between two states of the database, in rows per table."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelus_bot.database.core.child_answer import from_answer, to_answer
from modelus_bot.database.core.names import quoted, with_names
from modelus_bot.database.core.read_only import address_to_read
from modelus_bot.database.integrity import Budget

if TYPE_CHECKING:
    from modelus_bot.database.core.child_process import Report

__all__ = ["TableDifference", "differences", "differences_job"]

_TABLES = (
    "SELECT name FROM pragma_table_list WHERE schema = 'old' AND type = 'table' AND name NOT GLOB 'sqlite_*'"
    " AND name NOT GLOB '_yoyo*' AND name <> 'yoyo_lock' AND name NOT GLOB '_litestream*' ORDER BY name"
)
_MISSING = "SELECT count(*) FROM {here}.{table} a WHERE NOT EXISTS (SELECT 1 FROM {there}.{table} b WHERE "
_NOT_SAME = "SELECT count(*) FROM (SELECT * FROM {here}.{table} EXCEPT SELECT * FROM {there}.{table})"
_COLUMNS = "SELECT name, pk FROM pragma_table_info(?, ?)"
SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDifference:
    """One table: rows that only the present state has, only the other one, and that both have otherwise."""

    table: str
    only_now: int
    only_then: int
    changed: int

    @property
    def any(self) -> bool:
        """Whether the table differs at all."""
        return bool(self.only_now or self.only_then or self.changed)


async def differences(now: Path, then: Path, budget: Budget) -> tuple[TableDifference, ...]:
    """Compare the live file with another database in a child; tables that are equal are left out."""
    result = await budget.child("differences", {"now": str(now), "then": str(then)}, seconds=SECONDS + 10)
    return tuple(from_answer(TableDifference, table) for table in result["tables"])


def differences_job(task: dict[str, Any], report: Report) -> dict[str, Any]:
    """Compare the tables of two files, read-only; the child's side of ``differences``."""
    now, then, budget = Path(task["now"]), Path(task["then"]), Budget(task.get("spare"))
    with (
        budget.look((now, now.with_name(now.name + "-wal"), then), SECONDS) as allowance,
        contextlib.closing(sqlite3.connect(":memory:", uri=True, isolation_level=None)) as connection,
        allowance.ending(connection),
    ):
        connection.execute("ATTACH ? AS new", (address_to_read(now),))
        connection.execute("ATTACH ? AS old", (address_to_read(then),))
        connection.execute("BEGIN")
        tables = [row[0] for row in connection.execute(_TABLES)]
        found = []
        for number, table in enumerate(tables, 1):
            one = _compare(connection, table)
            if one is not None and one.any:
                found.append(to_answer(one))
            report({"done": number, "total": len(tables), "table": table})
    return {"tables": found, **budget.left}


def _compare(connection: sqlite3.Connection, table: str) -> TableDifference | None:
    columns = connection.execute(_COLUMNS, (table, "old")).fetchall()
    if columns != connection.execute(_COLUMNS, (table, "new")).fetchall():
        return None
    key = [quoted(name) for name, position in columns if position] or ["rowid"]
    match = " AND ".join(f"a.{name} IS b.{name}" for name in key)

    def count(here: str, there: str) -> tuple[int, int]:
        """Rows of ``here`` that are missing over there, and that are not the same over there."""
        places = {"here": here, "there": there, "table": table}
        missing = with_names(_MISSING, **places) + f"{match})"
        other = with_names(_NOT_SAME, **places)
        return connection.execute(missing).fetchone()[0], connection.execute(other).fetchone()[0]

    only_now, not_same = count("new", "old")
    only_then, _ = count("old", "new")
    return TableDifference(table=table, only_now=only_now, only_then=only_then, changed=not_same - only_now)
