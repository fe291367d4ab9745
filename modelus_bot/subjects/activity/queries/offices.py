"""How whoever holds an office stands: heard, silent, inactive or on leave."""

from __future__ import annotations

from datetime import date, timedelta

from modelus_bot.database import ReadTransaction, Row, Viewer, viewer_query
from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.permissions import require_staff_viewer
from modelus_bot.subjects.activity.model import OfficeStanding
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
_HEARD_DAYS = """
WITH RECURSIVE heard(day) AS (
    SELECT min(day) FROM activity WHERE day >= ?
    UNION ALL
    SELECT (SELECT min(day) FROM activity WHERE activity.day > heard.day) FROM heard
    WHERE heard.day IS NOT NULL
)
SELECT day FROM heard WHERE day IS NOT NULL
"""
_LAST = """
SELECT max(day), max(last_at) FROM activity
WHERE user_id = :id AND day = (SELECT max(day) FROM activity WHERE user_id = :id)
"""
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
    first = (today - timedelta(days=LOOKED_BACK)).isoformat()
    days = [date.fromisoformat(row[0]) for row in tx.fetch_all(_HEARD_DAYS, (first,))]
    held = tx.fetch_all(_HELD, {"office": office})
    found = [_standing(tx, row, limits, today, calendar, days) for row in held]
    return tuple(sorted(found, key=lambda one: (-one.silent_days, one.nation, one.office)))


def _standing(
    tx: ReadTransaction, row: Row, limits: Limits, today: date, calendar: Calendar, days: list[date]
) -> OfficeStanding:
    office_id, nation_id, nation, office, user_id, since, nation_on_leave = row
    leave = leave_of(tx, user_id)
    day, last_at = tx.fetch_all(_LAST, {"id": user_id})[0]
    wrote = date.fromisoformat(day) if day is not None else None
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
