"""What columns are called that tables of several subjects have."""

from __future__ import annotations

__all__ = ["COLUMNS"]

COLUMNS = {
    "attempts": "the number of attempts",
    "created_at": "the time it was made",
    "discipline": "the discipline",
    "ends_at": "the time it ends",
    "is_active": "whether it is active",
    "key": "the key",
    "kind": "the kind",
    "message": "the text",
    "operation": "the operation",
    "reason": "the reason",
    "record_id": "the record",
    "request_id": "the number of the request",
    "source": "the source",
    "sprint_id": "the sprint",
    "status": "the status",
    "table_name": "the table",
    "updated_at": "the time of the last change",
    "user_id": "the member",
    "version": "the version",
}
"""A subject declares the words of columns that only its own tables have."""
