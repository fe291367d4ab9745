"""Takes people in: who is known here stays as they are, but for a role that they did not have."""

from __future__ import annotations

from modelus_bot.database import Transaction
from modelus_bot.subjects.imports.model.outcome import RowFate
from modelus_bot.subjects.imports.writes.memory import LeftOut
from modelus_bot.subjects.people.model import Member
from modelus_bot.subjects.people.queries import member
from modelus_bot.subjects.staff_import.model.rows import PersonRow
from modelus_bot.subjects.staff_import.writes.memory import MEMORY

__all__ = ["take_person"]

_ADD = """
INSERT INTO users(discord_id, username, role, is_active, created_at, updated_at) VALUES(?, ?, ?, ?, ?, ?)
"""
_ROLE = "UPDATE users SET role = ?, updated_at = ? WHERE discord_id = ? AND role IS NULL"


def take_person(tx: Transaction, row: PersonRow) -> RowFate:
    """Add somebody with their role, or note that they are known; raises ``LeftOut`` without an account."""
    if row.account is None:
        raise LeftOut("nobody has said which Discord account is theirs")
    known = member(tx, row.account)
    MEMORY.note(tx, row, row.account)
    if known is not None:
        return _known(tx, row, known)
    now = tx.context.at
    values = (row.account, row.name, row.role, int(row.active), row.created_at or now, now)
    tx.execute(_ADD, values)
    new = {"username": row.name, "role": row.role, "is_active": row.active}
    tx.audit("users", row.account, "INSERT", new=new)
    return RowFate("added")


def _known(tx: Transaction, row: PersonRow, known: Member) -> RowFate:
    if row.role is None or known.role == row.role:
        return RowFate("unchanged")
    if known.role is not None or not known.is_active:
        stays = known.role or "deactivated"
        return RowFate(
            "unchanged", (f"they are {stays} here and {row.role} in the file; what is here stays",)
        )
    tx.execute(_ROLE, (row.role, tx.context.at, known.discord_id))
    tx.audit("users", known.discord_id, "UPDATE", old={"role": None}, new={"role": row.role})
    return RowFate("updated", (f"they were known here without a role and are {row.role} now",))
