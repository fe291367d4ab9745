"""Queueing notices with the change they tell of, and marking what became of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import PLACEHOLDER_LIMIT
from modelus_bot.subjects.notices.model import NoticeType

__all__ = ["MarkDelivered", "MarkFailed", "notify", "notify_each", "notify_managers"]

_INSERT = """
INSERT INTO notifications(
    user_id, type, title, message, ref_table, ref_id, dedupe_key, deliver_after, created_at
)
VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)
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
    account have nowhere to get it and are passed over. ``deliver_after`` is UTC seconds.
    """
    if user_id is None or user_id < PLACEHOLDER_LIMIT:
        return
    now = tx.context.at
    tx.execute(
        _INSERT,
        (
            user_id, type, title[:200], message[:2000], ref_table, ref_id, dedupe_key,
            now if deliver_after is None else deliver_after, now,
        ),
    )  # fmt: skip


def notify_each(
    tx: Transaction, type: NoticeType, notices: Iterable[tuple[int, str, str, str | None]]
) -> None:
    """Queue many notices, due at once: each is (person, title, message, dedupe key) as for ``notify``."""
    now = tx.context.at
    rows = [
        (person, type, title[:200], message[:2000], None, None, dedupe_key, now, now)
        for person, title, message, dedupe_key in notices
        if person >= PLACEHOLDER_LIMIT
    ]
    tx.execute_many(_INSERT, rows)


def notify_managers(tx: Transaction, title: str, message: str, *, dedupe_key: str) -> None:
    """Queue a notice for every active project manager and administrator, once per key."""
    for row in tx.fetch_all(_MANAGERS):
        notify(tx, row["discord_id"], "system", title, message, dedupe_key=dedupe_key)


class MarkDelivered(Write[int]):
    """Note that notices reached their people; returns how many were not marked before."""

    ids: Annotated[tuple[int, ...], Field(min_length=1, max_length=200)]

    def apply(self, tx: Transaction) -> int:
        """Set the time of delivery."""
        return sum(
            tx.execute(
                "UPDATE notifications SET delivered_at = ? WHERE id = ? AND delivered_at IS NULL",
                (tx.context.at, number),
            )
            for number in self.ids
        )


class MarkFailed(Write[int]):
    """Note that a notice could not be delivered and when to try again; returns the attempts so far."""

    id: int
    error: Annotated[str, Field(min_length=1, max_length=200)]
    retry_at: int

    def apply(self, tx: Transaction) -> int:
        """Count the attempt and move the notice's time."""
        attempts = tx.fetch_value(
            "UPDATE notifications SET attempts = attempts + 1, last_error = ?, deliver_after = ?"
            " WHERE id = ? AND delivered_at IS NULL RETURNING attempts",
            (self.error, self.retry_at, self.id),
        )
        return int(attempts or 0)
