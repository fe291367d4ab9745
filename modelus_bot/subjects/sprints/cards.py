"""How a sprint and the holders of its turns are written in replies."""

from __future__ import annotations

from modelus_bot.domain.cover_days import days_words
from modelus_bot.subjects.oncall.model import Duty
from modelus_bot.subjects.sprints.model import HolderView, Sprint
from modelus_bot.text.escaping import bare, plain

__all__ = ["choice_of", "duty_line", "holder_line", "label_of", "sprint_days"]

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
    by_days = any(cover.user_id == holder.user_id for cover in holder.covers)
    source = "" if by_days else SOURCES.get(holder.source, "")
    return f"{plain(holder.label)}: {who}{source}{_covered(holder)}{_away(holder)}"


def _covered(holder: HolderView) -> str:
    """Return who covers which days of a turn; empty without such covers."""
    whose = plain(holder.original) if holder.original else "nobody"
    parts = [f"{plain(cover.username)} covers {whose} on {days_words(cover.days)}" for cover in holder.covers]
    return f" ({'; '.join(parts)})" if parts else ""


def duty_line(duty: Duty) -> str:
    """Return a turn of somebody's own, the days of it that are a cover, and who covers days of it."""
    now = "**now** " if duty.is_current else ""
    cover = ""
    if duty.first_day is not None:
        cover = f" (cover on {days_words(duty.days)})"
    elif duty.source == "override":
        cover = " (cover)"
    others = [
        f"{plain(request.username)} covers you on {days_words(request.days)}" for request in duty.covers
    ]
    return f"{now}{plain(duty.label)}, {label_of(duty.sprint)}{cover}" + "".join(
        f" — {other}" for other in others
    )


def _away(holder: HolderView) -> str:
    """Return that somebody who holds a turn is away in it; empty for everybody else."""
    if holder.away_from is None:
        return ""
    first = f"{holder.away_from:%b} {holder.away_from.day}"
    until = f" to {holder.away_to:%b} {holder.away_to.day}" if holder.away_to else ""
    return f" — ⚠️ away from {first}{until}"
