"""What happened lately, and what of it is still to be told."""

from __future__ import annotations

from collections.abc import Sequence

from modelus_bot.database import ReadTransaction, Row, query, viewer_query
from modelus_bot.domain.permissions import Viewer
from modelus_bot.subjects.feed.model import Event, FeedPost, FeedState, OnItsWay

__all__ = ["event_of", "feed_refusal", "feed_state", "on_its_way", "recent_events"]

_RECENT = """
SELECT id, kind, nation_id, user_id, headline, at FROM events ORDER BY id DESC LIMIT ? OFFSET ?
"""
_PACKED = """
SELECT id, kind, nation_id, user_id, headline, at, channel_id, packed_at,
    ref_table IS 'laws' AND NOT EXISTS (
        SELECT 1 FROM laws AS l WHERE l.id = ref_id AND l.is_public = 1 AND l.enacted_at IS NOT NULL
    ) AS closed
FROM events WHERE fate IS NULL AND packed_at IS NOT NULL ORDER BY id
"""
_WAITING = "SELECT min(at), count(*) FROM events WHERE fate IS NULL AND packed_at IS NULL"
_REFUSAL = "SELECT refusal FROM events WHERE channel_id = ? ORDER BY id DESC LIMIT 1"
_POSTED = """
SELECT at FROM events WHERE channel_id = ? AND posted_message_id IS NOT NULL ORDER BY id DESC LIMIT 1
"""


@viewer_query(kept=True, hot=True)
def recent_events(tx: ReadTransaction, viewer: Viewer, limit: int = 10, offset: int = 0) -> tuple[Event, ...]:
    """Return what happened, the newest first, as far as the viewer may know of it."""
    del viewer  # whose rows there are
    return tuple(map(event_of, tx.fetch_all(_RECENT, (limit, offset))))


@query
def on_its_way(tx: ReadTransaction) -> OnItsWay:
    """Return the message of which nothing is known yet, if any, and what waits behind it."""
    packed = tx.fetch_all(_PACKED)
    oldest, waiting = tx.fetch_all(_WAITING)[0]
    return OnItsWay(_post(packed) if packed else None, oldest, waiting)


@query
def feed_refusal(tx: ReadTransaction, channel_id: int) -> str | None:
    """Return why Discord refused what was to be posted in a channel last; None where it did not."""
    found = tx.fetch_value(_REFUSAL, (channel_id,))
    return None if found is None else str(found)


@query
def feed_state(tx: ReadTransaction, channel_id: int | None) -> FeedState:
    """Return how the feed of a channel is."""
    waiting = tx.fetch_all(_WAITING)[0][1]
    if channel_id is None:
        return FeedState(waiting, None, None)
    return FeedState(waiting, feed_refusal(tx, channel_id), tx.fetch_value(_POSTED, (channel_id,)))


def event_of(row: Row) -> Event:
    """Turn a row into an event."""
    return Event(row[0], row[1], row[2], row[3], row[4], row[5])


def _post(rows: Sequence[Row]) -> FeedPost:
    closed = any(row["closed"] for row in rows)
    return FeedPost(rows[0]["channel_id"], rows[0]["packed_at"], tuple(map(event_of, rows)), closed)
