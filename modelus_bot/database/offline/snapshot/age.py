"""How old the answer is that somebody is given while the database cannot be asked."""

from __future__ import annotations

from contextvars import ContextVar

__all__ = ["answered_as_of", "note_age"]

answered_as_of: ContextVar[int | None] = ContextVar("answered_as_of", default=None)
"""UTC seconds as of which the answers of this task were right; None when all came from the database."""


def note_age(as_of: int) -> None:
    """Remember that an answer came from the snapshot; of several the oldest counts."""
    known = answered_as_of.get()
    answered_as_of.set(as_of if known is None else min(known, as_of))
