"""Blanking what is kept of a person, subject by subject as each declares it."""

from __future__ import annotations

from typing import Any

from modelus_bot.database import Row, Transaction, Write
from modelus_bot.domain.fields import Snowflake
from modelus_bot.domain.permissions import require_admin
from modelus_bot.domain.personal_data import PersonalRows
from modelus_bot.domain.refusals import NotFound
from modelus_bot.domain.subject import declared
from modelus_bot.subjects.members.model import Erased
from modelus_bot.subjects.members.writes.members import set_active
from modelus_bot.subjects.people.queries import member

__all__ = ["EraseMember"]


class EraseMember(Write[Erased]):
    """Blank name, inbox and whatever else is a person's own; their number stays where others need it.

    Everybody may do it to themselves, administrators to anybody. The audit log gets an entry for each row,
    without what stood there.
    """

    discord_id: Snowflake
    expected: str | None = None

    def apply(self, tx: Transaction) -> Erased:
        """Take them out of everything, then blank row by row."""
        if tx.context.actor != self.discord_id:
            require_admin(tx)
        before = member(tx, self.discord_id)
        if before is None:
            raise NotFound("Nothing is stored about this person.", rule="member.unknown")
        gone = set_active(tx, before, False, self.expected) if before.is_active else None
        rows = {item.table: _erase(tx, item, self.discord_id) for item in declared().personal if item.erased}
        return Erased(
            self.discord_id,
            {table: count for table, count in rows.items() if count},
            gone.moves if gone is not None else (),
            gone.digest if gone is not None else "",
        )


def _erase(tx: Transaction, rows: PersonalRows, person: int) -> int:
    """Run a table's statements and return how many rows they blanked."""
    changed = 0
    for statement in rows.erased:
        found = tx.fetch_all(statement, {"id": person, "at": tx.context.at})
        for row in found:
            tx.audit(rows.table, row[0], "UPDATE" if len(row) > 1 else "DELETE", new=_set_to(row))
        changed += len(found)
    return changed


def _set_to(row: Row) -> dict[str, Any] | None:
    """Return the columns that a statement says it has set, after the record's id; None for a deleted row."""
    return dict(zip(row.keys()[1:], tuple(row)[1:], strict=True)) or None
