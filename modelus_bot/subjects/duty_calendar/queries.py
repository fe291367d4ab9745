"""The rota as a calendar, and the entries that were handed out."""

from __future__ import annotations

from datetime import date

from modelus_bot.database import ReadTransaction, Row, query
from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.cover_days import Days
from modelus_bot.domain.permissions import Viewer, require_staff_viewer
from modelus_bot.subjects.assignments.queries import turns_between
from modelus_bot.subjects.coverage.queries import away_days
from modelus_bot.subjects.disciplines.queries import disciplines
from modelus_bot.subjects.duty_calendar.model import CalendarEntry, DutyCalendar, PlannedEntry, PublishedEntry
from modelus_bot.subjects.duty_calendar.rules.entries import planned_entries, published, summary_of
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.subjects.sprints.queries.sprints import current_sprint, sprints

__all__ = ["duty_calendar", "entries_at", "known_entries"]

_KNOWN = """
SELECT uid, sprint_id, discipline, user_id, starts_at, ends_at, digest, sequence, is_cancelled, created_at,
    updated_at
FROM calendar_entries
WHERE ends_at > ?
OR sprint_id IN (SELECT id FROM sprints WHERE sprint_index IS NOT NULL AND end_date > ?)
"""


@query(kept=True)
def duty_calendar(
    tx: ReadTransaction,
    viewer: Viewer,
    whose: int | None,
    at: int,
    calendar: Calendar,
    last: date,
    server: int,
) -> DutyCalendar:
    """Return the calendar from the current sprint's first day to ``last``, of the team or of one person.

    In a gap between two sprints it begins today. Everybody may see their own; raises ``NotAllowed`` for the
    team's to those who are not staff. Entries are as they are handed out at ``at``; those that were cancelled
    and are not over are among them.
    """
    if whose != viewer.id:
        require_staff_viewer(tx, viewer)
    current = current_sprint(tx, at, calendar)
    today = calendar.duty_day(at)
    first = current.start if current is not None and today in current.days else today
    days = Days(first, max(last, today))
    turns = tuple(turn for turn in turns_between(tx, days.first, days.last) if turn.is_active)
    names = everybody(tx)
    handed_out, planned = entries_at(tx, at, calendar, server)
    until = days.end(calendar)
    entries = tuple(
        _worded(tx, entry, planned.get(entry.uid), names)
        for entry in handed_out
        if whose in {None, entry.user_id}
        and entry.starts_at < until
        and (entry.ends_at > at or entry.uid in planned)
    )
    order = {discipline.key: place for place, discipline in enumerate(disciplines(tx))}
    return DutyCalendar(
        days,
        (today - days.first).days,
        tuple(
            found for found in sprints(tx, days.first) if found.start <= days.last and found.end > days.first
        ),
        tuple(sorted(turns, key=lambda turn: (turn.start, order.get(turn.discipline, 0)))),
        away_days(tx),
        tuple(sorted(entries, key=lambda item: (item.published.starts_at, item.published.uid))),
        names,
        whose,
        frozenset(handed_out) != frozenset(known_entries(tx, at, calendar)),
    )


def entries_at(
    tx: ReadTransaction, at: int, calendar: Calendar, server: int
) -> tuple[tuple[PublishedEntry, ...], dict[str, PlannedEntry]]:
    """Return how every entry is handed out at an instant, and what is planned, by ``uid``."""
    turns = turns_between(tx, calendar.duty_day(at), date.max)
    found = planned_entries((turn for turn in turns if turn.is_active), everybody(tx), calendar, server)
    planned = {entry.uid: entry for entry in found}
    return published(known_entries(tx, at, calendar), planned.values(), at), planned


def known_entries(tx: ReadTransaction, at: int, calendar: Calendar) -> tuple[PublishedEntry, ...]:
    """Return the entries that were handed out and are not over, or are of a sprint that is not."""
    values = (at, calendar.duty_day(at).isoformat())
    return tuple(map(_published, tx.fetch_all(_KNOWN, values)))


def _published(row: Row) -> PublishedEntry:
    uid, sprint_id, discipline, user_id, starts_at, ends_at, digest, sequence, cancelled, *times = row
    created_at, updated_at = times
    return PublishedEntry(
        uid, sprint_id, discipline, user_id, starts_at, ends_at, digest, sequence, bool(cancelled),
        created_at, updated_at,
    )  # fmt: skip


def _worded(
    tx: ReadTransaction, entry: PublishedEntry, planned: PlannedEntry | None, names: dict[int, str]
) -> CalendarEntry:
    if planned is not None:
        return CalendarEntry(entry, planned.summary, planned.description)
    labels = {item.key: item.label for item in disciplines(tx, active_only=False)}
    label = labels.get(entry.discipline, entry.discipline)
    return CalendarEntry(
        entry, summary_of(label, entry.user_id, names), "This turn was given to somebody else."
    )
