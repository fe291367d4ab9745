"""How a sprint and the holders of its turns are written in replies."""

from __future__ import annotations

from modelus_bot.subjects.sprints.model import HolderView, Sprint
from modelus_bot.text.escaping import bare, plain

__all__ = ["choice_of", "holder_line", "label_of", "sprint_days"]

SOURCES = {"override": " (cover)", "manual": " (set by hand)", "rotation": "", "none": ""}


def label_of(sprint: Sprint) -> str:
    """Return a sprint's name with its days, for messages."""
    return f"{plain(sprint.name)} • {sprint_days(sprint)}"


def choice_of(sprint: Sprint) -> str:
    """Return a sprint's name with its days, for lists to pick from."""
    return f"{bare(sprint.name)} • {sprint_days(sprint)}"


def sprint_days(sprint: Sprint) -> str:
    """Return a sprint's first and last day as people write them."""
    start, end = sprint.start, sprint.end
    first = f"{start:%b} {start.day}"
    if start.year != end.year:
        first += f", {start.year}"
    return f"{first}–{end:%b} {end.day}, {end.year}"


def holder_line(holder: HolderView, *, now: bool = True) -> str:
    """Return who holds a discipline, and why if not by rotation; ``now`` says what to do about nobody."""
    nobody = "nobody — set somebody with `/oncall set`" if now else "nobody yet"
    who = f"**{plain(holder.username)}**" if holder.username else nobody
    return f"{plain(holder.label)}: {who}{SOURCES.get(holder.source, '')}{_away(holder)}"


def _away(holder: HolderView) -> str:
    """Return that somebody who holds a turn is away in it; empty for everybody else."""
    if holder.away_from is None:
        return ""
    first = f"{holder.away_from:%b} {holder.away_from.day}"
    until = f" to {holder.away_to:%b} {holder.away_to.day}" if holder.away_to else ""
    return f" — ⚠️ away from {first}{until}"
