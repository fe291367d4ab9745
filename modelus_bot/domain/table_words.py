"""What people call the rows of a table; no name of a table is shown to anybody."""

from __future__ import annotations

from modelus_bot.domain.subject import declared

__all__ = ["rows_of"]


def rows_of(table: str) -> str:
    """Return what the rows of a table are called; one that nobody knows is a record of another kind."""
    return declared().rows.get(table, f"other records ({table})")
