"""What people call the rows of a table; no name of a table is shown to anybody."""

from __future__ import annotations

__all__ = ["ROWS", "rows_of"]

ROWS: dict[str, str] = {
    "assignments": "turns",
    "audit_logs": "audit entries",
    "backups": "records of backups",
    "cover_cards": "messages of cover requests",
    "current_holders": "people on duty",
    "current_state": "records of the present sprint",
    "database": "actions on the database",
    "db_errors": "logged errors",
    "disciplines": "disciplines",
    "health_samples": "health samples",
    "job_runs": "records of jobs",
    "notification_prefs": "preferences for messages",
    "notifications": "messages to people",
    "overrides": "cover requests",
    "quarantined_rows": "quarantined records",
    "requests": "notes of answered commands",
    "settings": "settings",
    "sprints": "sprints",
    "user_disciplines": "places on rosters",
    "users": "members",
}


def rows_of(table: str) -> str:
    """Return what the rows of a table are called; one that nobody knows is a record of another kind."""
    return ROWS.get(table, f"other records ({table})")
