"""What people read about a cover request: whose turn, from when to when, and what happened."""

from __future__ import annotations

from modelus_bot.database import Transaction
from modelus_bot.domain.cover_days import days_words
from modelus_bot.subjects.assignments.queries import calendar_of
from modelus_bot.subjects.covers.model import Cover
from modelus_bot.subjects.notices.writes.outbox import notify
from modelus_bot.subjects.sprints.queries.sprints import sprint
from modelus_bot.text.escaping import plain

__all__ = ["tell_of_cover", "turn_words"]


def turn_words(tx: Transaction, found: Cover) -> str:
    """Return a turn, or days of it, with the hand-overs, as Discord shows them in the reader's own time."""
    words = f"{plain(found.duty)} in {plain(found.sprint_name)}"
    if found.days is not None:
        words = f"{words}, {days_words(found.days)}"
    known = sprint(tx, found.sprint_id)
    days = found.days or (known.days if known is not None else None)
    if days is None:
        return words
    calendar = calendar_of(tx.context)
    return f"{words}, <t:{days.begin(calendar)}:f> to <t:{days.end(calendar)}:f>"


def tell_of_cover(
    tx: Transaction, found: Cover, person: int | None, title: str, text: str, *, key: str
) -> None:
    """Queue a notice about a request; it is sent with the request's buttons and a link to its card."""
    notify(
        tx, person, "cover", title, text,
        dedupe_key=f"cover:{found.id}:{key}", ref_table="overrides", ref_id=found.id,
    )  # fmt: skip
