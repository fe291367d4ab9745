"""Makes rows that can be taken in of what the files say, and says what was mended, or why not. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from modelus_bot.domain.fields import StaffRole
from modelus_bot.subjects.conversations.model import MessageType
from modelus_bot.subjects.imports.model.outcome import Ready, RowFate
from modelus_bot.subjects.imports.rules.cells import Cells, Unusable
from modelus_bot.subjects.staff_import.model.rows import (
    MessageRow,
    NoticeRow,
    PersonRow,
    ReportRow,
    ScrumRow,
    TaskRow,
)
from modelus_bot.subjects.staff_import.model.source import TABLES, Place, SourceRow, SourceTable, TableName
from modelus_bot.subjects.staff_import.rules.mapping import ScrumPeople
from modelus_bot.subjects.tasks.model import BoardColumn
from modelus_bot.subjects.triage.model import CATEGORIES, PRIORITIES, Category, Priority, Status

__all__ = ["mended"]

Maker = Callable[[Cells, "_Files"], ScrumRow]


@dataclass(frozen=True, slots=True)
class _Files:
    """What rows need to know of the others: whose account is whose, and which tasks come."""

    people: ScrumPeople
    tasks: frozenset[str]


_ROLES: Mapping[str, StaffRole | None] = {role: role for role in get_args(StaffRole)}
_STATES: Mapping[str, BoardColumn] = {
    "todo": "todo", "to_do": "todo", "in_progress": "in_progress", "done": "done", "completed": "done",
}  # fmt: skip
_NOTICES = {
    name: name for name in ("task_assigned", "task_delayed", "task_completed", "issue_reported", "system")
}
_TYPES: Mapping[str, MessageType] = {kind: kind for kind in get_args(MessageType)}
_STATUSES: Mapping[str, Status] = {status: status for status in get_args(Status)} | {
    "open": "pending", "in_progress": "in_review", "closed": "resolved",
}  # fmt: skip
_PRIORITIES: Mapping[str, Priority] = {item: item for item in PRIORITIES}
_CATEGORIES: Mapping[str, Category] = {item: item for item in CATEGORIES}


def mended(
    tables: Iterable[SourceTable], people: ScrumPeople, zone: ZoneInfo
) -> Iterator[tuple[TableName, Place, Ready[ScrumRow] | RowFate]]:
    """Yield every row, in the order in which they are taken in: ready, or left out and why.

    Times without a zone, and days, are those of ``zone``.
    """
    found = list(tables)
    tasks = (row for table in found if table.name == "tasks" for row in table.rows)
    files = _Files(people, frozenset(str(row.values.get("id")).strip() for row in tasks))
    for name in TABLES:
        known: dict[str, Place] = {}
        for row in (row for table in found if table.name == name for row in table.rows):
            yield name, row.place, _mended(name, row, files, zone, known)


def _mended(
    table: TableName, row: SourceRow, files: _Files, zone: ZoneInfo, known: dict[str, Place]
) -> Ready[ScrumRow] | RowFate:
    cells = Cells(row.values, zone)
    try:
        number = cells.number("id")
        before = known.setdefault(number, row.place)
        if before is not row.place:
            raise Unusable(f"its id stands in the files already: {before}")
        return Ready(row.place, _MAKERS[table](cells, files), tuple(cells.notes))
    except Unusable as why:
        return RowFate("left_out", (str(why),))


def _person(cells: Cells, files: _Files) -> PersonRow:
    number = cells.number("id")
    return PersonRow(
        number=number,
        created_at=cells.instant("created_at"),
        account=files.people.accounts.get(number),
        name=cells.text("username", 100, f"Member {number}"),
        role=cells.choice("role", _ROLES, None),
        active=cells.flag("is_active", True),
    )


def _task(cells: Cells, files: _Files) -> TaskRow:
    status = cells.choice("status", _STATES, "todo")
    end = cells.day("end_date")
    if end is None:
        raise Unusable("end_date is empty")
    start = cells.day("start_date")
    if start is None or start >= end:
        cells.note("start_date is not a day before end_date; the day before it counts")
        start = end - timedelta(days=1)
    created_at = cells.instant("created_at")
    assignee = cells.reference("assigned_user_id")
    return TaskRow(
        number=cells.number("id"),
        created_at=created_at,
        title=cells.text("title", 200, "(without a title)"),
        description=cells.text("description", 4000),
        status=status,
        role=cells.choice("assigned_role", _ROLES, None),
        assignee=files.people.ref(assignee) if assignee is not None else None,
        start=start,
        end=end,
        completed_at=_closed_at(cells, "completed_at", status == "done", end),
        priority=cells.count("priority", 0, 3, 0),
        progress=100 if status == "done" else cells.count("progress", 0, 99, 0),
        estimate_h=cells.hours("estimate_hours", 400),
        epic=cells.label("epic_id", 50),
        story=cells.label("story_id", 50),
    )


def _closed_at(cells: Cells, column: str, closed: bool, last: date | None = None) -> int | None:
    """Return when something was closed: also where that is not said, and never for what is open."""
    at = cells.instant(column)
    if not closed:
        if at is not None:
            cells.note(f"{column} is left out, since it is open")
        return None
    if at is None:
        at = cells.instant("updated_at") or cells.noon(last) or cells.instant("created_at")
        cells.note(f"{column} is not given; when it was changed last, or its last day, counts")
    if at is None:
        raise Unusable(f"neither {column} nor updated_at nor created_at says when it was closed")
    return at


def _notice(cells: Cells, files: _Files) -> NoticeRow:
    created_at = cells.instant("created_at")
    read = cells.flag("is_read", False)
    read_at = cells.instant("read_at") if read else None
    if read and read_at is None:
        cells.note("read_at is not given; when it was made counts")
        read_at = created_at
    if read and read_at is None:
        raise Unusable("neither read_at nor created_at says when it was read")
    task = cells.reference("related_task_id")
    message = cells.text("message", 2000, "(without a text)")
    return NoticeRow(
        number=cells.number("id"),
        created_at=created_at,
        reader=files.people.ref(cells.number("user_id")),
        type=cells.choice("type", _NOTICES, "system"),  # type: ignore[arg-type]
        title=cells.label("title", 200) or message.splitlines()[0][:200],
        message=message,
        task=task,
        task_comes=task in files.tasks,
        read_at=read_at,
    )


def _message(cells: Cells, files: _Files) -> MessageRow:
    edited_at = cells.instant("edited_at")
    if cells.flag("is_edited", edited_at is not None) and edited_at is None:
        cells.note("edited_at is not given, so it counts as not edited")
    recipient = cells.reference("recipient_id")
    text = cells.text("message", 4000)
    if not text:
        raise Unusable("message is empty")
    return MessageRow(
        number=cells.number("id"),
        created_at=cells.instant("created_at"),
        sender=files.people.ref(cells.number("sender_id")),
        recipient=files.people.ref(recipient) if recipient is not None else None,
        channel=cells.label("channel", 50) or "general",
        text=text,
        type=cells.choice("message_type", _TYPES, "text"),
        edited_at=edited_at,
    )


def _report(cells: Cells, files: _Files) -> ReportRow:
    status = cells.choice("status", _STATUSES, "pending")
    assignee = cells.reference("assigned_to")
    title = cells.text("title", 200, "(without a title)")
    return ReportRow(
        number=cells.number("id"),
        created_at=cells.instant("created_at"),
        reporter=files.people.ref(cells.number("reporter_id")),
        title=title,
        description=cells.text("description", 4000) or title,
        status=status,
        assignee=files.people.ref(assignee) if assignee is not None else None,
        priority=cells.choice("priority", _PRIORITIES, "medium"),
        category=cells.choice("category", _CATEGORIES, "issue"),
        resolution=cells.label("resolution", 1000),
        resolved_at=_closed_at(cells, "resolved_at", status in {"resolved", "rejected"}),
    )


_MAKERS: Mapping[TableName, Maker] = {
    "users": _person,
    "tasks": _task,
    "notifications": _notice,
    "chat_messages": _message,
    "triage_items": _report,
}
