"""How people, days and changes are written in replies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.rotation import Move
from modelus_bot.domain.sprints import HolderView, Sprint
from modelus_bot.domain.types import PLACEHOLDER_LIMIT
from modelus_bot.escaping import bare, plain, plain_lines

__all__ = [
    "choice_of",
    "holder_line",
    "label_of",
    "moment",
    "move_lines",
    "name_of",
    "quoted",
    "sprint_days",
    "when",
]

SOURCES = {"override": " (cover)", "manual": " (set by hand)", "rotation": "", "none": ""}


def quoted(text: str) -> str:
    """Return what somebody wrote as a quotation."""
    return "\n".join(f"> {line}" for line in plain_lines(text).splitlines())


def name_of(user_id: int | None, names: Mapping[int, str]) -> str:
    """Return a person's name, a mention that Discord turns into it if it is not known, or "nobody"."""
    if user_id is None:
        return "nobody"
    if user_id in names:
        return plain(names[user_id])
    return f"<@{user_id}>" if user_id >= PLACEHOLDER_LIMIT else f"member {user_id}"


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


def move_lines(moves: Iterable[Move], names: Mapping[int, str]) -> list[str]:
    """Return who moves, a line each."""
    return [
        f"• {plain(move.sprint_name)}, {plain(move.duty)}:"
        f" {name_of(move.before, names)} → {name_of(move.after, names)}"
        for move in moves
    ]


def moment(at: int, style: str = "f") -> str:
    """Return an instant (UTC seconds) as Discord shows it in the reader's own time."""
    return f"<t:{at}:{style}>"


def when(day: date, calendar: Calendar) -> str:
    """Return a day of the server's calendar as Discord shows it."""
    noon = datetime.combine(day, time(12), ZoneInfo(calendar.zone))
    return f"<t:{int(noon.timestamp())}:D>"
