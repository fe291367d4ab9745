"""Queueing notices with the change they tell of.

``notify`` is what other subjects call. A notice is in its reader's inbox from then on; what they have
chosen decides when it is sent, or whether at all, and is judged again when it leaves.
"""

from __future__ import annotations

from collections.abc import Iterable

from modelus_bot.database import Transaction
from modelus_bot.domain.fields import PLACEHOLDER_LIMIT
from modelus_bot.subjects.notices.model import Preferences
from modelus_bot.subjects.notices.queries import preferences
from modelus_bot.subjects.notices.rules.kinds import NoticeType
from modelus_bot.subjects.notices.rules.leaving import judged

__all__ = ["NoticeType", "notify", "notify_each", "notify_managers"]

_INSERT = """
INSERT INTO notifications(
    user_id, type, title, message, ref_table, ref_id, dedupe_key, created_at,
    deliver_after, held_from, delivered_at, way, is_read, read_at, due_at
)
VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT(user_id, dedupe_key) WHERE dedupe_key IS NOT NULL DO NOTHING
"""


_MANAGERS = """
SELECT discord_id FROM users
WHERE role IN ('project_manager', 'admin') AND role IS NOT NULL AND is_active = 1
ORDER BY discord_id
"""


def notify(
    tx: Transaction,
    user_id: int | None,
    type: NoticeType,
    title: str,
    message: str,
    *,
    dedupe_key: str | None = None,
    deliver_after: int | None = None,
    ref_table: str | None = None,
    ref_id: int | None = None,
) -> None:
    """Queue a notice in the same transaction as the change it tells of.

    The same ``dedupe_key`` for the same person is queued once. People imported without a Discord
    account have nowhere to get it and are passed over. ``deliver_after`` is UTC seconds: before that it is
    not in the inbox either. What somebody has switched off is kept as well, out of sight, so that its key
    goes on counting.
    """
    if user_id is None or user_id < PLACEHOLDER_LIMIT:
        return
    due = tx.context.at if deliver_after is None else deliver_after
    told = (user_id, type, title[:200], message[:2000], ref_table, ref_id, dedupe_key, tx.context.at)
    chosen = preferences(tx, user_id, tx.context.zone)
    tx.execute(_INSERT, (*told, *_leaving(tx, type, chosen, due)))


def notify_each(
    tx: Transaction, type: NoticeType, notices: Iterable[tuple[int, str, str, str | None]]
) -> None:
    """Queue many notices, due at once: each is (person, title, message, dedupe key) as for ``notify``."""
    now = tx.context.at
    known: dict[int, tuple[int | str | None, ...]] = {}
    rows = []
    for person, title, message, dedupe_key in notices:
        if person < PLACEHOLDER_LIMIT:
            continue
        if person not in known:
            known[person] = _leaving(tx, type, preferences(tx, person, tx.context.zone), now)
        rows.append((person, type, title[:200], message[:2000], None, None, dedupe_key, now, *known[person]))
    tx.execute_many(_INSERT, rows)


def notify_managers(tx: Transaction, title: str, message: str, *, dedupe_key: str) -> None:
    """Queue a notice for every active project manager and administrator, once per key."""
    for row in tx.fetch_all(_MANAGERS):
        notify(tx, row["discord_id"], "system", title, message, dedupe_key=dedupe_key)


def _leaving(
    tx: Transaction, type: NoticeType, chosen: Preferences, due: int
) -> tuple[int | str | None, ...]:
    """Return when a notice is sent and since when held, how it left already, its reading, when it is due."""
    found = judged(type, chosen, due, tx.context.zone)
    now = tx.context.at
    later = due if due > now else None
    if found.does == "hold":
        return found.until, due, None, None, 0, None, later
    if found.does == "off":
        return due, None, now, "off", 1, now, later
    if found.does == "inbox" and later is None:
        return due, None, now, "inbox", 0, None, None
    return due, None, None, None, 0, None, later
