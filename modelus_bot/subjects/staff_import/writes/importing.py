"""The write that takes some rows in: those that are here already stay as they are."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from modelus_bot.database import Priority, Transaction, Write
from modelus_bot.domain.fields import Snowflake
from modelus_bot.domain.permissions import require_admin
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.imports.model.outcome import RowFate
from modelus_bot.subjects.imports.rules.portions import BATCH
from modelus_bot.subjects.people.writes import ensure_known
from modelus_bot.subjects.staff_import.model.rows import (
    MessageRow,
    NoticeRow,
    PersonRow,
    ScrumRow,
    TaskRow,
)
from modelus_bot.subjects.staff_import.writes.memory import MEMORY
from modelus_bot.subjects.staff_import.writes.messages import take_message
from modelus_bot.subjects.staff_import.writes.notices import take_notice
from modelus_bot.subjects.staff_import.writes.people import take_person
from modelus_bot.subjects.staff_import.writes.reports import take_report
from modelus_bot.subjects.staff_import.writes.tasks import take_task

__all__ = ["ImportScrumRows"]


class ImportScrumRows(Write[tuple[RowFate, ...]]):
    """Take rows of AI Scrum Master's tables in, and say of each, in their order, what became of it.

    A row that was taken in once is not taken in again, whatever became of it here. ``maker`` counts as who
    made the tasks.
    """

    rows: Annotated[tuple[ScrumRow, ...], Field(min_length=1, max_length=BATCH)]
    maker: Snowflake | None = None

    priority = Priority.LOW

    def apply(self, tx: Transaction) -> tuple[RowFate, ...]:
        """Take in one after another; they may give roles, so administrators alone may."""
        require_admin(tx)
        return tuple(MEMORY.take_once(tx, row, self._added) for row in self.rows)

    def _added(self, tx: Transaction, row: ScrumRow) -> RowFate:
        if isinstance(row, PersonRow):
            return take_person(tx, row)
        if isinstance(row, TaskRow):
            return take_task(tx, row, self._maker(tx))
        if isinstance(row, NoticeRow):
            return take_notice(tx, row)
        if isinstance(row, MessageRow):
            return take_message(tx, row)
        return take_report(tx, row)

    def _maker(self, tx: Transaction) -> int:
        if self.maker is None:
            raise InvalidInput("Somebody has to count as who made the tasks.", rule="import.maker")
        ensure_known(tx, self.maker)
        return self.maker
