"""What an entry of the audit log is, as it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["AuditView", "Recorded"]


@dataclass(frozen=True, slots=True)
class AuditView:
    """One entry: what was changed, by whom (None: the bot), why, at which attempt, when (UTC seconds)."""

    id: int
    table: str
    record_id: str
    operation: str
    old: dict[str, Any] | None
    new: dict[str, Any] | None
    changed_by: int | None
    reason: str | None
    attempt: int
    at: int

    def changes(self) -> dict[str, tuple[Any, Any]]:
        """Return the values that are different, each before and after; the reason is told once, by itself."""
        old, new = self.old or {}, self.new or {}
        found = {key: (old.get(key), new.get(key)) for key in {**old, **new} if old.get(key) != new.get(key)}
        if self.reason and new.get("reason") == self.reason:
            found.pop("reason", None)
        return found


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record that the log has entries of; ``name`` is what it was called lately, where it has a name."""

    record_id: str
    name: str | None
