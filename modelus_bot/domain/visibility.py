"""Who may see which row, in the words that subjects use to declare it; each a condition in SQL.

The conditions say the same as ``permissions``: staff have a role, managers are project managers and
administrators. They read ``main.users`` whole, so they hold whatever the viewer sees of it.
"""

from __future__ import annotations

from modelus_bot.database import EVERY_ROW, NO_ROW, Visible

__all__ = ["ADMIN", "MANAGER", "ROLE", "STAFF", "everybody", "mine", "nobody", "those"]

ROLE = "(SELECT me.role FROM main.users AS me WHERE me.discord_id = viewer_id() AND me.is_active = 1)"
"""The viewer's role; NULL for those who are no staff."""
STAFF = f"(viewer_is_admin() OR {ROLE} IS NOT NULL)"
MANAGER = f"(viewer_is_admin() OR {ROLE} IN ('project_manager', 'admin'))"
ADMIN = f"(viewer_is_admin() OR {ROLE} = 'admin')"


def mine(*columns: str) -> str:
    """Return the condition that the viewer's id stands in one of these columns."""
    return f"viewer_id() IN ({', '.join(columns)})" if len(columns) > 1 else f"{columns[0]} = viewer_id()"


def everybody(table: str, *, reported: bool = True) -> Visible:
    """Let all members see every row."""
    return Visible(table, EVERY_ROW, reported)


def those(table: str, *conditions: str, reported: bool = False) -> Visible:
    """Let members see the rows for which one of the conditions holds.

    Reports read nothing of the table unless it is ``reported``: what is one member's own is not for them.
    """
    return Visible(table, " OR ".join(conditions), reported)


def nobody(table: str, *, reported: bool = False) -> Visible:
    """Close a table to all members: it is the bot's own."""
    return Visible(table, NO_ROW, reported)
