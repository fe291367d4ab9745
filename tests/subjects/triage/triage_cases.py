"""Items for tests: reported by a guest, on the rota of ten sprints whose first holder is Ada."""

from __future__ import annotations

from typing import Any

from modelus_bot.subjects.triage.model import Category, TriageItem
from modelus_bot.subjects.triage.queries.items import require_item
from modelus_bot.subjects.triage.writes.reports import ReportItem
from tests.subjects.rota import GUEST, Rota

CATEGORY: Category = "question"
"""What goes to ``account``, whose roster is Ada, Ben and Cleo."""


def report(rota: Rota, actor: int = GUEST, **fields: Any) -> TriageItem:
    """Report something and return the item."""
    filled = {"title": "A title", "description": "A description", "category": CATEGORY, "name": "Gus"}
    return rota.do(ReportItem(**filled | fields), actor)


def again(rota: Rota, found: TriageItem) -> TriageItem:
    """Return an item as it stands now."""
    return rota.call(lambda tx: require_item(tx, found.id))


def told(rota: Rota, person: int) -> list[str]:
    """Return the titles of somebody's notices about reports, oldest first."""
    sql = "SELECT title FROM notifications WHERE user_id = ? AND type = 'issue_reported' ORDER BY id"
    return [row[0] for row in rota.rows(sql, person)]


def words(rota: Rota, found: TriageItem, *, internal: bool | None = None) -> list[str]:
    """Return what was said about an item, oldest first; ``internal`` says which kind."""
    sql = "SELECT message, is_internal FROM chat_messages WHERE triage_id = ? ORDER BY id"
    return [row[0] for row in rota.rows(sql, found.id) if internal is None or bool(row[1]) is internal]
