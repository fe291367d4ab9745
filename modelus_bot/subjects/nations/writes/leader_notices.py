"""Telling those who hold an office of a nation what concerns it."""

from __future__ import annotations

from modelus_bot.database import Transaction
from modelus_bot.subjects.nations.queries.offices import offices_of
from modelus_bot.subjects.notices.writes.outbox import NoticeType, notify

__all__ = ["tell_leaders"]


def tell_leaders(
    tx: Transaction,
    nation_id: int,
    type: NoticeType,
    title: str,
    message: str,
    *,
    key: str,
    but: int | None,
    ref_table: str | None = None,
    ref_id: int | None = None,
) -> int:
    """Queue a notice for a nation's president and vice president, ``but`` not for one who knows already.

    The same ``key`` is queued once for each of them. Returns how many hold an office, that one included.
    """
    offices = offices_of(tx, nation_id)
    for office in offices:
        if office.user_id != but:
            notify(
                tx, office.user_id, type, title, message,
                dedupe_key=key, ref_table=ref_table, ref_id=ref_id,
            )  # fmt: skip
    return len(offices)
