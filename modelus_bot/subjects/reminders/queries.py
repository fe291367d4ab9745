"""modelus_bot.subjects.reminders.queries"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from modelus_bot.database import ReadTransaction, query
from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.cover_days import DAY
from modelus_bot.subjects.assignments.queries import turn_of
from modelus_bot.subjects.disciplines.queries import disciplines
from modelus_bot.subjects.reminders.model import ComingTurn
from modelus_bot.subjects.sprints.queries.sprints import sprints

__all__ = ["coming_turns", "distance_due"]


@query
def coming_turns(
    tx: ReadTransaction, at: int, calendar: Calendar, within: int, user_id: int | None = None
) -> tuple[ComingTurn, ...]:
    """Return the turns that begin after an instant and at most ``within`` days later, of one person or all.

    Days of one's own turn that come after a cover of somebody else's are no new turn.
    """
    last = calendar.day_of(at) + timedelta(days=within)
    return tuple(
        ComingTurn(
            beginning.user_id, found.id, found.name, key.key, key.label, beginning.days, beginning.covering
        )
        for found in sprints(tx, calendar.duty_day(at))
        if found.start <= last
        for key in disciplines(tx)
        for beginning in turn_of(tx, found.id, key.key).beginnings(found.start, found.end)
        if beginning.user_id is not None and user_id in {None, beginning.user_id}
        if beginning.days.first <= last and beginning.days.begin(calendar) > at
    )


def distance_due(first: date, at: int, calendar: Calendar, days_before: Iterable[int]) -> int | None:
    """Return how many days before its beginning a turn's holder is to be reminded now; None: not at all.

    Of several whose moment has passed only the nearest to the beginning counts.
    """
    if at >= calendar.handoff(first):
        return None
    return min((days for days in days_before if at >= calendar.handoff(first - days * DAY)), default=None)
