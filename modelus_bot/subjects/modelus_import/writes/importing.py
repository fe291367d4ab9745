"""The write that takes some rows in: those that were taken in before stay as they are."""

from __future__ import annotations

from functools import partial
from typing import Annotated, ClassVar

from pydantic import Field

from modelus_bot.database import Priority, Transaction, Write
from modelus_bot.domain.fields import Snowflake
from modelus_bot.domain.permissions import require_admin
from modelus_bot.subjects.imports.model.outcome import RowFate
from modelus_bot.subjects.imports.rules.portions import BATCH
from modelus_bot.subjects.modelus_import.model.rows import (
    AllianceRow,
    BlocMemberRow,
    BlocRow,
    FormerNameRow,
    LawRow,
    LawTagRow,
    LeaderRow,
    ModelusRow,
    NationRow,
    TagRow,
)
from modelus_bot.subjects.modelus_import.writes.diplomacy import take_diplomacy
from modelus_bot.subjects.modelus_import.writes.laws import take_law, take_law_tag, take_tag
from modelus_bot.subjects.modelus_import.writes.memory import MEMORY
from modelus_bot.subjects.modelus_import.writes.nations import take_former_name, take_leader, take_nation
from modelus_bot.subjects.modelus_import.writes.wars import take_war
from modelus_bot.subjects.nations.queries.lookup import names_now

__all__ = ["ImportModelusRows"]


class ImportModelusRows(Write[tuple[RowFate, ...]]):
    """Take rows of the original bot's tables in, and say of each, in their order, what became of it.

    A row that was taken in once is not taken in again, whatever became of it here. ``author`` counts as who
    wrote the laws that name nobody.
    """

    confidential: ClassVar[bool] = True
    rows: Annotated[tuple[ModelusRow, ...], Field(min_length=1, max_length=BATCH)]
    author: Snowflake | None = None

    priority = Priority.LOW

    def apply(self, tx: Transaction) -> tuple[RowFate, ...]:
        """Take in one after another; they give offices and make laws, so administrators alone may."""
        require_admin(tx)
        nations = any(isinstance(row, NationRow) for row in self.rows)
        take = partial(self._added, taken=names_now(tx) if nations else set())
        return tuple(MEMORY.take_once(tx, row, take) for row in self.rows)

    def _added(self, tx: Transaction, row: ModelusRow, *, taken: set[str]) -> RowFate:
        match row:
            case NationRow():
                return take_nation(tx, row, taken)
            case FormerNameRow():
                return take_former_name(tx, row)
            case LeaderRow():
                return take_leader(tx, row)
            case TagRow():
                return take_tag(tx, row)
            case LawRow():
                return take_law(tx, row, self.author)
            case LawTagRow():
                return take_law_tag(tx, row)
            case AllianceRow() | BlocRow() | BlocMemberRow():
                return take_diplomacy(tx, row)
            case _:
                return take_war(tx, row)
