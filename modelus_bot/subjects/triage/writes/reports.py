"""Reporting something to the staff: the report is a row at once, and whoever has the duty is told."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import MemberName, Snowflake
from modelus_bot.domain.permissions import is_staff, require_actor
from modelus_bot.domain.refusals import InvalidInput, NotAllowed
from modelus_bot.runtime.tunables import Tunable
from modelus_bot.subjects.assignments.queries import calendar_of
from modelus_bot.subjects.disciplines.queries import discipline_label
from modelus_bot.subjects.people.queries import member
from modelus_bot.subjects.people.writes import ensure_known, ensure_member
from modelus_bot.subjects.triage.model import Category, TriageItem
from modelus_bot.subjects.triage.queries.items import require_item
from modelus_bot.subjects.triage.queries.routing import discipline_for, holder_now, managers
from modelus_bot.subjects.triage.rules import deadline
from modelus_bot.subjects.triage.writes.changes import TABLE, name_in, relayed, tell, title_of
from modelus_bot.text.escaping import plain

__all__ = ["DESCRIPTION_LIMIT", "TITLE_LIMIT", "ReportItem", "open_item"]

TITLE_LIMIT, DESCRIPTION_LIMIT = 200, 4000
MOST_OPEN = Tunable(25)
"""How many reports of one person may be open; a flood of them would bury the others."""

_NEW = """
INSERT INTO triage_items(
    reporter_id, title, description, category, discipline, assigned_to, by_duty, respond_by, created_at,
    updated_at
)
VALUES(:reporter, :title, :description, :category, :discipline, :holder, 1, :respond_by, :now, :now)
"""
_OPEN = """
SELECT count(*) FROM triage_items WHERE reporter_id = ? AND status IN ('pending', 'in_review')
"""


class ReportItem(Write[TriageItem]):
    """Report something; staff may report for somebody else. ``name`` is what Discord calls the reporter."""

    title: Annotated[str, Field(min_length=1, max_length=TITLE_LIMIT)]
    description: Annotated[str, Field(min_length=1, max_length=DESCRIPTION_LIMIT)]
    category: Category = "issue"
    on_behalf: Snowflake | None = None
    name: MemberName | None = None

    deferrable = True
    saved_as = "triage.ReportItem"

    def apply(self, tx: Transaction) -> TriageItem:
        """Insert it, and tell whoever has the duty of its category."""
        actor = require_actor(tx)
        reporter = self.on_behalf if self.on_behalf is not None else actor
        if reporter != actor and not is_staff(tx):
            raise NotAllowed(
                "Only staff can report for somebody else. Leave that out to report yourself.",
                rule="triage.on_behalf",
            )
        if self.name is not None and member(tx, reporter) is None:
            ensure_member(tx, reporter, self.name)
        ensure_known(tx, reporter)
        ensure_known(tx, actor)
        _require_room(tx, reporter)
        found = open_item(tx, reporter, self.title, self.description, self.category)
        if reporter != actor:
            text = f"{name_in(tx, actor)} reported it for you. You are told here what becomes of it."
            tell(tx, found, reporter, f"Report {title_of(found)}", text, key="reported")
        return found


def open_item(tx: Transaction, reporter: int, title: str, description: str, category: Category) -> TriageItem:
    """Insert an item of somebody who is known, and tell whoever has the duty of its category."""
    discipline = discipline_for(tx, category)
    holder = holder_now(tx, discipline, tx.context.at, calendar_of(tx.context))
    values = {
        "reporter": reporter,
        "title": title,
        "description": description,
        "category": category,
        "discipline": discipline,
        "holder": holder,
        "respond_by": deadline(tx.context.at, "medium"),
        "now": tx.context.at,
    }
    number = tx.insert(_NEW, values)
    told = {name: values[name] for name in ("title", "category", "discipline")}
    tx.audit(TABLE, number, "INSERT", new=told | {"assigned_to": holder, "reporter_id": reporter})
    found = require_item(tx, number)
    _tell_staff(tx, found)
    return found


def _require_room(tx: Transaction, reporter: int) -> None:
    if tx.fetch_value(_OPEN, (reporter,)) >= MOST_OPEN.value:
        raise InvalidInput(
            f"{MOST_OPEN.value} reports are open already, which is the most that one person can have."
            " Wait for an answer to one of them, or answer there. `/triage show` lists yours.",
            rule="triage.too_many",
        )


def _tell_staff(tx: Transaction, found: TriageItem) -> None:
    """Tell the holder, or, where nobody has the duty, the managers."""
    text = f"From {name_in(tx, found.reporter_id)}:\n{relayed(found, found.description)}"
    title = f"New report {title_of(found)}"
    if found.assigned_to is not None:
        ends = f"\nSomebody has to answer by <t:{found.respond_by}:f> (<t:{found.respond_by}:R>)."
        tell(tx, found, found.assigned_to, title, text + ends, key="new")
        return
    duty = plain(discipline_label(tx, found.discipline)) if found.discipline is not None else "this"
    for person in managers(tx):
        text_for = f"Nobody is on duty for {duty}, so it waits for anybody to claim it.\n{text}"
        tell(tx, found, person, title, text_for, key="new")
