"""Choosing which discipline gets which category of reports."""

from __future__ import annotations

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import DisciplineKey
from modelus_bot.domain.permissions import require_manager
from modelus_bot.subjects.disciplines.queries import require_discipline
from modelus_bot.subjects.triage.model import Category
from modelus_bot.subjects.triage.queries.routing import discipline_for

__all__ = ["SetRoute"]

_SET = """
INSERT INTO triage_routes(category, discipline, updated_at) VALUES(?, ?, ?)
ON CONFLICT(category) DO UPDATE SET discipline = excluded.discipline, updated_at = excluded.updated_at
"""


class SetRoute(Write[str | None]):
    """Let a discipline get a category from now on, and return which one did; open items stay as they are."""

    category: Category
    discipline: DisciplineKey

    def apply(self, tx: Transaction) -> str | None:
        """Store it."""
        require_manager(tx)
        require_discipline(tx, self.discipline)
        before = discipline_for(tx, self.category)
        if before != self.discipline:
            tx.execute(_SET, (self.category, self.discipline, tx.context.at))
            old, new = {"discipline": before}, {"discipline": self.discipline}
            tx.audit("triage_routes", self.category, "UPDATE", old=old, new=new)
        return before
