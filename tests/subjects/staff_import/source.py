"""Tables of AI Scrum Master with every oddity that is known, one row a line."""

import json
from typing import Any

__all__ = ["ACCOUNTS", "ALL", "FOUR", "ONE", "THREE", "TWO", "as_json"]

ONE, TWO, THREE, FOUR = (2**58 + number for number in range(1, 5))
ACCOUNTS = {"ann": ONE, "gh-2": TWO, "3": THREE}
MADE = "2025-09-20T10:00:00+00:00"

ALL: dict[str, list[dict[str, Any]]] = {
    "users": [
        {"id": 1, "github_id": "gh-1", "username": "Ann", "role": "developer", "created_at": MADE},
        {"id": 2, "github_id": "gh-2", "username": "Ben", "role": "project_manager", "created_at": MADE},
        {"id": 3, "username": "Cleo", "is_active": False},
        {"id": 4, "username": "Dan", "role": "tester"},
    ],
    "tasks": [
        {"id": 1, "title": "Implement <b>login</b>", "description": "x", "status": "todo", "epic_id": "E1",
         "assigned_role": "developer", "assigned_user_id": 1, "start_date": "2025-09-25",
         "end_date": "2025-09-30", "priority": 9, "created_at": MADE},
        {"id": 2, "title": "Late night", "status": "In Progress", "progress": 40, "created_at": MADE,
         "start_date": "2025-09-25T03:00:00Z", "end_date": "2025-09-26T03:59:00Z"},
        {"id": 3, "title": "Shipped", "status": "Done", "assigned_role": "tester", "assigned_user_id": 2,
         "start_date": "2025-09-01", "end_date": "2025-09-03", "priority": 1},
        {"id": 4, "title": "Somebody's", "assigned_user_id": 4, "end_date": "2026-02-01",
         "start_date": "2026-01-20"},
        {"id": 5, "title": " ", "start_date": "2025-12-31", "end_date": "2025-12-31"},
    ],
    "notifications": [
        {"id": 1, "user_id": 1, "type": "task_assigned", "title": "T", "message": "Yours",
         "related_task_id": 1, "is_read": True, "read_at": MADE, "created_at": MADE},
        {"id": 2, "user_id": 2, "type": "odd", "title": "T", "message": "Look", "is_read": "f"},
        {"id": 3, "user_id": 2, "type": "system", "message": "Gone", "related_task_id": 77},
        {"id": 4, "user_id": 2, "type": "system", "message": "Yet to come", "related_task_id": 4},
        {"id": 5, "user_id": 4, "type": "system", "message": "Whose?"},
    ],
    "chat_messages": [
        {"id": "3f2a-1", "sender_id": 1, "recipient_id": 2, "message": "hello", "created_at": MADE},
        {"id": 2, "sender_id": 2, "recipient_id": 1, "message": "hi \ud800", "is_edited": True,
         "edited_at": MADE},
        {"id": 3, "sender_id": 1, "channel": "random", "message": "to all", "message_type": "file"},
        {"id": 4, "sender_id": 1, "message": {"html": "<p>"}},
    ],
    "triage_items": [
        {"id": 1, "reporter_id": 1, "title": "It broke", "description": "d", "status": "resolved",
         "resolution": "Mended", "resolved_at": "2025-09-22"},
        {"id": 2, "reporter_id": 2, "title": "Open still", "priority": "critical", "category": "bug"},
        {"id": 3, "reporter_id": 1, "title": "Looked at", "status": "in_review", "priority": "low"},
        {"id": 1, "reporter_id": 1, "title": "Again"},
    ],
}  # fmt: skip


def as_json(tables: dict[str, Any]) -> str:
    """Return the tables as a file, each row on a line of its own, from the second line on."""
    parts = [
        f'"{name}": [' + ",".join(f"\n{json.dumps(row)}" for row in rows) + "]"
        for name, rows in tables.items()
    ]
    return "{" + ", ".join(parts) + "}"
