"""Which row of the source became which row here, kept in the audit log: it is never forgotten nor changed."""

from __future__ import annotations

import json
from dataclasses import dataclass

from modelus_bot.database import Transaction
from modelus_bot.subjects.people.model import ERASED_NAME
from modelus_bot.subjects.people.queries import member
from modelus_bot.subjects.people.writes import ensure_known
from modelus_bot.subjects.staff_import.model.rows import PersonRef, ScrumRow
from modelus_bot.subjects.staff_import.model.source import TableName

__all__ = ["LeftOut", "Remembered", "account_of", "remember", "remembered"]

_FIND = """
SELECT new_values FROM audit_logs WHERE table_name = ? AND record_id = ? ORDER BY id DESC LIMIT 1
"""


class LeftOut(Exception):
    """A row that is not taken in now; the text says why."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a row of the source became: its number here, and when it was made there."""

    id: int
    created_at: int | None


def remembered(tx: Transaction, table: TableName, number: str) -> Remembered | None:
    """Return what a row of the source became, if it was ever taken in."""
    found = tx.fetch_value(_FIND, (_name(table), number))
    if found is None:
        return None
    values = json.loads(found)
    return Remembered(int(values["id"]), values["created_at"])


def remember(tx: Transaction, row: ScrumRow, record_id: int) -> None:
    """Note in the audit log what a row of the source became."""
    told = {"id": record_id, "created_at": row.created_at}
    tx.audit(_name(row.table), row.number, "COMMAND", new=told)


def account_of(tx: Transaction, who: PersonRef, what: str) -> int:
    """Return somebody's Discord account; raises ``LeftOut`` without one, and for who was erased."""
    before = remembered(tx, "users", who.number)
    account = before.id if before is not None else who.account
    if account is None:
        raise LeftOut(f"{what} has no Discord account yet: user {who.number}")
    found = member(tx, account)
    if found is None:
        ensure_known(tx, account)
    elif found.username == ERASED_NAME and not found.is_active:
        raise LeftOut(f"the data of {what} was erased here: user {who.number}")
    return account


def _name(table: TableName) -> str:
    return f"scrum.{table}"
