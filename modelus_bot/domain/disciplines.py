"""Disciplines: the duties that are filled anew each sprint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from modelus_bot.database.open_transaction import ReadTransaction, Transaction
from modelus_bot.database.operation import Write, query
from modelus_bot.domain.errors import NotFound
from modelus_bot.domain.permissions import require_admin
from modelus_bot.domain.types import DisciplineKey, Snowflake
from modelus_bot.escaping import plain

__all__ = [
    "DEFAULT_DISCIPLINES",
    "Discipline",
    "DisciplineSpec",
    "EnsureDisciplines",
    "SetDisciplineRole",
    "discipline_label",
    "disciplines",
    "require_discipline",
]


@dataclass(frozen=True, slots=True)
class Discipline:
    """A duty: its key, the name people read, its Discord role, and how its rotation is made."""

    key: str
    label: str
    role_id: int | None
    scheduler: str
    is_active: bool


class DisciplineSpec(BaseModel):
    """A discipline that should exist."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: DisciplineKey
    label: Annotated[str, Field(min_length=1, max_length=60)]
    scheduler: Literal["carry", "modulo"] = "carry"


DEFAULT_DISCIPLINES = (
    DisciplineSpec(key="account", label="Account"),
    DisciplineSpec(key="producer", label="Producer"),
    DisciplineSpec(key="po", label="Product owner"),
    DisciplineSpec(key="ui_eng", label="UI engineer"),
    DisciplineSpec(key="be_eng", label="Backend engineer"),
)

_ORDERED = """
SELECT key, label, role_id, scheduler, is_active FROM disciplines
WHERE is_active = 1 OR ? = 0
ORDER BY CASE key WHEN 'account' THEN 0 WHEN 'producer' THEN 1 WHEN 'po' THEN 2 WHEN 'ui_eng' THEN 3
    WHEN 'be_eng' THEN 4 ELSE 5 END, key
"""


@query(kept=True, hot=True)
def disciplines(tx: ReadTransaction, active_only: bool = True) -> tuple[Discipline, ...]:
    """Return the disciplines in their usual order."""
    rows = tx.fetch_all(_ORDERED, (int(active_only),))
    return tuple(Discipline(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows)


def require_discipline(tx: ReadTransaction, key: str) -> Discipline:
    """Return an active discipline or raise ``NotFound`` with the ones there are."""
    known = disciplines(tx)
    for discipline in known:
        if discipline.key == key:
            return discipline
    names = ", ".join(plain(discipline.label) for discipline in known) or "none yet"
    raise NotFound(
        f"There is no discipline called “{plain(key)}”. There are: {names}.", rule="discipline.unknown"
    )


def discipline_label(tx: ReadTransaction, key: str) -> str:
    """Return what people call a discipline, also one that is no longer used; an unknown key itself."""
    return next((one.label for one in disciplines(tx, active_only=False) if one.key == key), key)


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
