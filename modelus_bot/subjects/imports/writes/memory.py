"""Which row of a source became which row here, kept in the audit log: it is never forgotten nor changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from modelus_bot.database import Transaction
from modelus_bot.subjects.imports.model.outcome import RowFate, TakenRow
from modelus_bot.subjects.people.model import ERASED_NAME
from modelus_bot.subjects.people.queries import member
from modelus_bot.subjects.people.writes import ensure_known

__all__ = ["LeftOut", "Remembered", "SourceMemory", "ensure_not_erased"]

Row = TypeVar("Row", bound=TakenRow)
UNCHANGED = RowFate("unchanged")
_FIND = """
SELECT new_values FROM audit_logs WHERE table_name = ? AND record_id = ? ORDER BY id DESC LIMIT 1
"""
_BECAME = """
SELECT record_id FROM audit_logs WHERE table_name = ? AND json_extract(new_values, '$.id') = ? LIMIT 1
"""


class LeftOut(Exception):
    """A row that is not taken in now; the text says why."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a row of the source became: its number here, and when it was made there."""

    id: int
    created_at: int | None


@dataclass(frozen=True, slots=True)
class SourceMemory:
    """What is known of the rows of one source; ``system`` stands before the names of its tables."""

    system: str

    def found(self, tx: Transaction, table: str, number: str) -> Remembered | None:
        """Return what a row of the source became, if it was ever taken in."""
        found = tx.fetch_value(_FIND, (self._name(table), number))
        if found is None:
            return None
        values = json.loads(found)
        return Remembered(int(values["id"]), values["created_at"])

    def became(self, tx: Transaction, table: str, record_id: int) -> str | None:
        """Return the source's number of a row that became ``record_id``, if any did."""
        found: str | None = tx.fetch_value(_BECAME, (self._name(table), record_id))
        return found

    def note(self, tx: Transaction, row: TakenRow, record_id: int) -> None:
        """Note in the audit log what a row of the source became."""
        told = {"id": record_id, "created_at": row.created_at}
        tx.audit(self._name(row.table), row.number, "COMMAND", new=told)

    def take_once(self, tx: Transaction, row: Row, take: Callable[[Transaction, Row], RowFate]) -> RowFate:
        """Take a row in unless that was done before, and say what became of it."""
        before = self.found(tx, row.table, row.number)
        if before is not None and before.created_at == row.created_at:
            return UNCHANGED
        if before is not None:
            why = "another row with its id, made at another time, was taken in before"
            return RowFate("left_out", (f"{why}; is this another team's file, or another --zone?",))
        try:
            return take(tx, row)
        except LeftOut as why_not:
            return RowFate("left_out", (str(why_not),))

    def _name(self, table: str) -> str:
        return f"{self.system}.{table}"


def ensure_not_erased(tx: Transaction, account: int, what: str, number: str) -> None:
    """Enter somebody who is not known yet; raises ``LeftOut`` for who was erased here."""
    found = member(tx, account)
    if found is None:
        ensure_known(tx, account)
    elif found.username == ERASED_NAME and not found.is_active:
        raise LeftOut(f"the data of {what} was erased here: user {number}")
