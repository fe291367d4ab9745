"""What people call the parts of a task."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from modelus_bot.subjects.tasks.model import StaffTask
from modelus_bot.text.escaping import plain
from modelus_bot.ui.people import name_of

__all__ = ["PRIORITIES", "ROLES", "STATUSES", "Words", "day_words", "steps_between"]

STATUSES = {"todo": "To do", "in_progress": "In progress", "done": "Done", "cancelled": "Cancelled"}
PRIORITIES = ("can wait", "normal", "important", "urgent")
ROLES = {
    "developer": "developers",
    "designer": "designers",
    "tester": "testers",
    "project_manager": "project managers",
    "admin": "administrators",
}
_FIELDS = {
    "title": "Title",
    "status": "Status",
    "user_id": "Of",
    "role": "Role",
    "discipline": "Discipline",
    "start": "Begins",
    "end": "Due",
    "estimate_h": "Estimate",
    "progress": "Progress",
    "priority": "Priority",
    "is_delayed": "Late",
    "risk": "Risk",
    "epic": "Epic",
    "story": "Story",
    "description": "Description",
}


@dataclass(frozen=True, slots=True)
class Words:
    """The names of people by their id, and of disciplines by their key."""

    names: dict[int, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)

    def owner(self, found: StaffTask) -> str:
        """Return who has a task, or whose it is to take."""
        if found.user_id is not None:
            return name_of(found.user_id, self.names)
        open_to = [self.value("role", found.role)] if found.role is not None else []
        if found.discipline is not None:
            open_to.append(self.value("discipline", found.discipline))
        return f"nobody yet, open to {' and '.join(open_to)}" if open_to else "nobody yet"

    def value(self, name: str, value: Any) -> str:
        """Return a field's value as people read it."""
        if name == "user_id":
            return name_of(value, self.names)
        if value is None or value == "":
            return "none"
        known = {"status": STATUSES, "role": ROLES, "discipline": self.labels}.get(name)
        if known is not None:
            return plain(known.get(value, str(value)))
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, date):
            return day_words(value)
        unit = {"progress": " %", "estimate_h": " h"}.get(name, "")
        return PRIORITIES[value] if name == "priority" else f"{plain(str(value))}{unit}"


def day_words(day: date) -> str:
    """Return a day as people write it: “Dec 3, 2026”."""
    return f"{day:%b} {day.day}, {day.year}"


def steps_between(before: StaffTask, after: StaffTask, words: Words) -> list[str]:
    """Return what is different after a change, each as before → after."""
    lines = []
    for name, called in _FIELDS.items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            shown = "changed" if name == "description" else f"{words.value(name, old)} → "
            lines.append(f"**{called}:** {shown}" + ("" if name == "description" else words.value(name, new)))
    return lines
