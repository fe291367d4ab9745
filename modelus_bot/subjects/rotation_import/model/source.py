"""The Triage Rotation Bot's files as they are found: typed, but with all their oddities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

__all__ = [
    "RotationSource",
    "SourceOverride",
    "SourcePerson",
    "SourceSprint",
    "SourceState",
    "days_to_middle",
    "shift_days",
]

DAY = 86_400


@dataclass(frozen=True, slots=True)
class SourceSprint:
    """A sprint; ``index`` is None where the file gives none."""

    name: str
    start: date
    end: date
    index: int | None = None


@dataclass(frozen=True, slots=True)
class SourcePerson:
    """A person in a discipline's list."""

    slack_id: str
    name: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class SourceState:
    """Who was on duty when the files were written: slack ids by discipline."""

    index: int | None
    holders: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SourceOverride:
    """A cover request, approved or not; times are UTC seconds."""

    index: int
    role: str
    replacement: str | None = None
    replacement_name: str | None = None
    requested_by: str | None = None
    approved: bool = False
    approved_by: str | None = None
    asked_at: int | None = None
    approved_at: int | None = None


@dataclass(frozen=True, slots=True)
class RotationSource:
    """Everything the files say; ``people`` maps slack ids to Discord ids, ``missing`` names absent files.

    ``remarks`` are sentences about what reading already had to let pass.
    """

    sprints: tuple[SourceSprint, ...] = ()
    disciplines: Mapping[str, tuple[SourcePerson, ...]] = field(default_factory=dict)
    state: SourceState | None = None
    overrides: tuple[SourceOverride, ...] = ()
    people: Mapping[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def shift_days(source: RotationSource, days: int) -> RotationSource:
    """Return the same rota so many days later (earlier if negative)."""
    move = timedelta(days=days)

    def moved(at: int | None) -> int | None:
        return None if at is None else at + days * DAY

    return replace(
        source,
        sprints=tuple(
            replace(sprint, start=sprint.start + move, end=sprint.end + move) for sprint in source.sprints
        ),
        overrides=tuple(
            replace(override, asked_at=moved(override.asked_at), approved_at=moved(override.approved_at))
            for override in source.overrides
        ),
    )


def days_to_middle(source: RotationSource, today: date) -> int:
    """Return by how many days to shift so that ``today`` lies inside the middle sprint."""
    if not source.sprints:
        return 0
    middle = sorted(source.sprints, key=lambda sprint: sprint.start)[len(source.sprints) // 2]
    inside = middle.start + (middle.end - middle.start) // 2
    return (today - inside).days
