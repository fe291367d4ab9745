"""Fairness over a span, loads of disciplines, and gaps ahead: for staff."""

from __future__ import annotations

from datetime import date, timedelta

from modelus_bot.database import ReadTransaction, Row, query
from modelus_bot.domain.cover_days import Days
from modelus_bot.domain.permissions import Viewer, require_staff_viewer
from modelus_bot.subjects.assignments.queries import turns_between
from modelus_bot.subjects.coverage.model import AwayDays, CoverGiven, Gap, Load, Share
from modelus_bot.subjects.coverage.rules.fairness import loads, shares
from modelus_bot.subjects.coverage.rules.gaps import gaps_of_turns, unplanned
from modelus_bot.subjects.disciplines.queries import disciplines
from modelus_bot.subjects.rosters.queries import roster
from modelus_bot.subjects.sprints.queries.sprints import sprints

__all__ = ["away_days", "coverage_gaps", "fairness", "load_balance"]

_APPROVED = """
SELECT o.original_id, o.replacement_id, o.first_day, o.last_day, s.start_date, s.end_date
FROM sprints AS s CROSS JOIN overrides AS o ON o.sprint_id = s.id AND o.status = 'approved'
WHERE s.sprint_index IS NOT NULL AND s.start_date <= ? AND s.end_date > ?
"""
_WAITING = """
SELECT o.id, o.original_id, o.first_day, o.last_day, s.start_date, s.end_date, s.name, d.label
FROM overrides AS o JOIN sprints AS s ON s.id = o.sprint_id JOIN disciplines AS d ON d.key = o.discipline
WHERE o.status IN ('open', 'taken') AND s.start_date <= ? AND s.end_date > ?
"""


@query(kept=True)
def fairness(tx: ReadTransaction, viewer: Viewer, first: date, last: date) -> tuple[Share, ...]:
    """Return what each person had of duty from one day to another, both included, the most first.

    Everybody on a roster is among them. Days between two sprints are nobody's, though the earlier one's
    holders stay on duty. Raises ``NotAllowed`` for those who are not staff.
    """
    require_staff_viewer(tx, viewer)
    span = Days(first, last)
    people = {entry.user_id for entry in roster(tx)}
    return shares(turns_between(tx, first, last), _covers(tx, span), people, span)


@query(kept=True)
def load_balance(tx: ReadTransaction, viewer: Viewer, first: date, last: date) -> tuple[Load, ...]:
    """Return how each discipline fell on its people; raises ``NotAllowed`` for those who are not staff."""
    require_staff_viewer(tx, viewer)
    labels = {discipline.key: discipline.label for discipline in disciplines(tx)}
    rosters = [(entry.discipline, entry.user_id) for entry in roster(tx)]
    return loads(turns_between(tx, first, last), rosters, labels, Days(first, last))


@query(kept=True)
def coverage_gaps(tx: ReadTransaction, viewer: Viewer, first: date, last: date) -> tuple[Gap, ...]:
    """Return what is missing from one day to another, the earliest first.

    Turns so far ahead that they are not dealt yet are not missing. Raises ``NotAllowed`` for those who are
    not staff.
    """
    require_staff_viewer(tx, viewer)
    span = Days(first, last)
    active = [turn for turn in turns_between(tx, first, last) if turn.is_active]
    planned = ((found.start, found.end) for found in sprints(tx, first))
    found = [
        *unplanned(planned, span),
        *gaps_of_turns(active, away_days(tx), span),
        *_waiting(tx, span),
    ]
    return tuple(sorted(found, key=lambda gap: (gap.days.first, gap.days.last, gap.label, gap.kind)))


def away_days(tx: ReadTransaction) -> tuple[AwayDays, ...]:
    """Return when people on rosters are away."""
    return tuple(
        AwayDays(entry.user_id, entry.discipline, entry.away_from or date.min, entry.away_to)
        for entry in roster(tx)
        if entry.away_from is not None or entry.away_to is not None
    )


def _covers(tx: ReadTransaction, span: Days) -> tuple[CoverGiven, ...]:
    rows = tx.fetch_all(_APPROVED, (span.last.isoformat(), span.first.isoformat()))
    return tuple(CoverGiven(row["original_id"], row["replacement_id"], _days(row)) for row in rows)


def _waiting(tx: ReadTransaction, span: Days) -> tuple[Gap, ...]:
    rows = tx.fetch_all(_WAITING, (span.last.isoformat(), span.first.isoformat()))
    return tuple(
        Gap("waiting", _days(row), row["name"], row["label"], row["original_id"], row["id"])
        for row in rows
        if _days(row).meet(span)
    )


def _days(row: Row) -> Days:
    """Return the days of a cover: those it names, or all of its turn."""
    if row["first_day"] is not None:
        return Days(date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"]))
    start, end = (date.fromisoformat(row[name]) for name in ("start_date", "end_date"))
    return Days(start, end - timedelta(days=1))
