"""Who wrote how much, where and on which days."""

from __future__ import annotations

from datetime import date

from modelus_bot.database import ReadTransaction, Viewer, viewer_query
from modelus_bot.domain.permissions import require_staff_viewer
from modelus_bot.subjects.activity.model import ChannelCount, DayCount, MemberActivity, TopEntry
from modelus_bot.subjects.activity.queries.leaves import leave_of

__all__ = ["last_heard", "member_activity", "top_members"]

_TOP = """
SELECT user_id, sum(messages), count(DISTINCT day), max(last_at) FROM activity
WHERE day >= ? GROUP BY +user_id ORDER BY 2 DESC, user_id LIMIT ? OFFSET ?
"""
_TOP_IN = """
SELECT user_id, sum(messages), count(DISTINCT day), max(last_at) FROM activity
WHERE channel_id = ? AND day >= ? GROUP BY user_id ORDER BY 2 DESC, user_id LIMIT ? OFFSET ?
"""
_DAYS = """
SELECT day, sum(messages) FROM activity WHERE user_id = ? AND day >= ? GROUP BY day ORDER BY day
"""
_CHANNELS = """
SELECT channel_id, sum(messages) FROM activity WHERE user_id = ? AND day >= ?
GROUP BY channel_id ORDER BY 2 DESC, channel_id LIMIT ?
"""
_LAST_DAY = "SELECT max(day) FROM activity WHERE user_id = ?"
_LAST = "SELECT max(last_at) FROM activity WHERE user_id = ? AND day = ?"
"""Statements without another inside, so that a viewer's connection answers them by their indexes."""
CHANNELS = 5
"""How many of a member's channels are named."""


@viewer_query
def top_members(
    tx: ReadTransaction,
    viewer: Viewer,
    first: date,
    channel_id: int | None = None,
    limit: int = 10,
    offset: int = 0,
) -> tuple[TopEntry, ...]:
    """Return who wrote the most since a day, in a channel or in all; raises ``NotAllowed`` but for staff."""
    require_staff_viewer(tx, viewer)
    since = first.isoformat()
    if channel_id is None:
        rows = tx.fetch_all(_TOP, (since, limit, offset))
    else:
        rows = tx.fetch_all(_TOP_IN, (channel_id, since, limit, offset))
    return tuple(TopEntry(*row) for row in rows)


@viewer_query
def member_activity(tx: ReadTransaction, viewer: Viewer, user_id: int, first: date) -> MemberActivity:
    """Return what a member wrote since a day: their own to everybody, others' to staff."""
    if viewer.id != user_id:
        require_staff_viewer(tx, viewer)
    since = first.isoformat()
    days = tx.fetch_all(_DAYS, (user_id, since))
    channels = tx.fetch_all(_CHANNELS, (user_id, since, CHANNELS))
    return MemberActivity(
        user_id,
        first,
        tuple(DayCount(date.fromisoformat(row[0]), row[1]) for row in days),
        tuple(ChannelCount(*row) for row in channels),
        last_heard(tx, user_id)[1],
        leave_of(tx, user_id),
    )


def last_heard(tx: ReadTransaction, user_id: int) -> tuple[date | None, int | None]:
    """Return a member's last day with a message, and the newest message's instant (UTC seconds)."""
    day = tx.fetch_value(_LAST_DAY, (user_id,))
    if day is None:
        return None, None
    return date.fromisoformat(day), tx.fetch_value(_LAST, (user_id, day))
