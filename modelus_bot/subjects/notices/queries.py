"""Reading notices: one's own inbox and choices, and for whom something is due."""

from __future__ import annotations

from modelus_bot.database import ReadTransaction, Row, Viewer, query, viewer_query
from modelus_bot.subjects.notices.model import Notice, Preferences, QuietHours

__all__ = [
    "due_people",
    "inbox",
    "is_closed_already",
    "notice_of",
    "own_notice",
    "own_preferences",
    "preferences",
    "unread",
]

COLUMNS = (
    "id, user_id, type, title, message, attempts, created_at, ref_table, ref_id, deliver_after, delivered_at,"
    " way, last_error, is_read, parcel, packed_at"
)

_ANYTHING_DUE = "SELECT 1 FROM notifications WHERE delivered_at IS NULL AND deliver_after <= ? LIMIT 1"


_DUE_PEOPLE = """
WITH RECURSIVE person(id) AS (
    SELECT min(user_id) FROM notifications WHERE delivered_at IS NULL
    UNION ALL
    SELECT (SELECT min(user_id) FROM notifications WHERE delivered_at IS NULL AND user_id > person.id)
    FROM person WHERE person.id IS NOT NULL
)
SELECT id FROM person WHERE EXISTS (
    SELECT 1 FROM notifications WHERE user_id = person.id AND delivered_at IS NULL AND deliver_after <= ?
)
"""
"""Steps from person to person along an index, however much waits for each."""


_INBOX = f"""
SELECT {COLUMNS} FROM notifications
WHERE user_id = ?1 AND way IS NOT 'off' AND (due_at IS NULL OR due_at <= ?2)
ORDER BY is_read, created_at DESC, id DESC LIMIT ?3 OFFSET ?4
"""  # noqa: S608 - the columns stand above


_UNREAD = f"""
SELECT {COLUMNS} FROM notifications
WHERE user_id = ?1 AND is_read = 0 AND way IS NOT 'off' AND (due_at IS NULL OR due_at <= ?2)
ORDER BY created_at DESC, id DESC LIMIT ?3 OFFSET ?4
"""  # noqa: S608 - the columns stand above


_COUNT = """
SELECT count(*), max(id) FROM notifications
WHERE user_id = ? AND is_read = 0 AND (due_at IS NULL OR due_at <= ?)
"""


_OWN = f"""
SELECT {COLUMNS} FROM notifications
WHERE id = ? AND user_id = ? AND way IS NOT 'off' AND (due_at IS NULL OR due_at <= ?)
"""  # noqa: S608 - the columns stand above


_LAST_SENT = """
SELECT way FROM notifications
WHERE user_id = ? AND way IN ('dm', 'closed') ORDER BY delivered_at DESC, id DESC LIMIT 1
"""


_PERSON = "SELECT timezone, quiet_from, quiet_to FROM users WHERE discord_id = ?"


_CHOSEN = "SELECT type, delivery FROM notification_prefs WHERE user_id = ?"


@query
def due_people(tx: ReadTransaction, at: int) -> tuple[int, ...]:
    """Return everybody who is to be sent something by now (UTC seconds)."""
    if tx.fetch_value(_ANYTHING_DUE, (at,)) is None:
        return ()
    return tuple(row[0] for row in tx.fetch_all(_DUE_PEOPLE, (at,)))


@viewer_query
def inbox(
    tx: ReadTransaction, viewer: Viewer, at: int, limit: int, offset: int = 0, unread_only: bool = False
) -> tuple[Notice, ...]:
    """Return what somebody has been told by now (UTC seconds): unread first, of each the newest first."""
    rows = tx.fetch_all(_UNREAD if unread_only else _INBOX, (viewer.id, at, limit, offset))
    return tuple(map(notice_of, rows))


@viewer_query
def unread(tx: ReadTransaction, viewer: Viewer, at: int) -> tuple[int, int]:
    """Return how many notices somebody has not read by now, and the number of the last of them."""
    row = tx.fetch_one(_COUNT, (viewer.id, at))
    return (row[0], row[1] or 0) if row is not None else (0, 0)


@query
def own_notice(tx: ReadTransaction, user_id: int, number: int, at: int) -> Notice | None:
    """Return a notice if it is in this person's inbox by now."""
    row = tx.fetch_one(_OWN, (number, user_id, at))
    return notice_of(row) if row is not None else None


@query
def is_closed_already(tx: ReadTransaction, user_id: int) -> bool:
    """Say whether the last message to somebody had to stay in the inbox, their messages being closed."""
    return bool(tx.fetch_value(_LAST_SENT, (user_id,)) == "closed")


@query
def preferences(tx: ReadTransaction, user_id: int, fallback: str) -> Preferences:
    """Return what somebody has chosen; ``fallback`` is the time zone of those who are not known."""
    person = tx.fetch_one(_PERSON, (user_id,))
    if person is None:
        return Preferences(fallback)
    zone, begin, end = person
    quiet = QuietHours(begin, end, zone) if begin is not None else None
    return Preferences(zone, quiet, {row[0]: row[1] for row in tx.fetch_all(_CHOSEN, (user_id,))})


@viewer_query
def own_preferences(tx: ReadTransaction, viewer: Viewer, fallback: str) -> Preferences:
    """Return what the viewer has chosen; ``fallback`` is as for ``preferences``."""
    return preferences(tx, viewer.id, fallback)


def notice_of(row: Row) -> Notice:
    """Return a notice of its ``COLUMNS``."""
    values = list(row)
    values[13] = bool(values[13])
    return Notice(*values)
