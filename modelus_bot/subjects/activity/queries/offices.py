"""How whoever holds an office stands: heard, silent, inactive or on leave."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from modelus_bot.database import ReadTransaction, Row, Viewer, viewer_query
from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.permissions import require_staff_viewer
from modelus_bot.subjects.activity.model import OfficeStanding
from modelus_bot.subjects.activity.queries.counts import last_heard
from modelus_bot.subjects.activity.queries.leaves import leave_of
from modelus_bot.subjects.activity.rules.silence import Limits, judged, last_there, silence
from modelus_bot.subjects.nations.model import OfficeName

__all__ = ["LOOKED_BACK", "office_standings", "standings"]

LOOKED_BACK = 400
"""Days of silence that are counted at most; longer than any limit."""

_HELD = """
SELECT o.id, o.nation_id, n.name, o.office, o.user_id, o.since, n.status = 'leave'
FROM nation_offices AS o JOIN nations AS n ON n.id = o.nation_id
WHERE o.until IS NULL AND n.status <> 'archived' AND (:office IS NULL OR o.office = :office)
ORDER BY n.name, o.office
"""
_NEXT_DAY = "SELECT min(day) FROM activity WHERE day > ?"
"""Asked for each day: a viewer's connection answers no statement with another inside by its index."""
_ITEM = """
SELECT i.item_id, t.status FROM inactivity_items AS i JOIN triage_items AS t ON t.id = i.item_id
WHERE i.office_id = ? AND i.silent_since = ?
"""


@viewer_query
def office_standings(
    tx: ReadTransaction,
    viewer: Viewer,
    limits: Limits,
    today: date,
    calendar: Calendar,
    office: OfficeName | None = None,
) -> tuple[OfficeStanding, ...]:
    """Return everybody in office, the longest silence first; raises ``NotAllowed`` but for staff."""
    require_staff_viewer(tx, viewer)
    return standings(tx, limits, today, calendar, office)


def standings(
    tx: ReadTransaction, limits: Limits, today: date, calendar: Calendar, office: OfficeName | None = None
) -> tuple[OfficeStanding, ...]:
    """Return how everybody in office stands on a day, the longest silence first."""
    days = [*_heard_days(tx, today - timedelta(days=LOOKED_BACK))]
    held = tx.fetch_all(_HELD, {"office": office})
    found = [_standing(tx, row, limits, today, calendar, days) for row in held]
    return tuple(sorted(found, key=lambda one: (-one.silent_days, one.nation, one.office)))


def _heard_days(tx: ReadTransaction, after: date) -> Iterator[date]:
    """Yield the days after one on which the bot heard anybody."""
    day = tx.fetch_value(_NEXT_DAY, (after.isoformat(),))
    while day is not None:
        yield date.fromisoformat(day)
        day = tx.fetch_value(_NEXT_DAY, (day,))


def _standing(
    tx: ReadTransaction, row: Row, limits: Limits, today: date, calendar: Calendar, days: list[date]
) -> OfficeStanding:
    office_id, nation_id, nation, office, user_id, since, nation_on_leave = row
    leave = leave_of(tx, user_id)
    wrote, last_at = last_heard(tx, user_id)
    there = last_there(wrote, calendar.day_of(since), leave)
    silent = silence(there, today, days, leave)
    limit = limits[office]
    item = tx.fetch_one(_ITEM, (office_id, there.isoformat()))
    return OfficeStanding(
        office_id,
        nation_id,
        nation,
        office,
        user_id,
        there,
        silent,
        limit,
        judged(silent, limit, today, leave, nation_on_leave=bool(nation_on_leave)),
        last_at=last_at,
        leave_to=leave.to_day if leave is not None and leave.covers(today) else None,
        item_id=item[0] if item is not None else None,
        item_status=item[1] if item is not None else None,
    )
