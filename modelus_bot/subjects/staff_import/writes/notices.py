"""Takes notifications in: they are in their reader's inbox, and are not sent again."""

from __future__ import annotations

from modelus_bot.database import Transaction
from modelus_bot.subjects.imports.model.outcome import RowFate
from modelus_bot.subjects.imports.writes.memory import LeftOut
from modelus_bot.subjects.staff_import.model.rows import NoticeRow
from modelus_bot.subjects.staff_import.writes.memory import MEMORY, account_of

__all__ = ["take_notice"]

_ADD = """
INSERT INTO notifications(
    user_id, type, title, message, ref_table, ref_id, is_read, read_at, deliver_after, delivered_at, way,
    created_at
)
VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'inbox', ?)
"""


def take_notice(tx: Transaction, row: NoticeRow) -> RowFate:
    """Add a notice with its link to its task; raises ``LeftOut`` while that may come yet."""
    reader = account_of(tx, row.reader, "its reader")
    task = MEMORY.found(tx, "tasks", row.task) if row.task is not None else None
    if task is None and row.task_comes:
        raise LeftOut(f"the task it is about was left out: {row.task}")
    at = row.created_at or tx.context.at
    about = ("tasks", task.id) if task is not None else (None, None)
    read = (int(row.read_at is not None), row.read_at)
    number = tx.insert(_ADD, (reader, row.type, row.title, row.message, *about, *read, at, at, at))
    MEMORY.note(tx, row, number)
    lost = row.task is not None and task is None
    return RowFate("added", ("the task it is about was not taken in, so it has no link",) if lost else ())
