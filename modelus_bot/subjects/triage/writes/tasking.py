"""Making a task of an item: the work that it asks for, which goes on when the item is closed."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import Snowflake
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.assignments.queries import calendar_of
from modelus_bot.subjects.tasks.model import TaskChange
from modelus_bot.subjects.tasks.writes.editing import AddTask
from modelus_bot.subjects.triage.writes.changes import raw_name, remark, require_step
from modelus_bot.subjects.triage.writes.reports import TITLE_LIMIT

__all__ = ["MakeTask"]


class MakeTask(Write[TaskChange]):
    """Make a task of an item, once; if nothing else is said, it has its title and is open to its duty."""

    item_id: int
    end: date
    title: Annotated[str, Field(min_length=1, max_length=TITLE_LIMIT)] | None = None
    member_id: Snowflake | None = None

    def apply(self, tx: Transaction) -> TaskChange:
        """Add it, and note that in the item."""
        actor, found = require_step(tx, self.item_id, "made a task of")
        if found.task_id is not None:
            raise InvalidInput(
                f"Item {found.id} has a task already: number {found.task_id}. `/task show` shows it.",
                rule="triage.has_task",
            )
        add = AddTask(
            title=self.title or found.title,
            start=calendar_of(tx.context).day_of(tx.context.at),
            end=self.end,
            user_id=self.member_id,
            discipline=found.discipline if self.member_id is None else None,
            triage_id=found.id,
        )
        change = add.apply(tx)
        made = change.after
        remark(tx, found, f"Task {made.id} was made of it by {raw_name(tx, actor)}: {made.title}")
        return change
