"""Telling of a change in the same transaction: what other subjects call beside their writes."""

from __future__ import annotations

from modelus_bot.database import Transaction
from modelus_bot.subjects.feed.model import EventKind

__all__ = ["happened", "hushed", "taken_back"]

LONGEST = 200
"""Characters of a headline."""
_ADD = """
INSERT INTO events(kind, nation_id, user_id, headline, ref_table, ref_id, matter, was, at)
VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_LAST = """
SELECT id, was FROM events WHERE matter = ? AND fate IS NULL AND packed_at IS NULL ORDER BY id DESC LIMIT 1
"""
_WITHDRAW = "DELETE FROM events WHERE id = ?"
_ABOUT = """
SELECT id, kind, nation_id, headline, fate IS NULL AND packed_at IS NULL AS waits FROM events
WHERE ref_table = ? AND ref_id = ? ORDER BY id DESC
"""


def happened(
    tx: Transaction,
    kind: EventKind,
    headline: str,
    *,
    nation_id: int | None = None,
    user_id: int | None = None,
    about: tuple[str, int] | None = None,
    turned: tuple[str, str, str] | None = None,
) -> None:
    """Tell of a change; ``headline`` is as people wrote it, and escaped where it is shown.

    ``about`` is the row (table, number) that it is about. ``turned`` says what of it was changed, from what,
    and to what: where that takes back what was not told yet, neither is told.
    """
    matter, was, becomes = turned if turned is not None else (None, None, None)
    last = tx.fetch_one(_LAST, (matter,)) if matter is not None else None
    if last is not None and last["was"] == becomes:
        tx.execute(_WITHDRAW, (last["id"],))
        return
    table, number = about if about is not None else (None, None)
    values = (kind, nation_id, user_id, _fitting(headline), table, number, matter, was, tx.context.at)
    tx.execute(_ADD, values)


def hushed(tx: Transaction, table: str, number: int) -> None:
    """Let nothing be told of a row that was not told of it yet: it is not for everybody any more."""
    for row in tx.fetch_all(_ABOUT, (table, number)):
        if row["waits"]:
            tx.execute(_WITHDRAW, (row["id"],))


def taken_back(tx: Transaction, table: str, number: int) -> None:
    """Tell that what was told of a row was undone; what was not told yet is withdrawn instead."""
    for row in tx.fetch_all(_ABOUT, (table, number)):
        if row["waits"]:
            tx.execute(_WITHDRAW, (row["id"],))
        elif row["kind"] != "corrected":
            headline = f"Taken back: {row['headline']}"
            happened(tx, "corrected", headline, nation_id=row["nation_id"], about=(table, number))
            return


def _fitting(headline: str) -> str:
    line = " ".join(headline.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
