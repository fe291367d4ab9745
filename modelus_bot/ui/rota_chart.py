"""What of a rota is drawn where, in days from the first one. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

__all__ = ["Bar", "Mark", "RotaChart", "RotaRow", "Theme"]

Theme = Literal["dark", "light"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Days from ``start`` up to ``end``, which is the first that is not of them, with some words."""

    start: int
    end: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """Days that one person has, or with ``tone`` None nobody; people of one tone have one colour."""

    start: int
    end: int
    words: str
    tone: int | None
    cover: bool = False


@dataclass(frozen=True, slots=True)
class RotaRow:
    """One discipline: its name, who has which days, and days on which their holder is away."""

    label: str
    bars: tuple[Bar, ...]
    away: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class RotaChart:
    """A picture of some days: sprints above, disciplines below each other, days of no sprint across."""

    first: date
    days: int
    today: int
    sprints: tuple[Mark, ...]
    unplanned: tuple[Mark, ...]
    rows: tuple[RotaRow, ...]
    theme: Theme = "dark"

    def as_task(self) -> dict[str, Any]:
        """Return it as JSON for the child that draws."""
        return asdict(self) | {"first": self.first.isoformat()}

    @classmethod
    def of(cls, task: dict[str, Any]) -> RotaChart:
        """Read it back."""
        rows = (
            RotaRow(
                row["label"],
                tuple(Bar(**bar) for bar in row["bars"]),
                tuple(Mark(**mark) for mark in row["away"]),
            )
            for row in task["rows"]
        )
        sprints, unplanned = (tuple(Mark(**mark) for mark in task[name]) for name in ("sprints", "unplanned"))
        first = date.fromisoformat(task["first"])
        return cls(first, task["days"], task["today"], sprints, unplanned, tuple(rows), task["theme"])
