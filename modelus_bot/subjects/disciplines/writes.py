"""Entering the disciplines, and the Discord role that follows whoever is on duty."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import DisciplineKey, Snowflake
from modelus_bot.domain.permissions import require_admin
from modelus_bot.subjects.disciplines.model import Discipline, DisciplineSpec
from modelus_bot.subjects.disciplines.queries import require_discipline

__all__ = ["EnsureDisciplines", "SetDisciplineRole"]


class EnsureDisciplines(Write[int]):
    """Create disciplines that are missing, and leave existing ones alone; returns how many were created."""

    disciplines: Annotated[tuple[DisciplineSpec, ...], Field(max_length=50)]

    def apply(self, tx: Transaction) -> int:
        """Insert what is missing."""
        created = 0
        for spec in self.disciplines:
            added = tx.execute(
                "INSERT INTO disciplines(key, label, scheduler) VALUES(?, ?, ?) ON CONFLICT(key) DO NOTHING",
                (spec.key, spec.label, spec.scheduler),
            )
            if added:
                created += 1
                tx.audit("disciplines", spec.key, "INSERT", new=spec.model_dump())
        return created


class SetDisciplineRole(Write[Discipline]):
    """Let a Discord role follow whoever is on duty in a discipline; None: no role does."""

    discipline: DisciplineKey
    role_id: Snowflake | None = None

    def apply(self, tx: Transaction) -> Discipline:
        """Store the role; the same one again changes nothing."""
        require_admin(tx)
        before = require_discipline(tx, self.discipline)
        if before.role_id == self.role_id:
            return before
        tx.execute("UPDATE disciplines SET role_id = ? WHERE key = ?", (self.role_id, before.key))
        tx.audit(
            "disciplines",
            before.key,
            "UPDATE",
            old={"role_id": before.role_id},
            new={"role_id": self.role_id},
        )
        return require_discipline(tx, self.discipline)
