"""Quarantine of single rows: what breaks a rule is moved to a table of its own, with the reason.

Nothing is dropped: ``quarantined_rows`` keeps each row as it was, and the audit log says so. Where an
invariant says what is right, the row is put right and stays, and only its copy is kept.
"""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from modelus_bot.database.core.context import Context
from modelus_bot.database.core.invariant import Invariant
from modelus_bot.database.core.operation import Priority, Write, query
from modelus_bot.database.core.result_codes import from_sqlite
from modelus_bot.database.core.transaction import ReadTransaction, Transaction
from modelus_bot.database.engine import GroupMember, GroupWriter
from modelus_bot.database.integrity.quarantine_rows import Mover
from modelus_bot.database.integrity.report import BrokenRow
from modelus_bot.database.schema import SchemaValidator

__all__ = ["QuarantineReport", "QuarantineRows", "QuarantinedRow", "quarantine_file", "quarantined"]

TOLD = 50
"""How many rows a report names."""

_NEWEST = """
SELECT id, table_name, record_id, row, reason, found_at FROM quarantined_rows
WHERE id < ? ORDER BY id DESC LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class QuarantineReport:
    """What was done: ``rows`` names the first 50 that were moved or put right, ``left`` what was not.

    ``more`` says that the limit was reached: do it again.
    """

    moved: int
    corrected: int
    rows: tuple[BrokenRow, ...]
    left: tuple[BrokenRow, ...]
    more: bool = False

    def __str__(self) -> str:
        """A sentence for administrators."""
        done = (
            f"{self.moved} broken rows were moved to the quarantine table, {self.corrected} were put right."
        )
        kept = f" {len(self.left)} break a rule and were left where they are." if self.left else ""
        return done + kept


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A row as it was, in JSON; ``found_at`` is UTC seconds."""

    id: int
    table: str
    record_id: str
    row: str
    reason: str
    found_at: int


class QuarantineRows(Write[QuarantineReport]):
    """Move rows that break a rule of the schema or an invariant out of the way, or put them right.

    Looks for them itself, in ``tables`` or in all, so that a report need not be recent. Rows that
    refer to a moved row go with it. The audit log is never touched: its broken entries are told in
    ``left``. At most about ``limit`` rows at once, because nobody else can write meanwhile.
    """

    invariants: tuple[Invariant, ...] = ()
    tables: tuple[str, ...] | None = None
    limit: Annotated[int, Field(ge=1, le=100_000)] = 500

    priority = Priority.LOW

    def apply(self, tx: Transaction) -> QuarantineReport:
        """Find, put right, move, until nothing is left that can be."""
        tables = None if self.tables is None else frozenset(self.tables)
        mover = Mover(tx, SchemaValidator().expected, self.invariants, tables, self.limit)
        mover.run()
        return QuarantineReport(
            mover.moved, mover.corrected, tuple(mover.done[:TOLD]), mover.left[:TOLD], mover.more
        )


@query
def quarantined(
    tx: ReadTransaction, limit: int = 20, before_id: int = 2**63 - 1
) -> tuple[QuarantinedRow, ...]:
    """Return quarantined rows, newest first."""
    return tuple(QuarantinedRow(*row) for row in tx.fetch_all(_NEWEST, (before_id, limit)))


def quarantine_file(path: Path, *, invariants: Sequence[Invariant] = ()) -> QuarantineReport:
    """Do the same to a file that nobody has open, as the bot itself; raises ``DatabaseError``."""
    try:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=5.0)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys=ON").close()
            return _in_one_go(connection, QuarantineRows(invariants=tuple(invariants), limit=100_000))
    except sqlite3.Error as error:
        raise from_sqlite(error) from error


def _in_one_go(connection: sqlite3.Connection, write: QuarantineRows) -> QuarantineReport:
    context = Context(request_id=f"quarantine-{secrets.token_hex(8)}", reason="integrity check")
    (outcome,) = GroupWriter().commit(connection, [GroupMember(write, context)], 1)
    if outcome.error is not None:
        raise outcome.error
    report: QuarantineReport = outcome.value
    return report
