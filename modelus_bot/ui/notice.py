"""The line that every reply has while the database is not well: what works, and how old the answer is.

``begin`` is called where a command, button or form starts, and each card asks ``present_line`` when it
is built. So no command has to think of it.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from modelus_bot.database import DatabaseError, Mode, answered_as_of, change_begun

if TYPE_CHECKING:
    from modelus_bot.database import DatabaseManager

__all__ = ["begin", "line_for", "present_line"]

_asked: ContextVar[DatabaseManager | None] = ContextVar("asked_database", default=None)
"""The database whose state the replies of this task tell of; None outside of interactions."""

_WORKS = {
    Mode.NORMAL: "",
    Mode.READ_ONLY: "Looking works, but nothing can be changed at the moment{why}; changes to the rota are"
    " saved for later.",
    Mode.DEGRADED: "The database cannot be used at the moment{why}; what is shown is as last known, and"
    " changes to the rota are saved for later.",
}


def line_for(mode: Mode, cause: DatabaseError | None, as_of: int | None) -> str | None:
    """Return what works in a mode and as of when (UTC seconds) the answer is; None when all is well.

    An answer from the snapshot says so also when the database came back meanwhile.
    """
    works = _WORKS[mode].format(why=_why(cause))
    shown = f"What is shown is as of <t:{as_of}:f> (<t:{as_of}:R>)." if as_of is not None else ""
    said = " ".join(part for part in (works, shown) if part)
    return f"⚠️ {said}" if said else None


def begin(database: DatabaseManager) -> None:
    """Let the replies of this task tell of ``database``; nothing has been answered or changed yet."""
    _asked.set(database)
    answered_as_of.set(None)
    change_begun.set(False)


def present_line() -> str | None:
    """Return the line that a reply of this task has now; None when all is well, or outside of replies."""
    database = _asked.get()
    if database is None:
        return None
    return line_for(database.mode, database.availability.cause, answered_as_of.get())


def _why(cause: DatabaseError | None) -> str:
    reason = cause.origin.reason if cause is not None else ""
    return f" because {reason}" if reason else ""
