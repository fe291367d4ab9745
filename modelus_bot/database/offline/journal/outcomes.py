"""What the end of one try means for a saved change: decided for good, or to be tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from modelus_bot.database.core.errors import (
    DatabaseBusy,
    DatabaseError,
    DeadlineExceeded,
    ManagerClosed,
    MigrationFailed,
    QueueFull,
    SchemaMismatch,
)
from modelus_bot.database.core.operation import Write
from modelus_bot.database.offline.journal.entry import JournalEntry, JournalOutcome, Settled, settled_as

__all__ = ["Explain", "expired", "explain_plainly", "judge", "may_pass", "rebuild", "too_old"]

Explain = Callable[[BaseException], str]
"""Puts why a change was refused into a sentence for its author."""

_UNTRIED = (asyncio.CancelledError, ManagerClosed, MigrationFailed, QueueFull, SchemaMismatch)
"""The change did not reach the database."""
_HELD_UP = (DatabaseBusy, DeadlineExceeded)
"""May be the fault of the change: a try that counts."""


def may_pass(error: BaseException) -> bool:
    """Say whether the same write may work later."""
    return isinstance(error, _UNTRIED) or (isinstance(error, DatabaseError) and error.away)


def _proves_nothing(error: BaseException) -> bool:
    """Say whether a try does not count: the database is away again, or nobody knows yet."""
    return may_pass(error) and not isinstance(error, _HELD_UP)


def judge(entry: JournalEntry, error: BaseException | None, explain: Explain) -> Settled | JournalEntry:
    """Return what became of an entry, or the entry again if it has to be tried once more."""
    if error is None:
        return settled_as(entry, JournalOutcome.APPLIED)
    if _proves_nothing(error):
        return entry
    if isinstance(error, _HELD_UP):
        again = entry.again()
        if again.retry_count < again.max_retries:
            return again
        tries = f"The database did not take it in {again.retry_count} tries. Please make it again."
        return settled_as(entry, JournalOutcome.REFUSED, tries)
    return settled_as(entry, JournalOutcome.REFUSED, explain(error))


def too_old(entry: JournalEntry, cutoff: float | None) -> bool:
    """Say whether an entry was saved before ``cutoff`` (UTC seconds); None: nobody knows how old it is."""
    return cutoff is not None and entry.saved_at < cutoff


def expired(entry: JournalEntry, hours: int) -> Settled:
    """Return an entry as one that waited too long."""
    reason = f"The database was away for more than {hours} hours. Look how things are now and decide anew."
    return settled_as(entry, JournalOutcome.EXPIRED, reason)


def rebuild(entry: JournalEntry, known: dict[str, type[Write[Any]]]) -> Write[Any] | Settled:
    """Return the write of an entry, or a refusal if this version of the bot cannot make one of it."""
    cls = known.get(entry.operation)
    if cls is None:
        return settled_as(
            entry, JournalOutcome.REFUSED, "This version of the bot does not know this change any more."
        )
    try:
        return cls.model_validate_json(entry.parameters)
    except ValidationError:
        return settled_as(
            entry, JournalOutcome.REFUSED, "This version of the bot cannot read this change any more."
        )


def explain_plainly(error: BaseException) -> str:
    """Return a sentence for authors where nobody knows the rules of the operations."""
    return error.user_message if isinstance(error, DatabaseError) else "A rule refused it."
