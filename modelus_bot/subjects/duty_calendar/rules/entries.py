"""What a calendar's entries are, and what has changed since they were handed out. Pure."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.cover_days import Stretch
from modelus_bot.subjects.assignments.model import DealtTurn
from modelus_bot.subjects.duty_calendar.model import PlannedEntry, PublishedEntry
from modelus_bot.text.escaping import bare

__all__ = ["planned_entries", "published", "summary_of"]


def planned_entries(
    turns: Iterable[DealtTurn], names: Mapping[int, str], calendar: Calendar, server: int
) -> Iterator[PlannedEntry]:
    """Yield an entry for each run of days that somebody has of a turn.

    Its ``uid`` stays the same when the days or the hand-over move: it is made from the sprint, the
    discipline, the person, the number of the run among theirs, and the Discord ``server``.
    """
    for turn in turns:
        runs: Counter[int] = Counter()
        for stretch in turn.turn.stretches(turn.start, turn.end):
            if stretch.user_id is not None:
                yield _entry(turn, stretch, stretch.user_id, runs[stretch.user_id], names, calendar, server)
                runs[stretch.user_id] += 1


def summary_of(label: str, user_id: int, names: Mapping[int, str]) -> str:
    """Return what an entry is called."""
    return f"{bare(label)}: {bare(names.get(user_id, 'somebody'))}"


def published(
    before: Iterable[PublishedEntry], planned: Iterable[PlannedEntry], at: int
) -> tuple[PublishedEntry, ...]:
    """Return how entries are handed out at an instant, after how they were ``before``.

    What changed gets the next number; what is no longer planned and not over is cancelled, and stays so.
    """
    known = {entry.uid: entry for entry in before}
    present = [_handed_out(known.get(entry.uid), entry, at) for entry in planned]
    gone = known.keys() - {entry.uid for entry in present}
    return (*present, *(_left_out(known[uid], at) for uid in sorted(gone)))


def _entry(
    turn: DealtTurn,
    stretch: Stretch,
    person: int,
    run: int,
    names: Mapping[int, str],
    calendar: Calendar,
    server: int,
) -> PlannedEntry:
    name = f"modelus-bot:{server}:{turn.sprint_id}:{turn.discipline}:{person}:{run}"
    starts_at, ends_at = stretch.days.begin(calendar), stretch.days.end(calendar)
    summary = summary_of(turn.label, person, names)
    description = f"On duty as {bare(turn.label)} in {bare(turn.sprint_name)}."
    original = turn.turn.user_id
    if stretch.source == "override" and original is not None and original != person:
        summary += " (cover)"
        description += f" Covering for {bare(names.get(original, 'somebody'))}."
    shown = "\0".join((str(starts_at), str(ends_at), calendar.zone, summary, description))
    return PlannedEntry(
        str(uuid.uuid5(uuid.NAMESPACE_URL, name)), turn.sprint_id, turn.discipline, person,
        starts_at, ends_at, summary, description, hashlib.sha256(shown.encode()).hexdigest()[:16],
    )  # fmt: skip


def _handed_out(before: PublishedEntry | None, entry: PlannedEntry, at: int) -> PublishedEntry:
    if before is not None and before.digest == entry.digest and not before.is_cancelled:
        return before
    return PublishedEntry(
        entry.uid, entry.sprint_id, entry.discipline, entry.user_id, entry.starts_at, entry.ends_at,
        entry.digest, before.sequence + 1 if before is not None else 0, False,
        before.created_at if before is not None else at, at,
    )  # fmt: skip


def _left_out(before: PublishedEntry, at: int) -> PublishedEntry:
    if before.is_cancelled or before.ends_at <= at:
        return before
    return replace(before, is_cancelled=True, sequence=before.sequence + 1, updated_at=at)
