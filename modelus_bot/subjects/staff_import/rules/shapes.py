"""What the source's tables and columns are called, in its design and in its code. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from modelus_bot.subjects.staff_import.model.source import TableName

__all__ = ["COLUMNS", "NEEDED", "canonical", "table_of_columns", "table_of_name"]

COLUMNS: Mapping[TableName, Mapping[str, tuple[str, ...]]] = {
    "users": {
        "id": (), "github_id": ("github",), "username": ("name", "login"), "role": (),
        "is_active": ("active",), "created_at": (), "updated_at": (),
    },
    "tasks": {
        "id": (), "title": ("name",), "description": (), "status": (), "assigned_role": ("role",),
        "assigned_user_id": ("assignee", "assignee_id", "assigned_to"), "start_date": (),
        "end_date": ("due_date", "due"), "completed_at": (), "priority": (), "progress": (),
        "estimate_hours": ("estimate_h",), "epic_id": ("epic",), "story_id": ("story",),
        "created_at": (), "updated_at": (),
    },
    "notifications": {
        "id": (), "user_id": ("recipient_id",), "type": (), "title": (), "message": (),
        "related_task_id": ("task_id",), "is_read": ("read",), "read_at": (), "created_at": (),
    },
    "chat_messages": {
        "id": (), "sender_id": ("author_id",), "recipient_id": (), "message": ("content", "text"),
        "message_type": (), "channel": (), "is_edited": (), "edited_at": (), "created_at": (),
    },
    "triage_items": {
        "id": (), "reporter_id": ("reported_by",), "title": (), "description": (), "status": (),
        "assigned_to": ("assignee_id",), "priority": (), "category": ("type",), "resolution": (),
        "resolved_at": (), "created_at": (), "updated_at": (),
    },
}  # fmt: skip
"""Columns that are taken, by the design's name, with what else they are called."""

NEEDED: Mapping[TableName, tuple[str, ...]] = {
    "users": ("id", "username"),
    "tasks": ("id", "title", "end_date"),
    "notifications": ("id", "user_id", "message"),
    "chat_messages": ("id", "sender_id", "message"),
    "triage_items": ("id", "reporter_id", "title"),
}
"""Columns without which a table cannot be taken."""

_NAMES: Mapping[str, TableName] = {
    "user": "users", "users": "users", "people": "users",
    "task": "tasks", "tasks": "tasks",
    "notification": "notifications", "notifications": "notifications",
    "message": "chat_messages", "messages": "chat_messages", "chat": "chat_messages",
    "triage": "triage_items", "issue": "triage_items", "issues": "triage_items",
}  # fmt: skip


def table_of_name(name: str) -> TableName | None:
    """Return the table that a file or a key is called after, such as ``public.chat_messages-2025``."""
    found = {_NAMES[word] for word in re.findall(r"[a-z]+", name.lower()) if word in _NAMES}
    return found.pop() if len(found) == 1 else None


def table_of_columns(names: Collection[str]) -> TableName | None:
    """Return the table whose needed columns are all there, and which knows most of them."""
    known = {table: {canonical(table, name) for name in names} - {None} for table in NEEDED}
    fitting = {table: len(known[table]) for table, needed in NEEDED.items() if {*needed} <= known[table]}
    best = [table for table, count in fitting.items() if count == max(fitting.values())]
    return best[0] if len(best) == 1 else None


def canonical(table: TableName, name: str) -> str | None:
    """Return the design's name of a column; None for one that is not taken."""
    asked = name.strip().lower()
    for column, others in COLUMNS[table].items():
        if asked == column or asked in others:
            return column
    return None
