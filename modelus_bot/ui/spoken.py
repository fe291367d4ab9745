"""What the machinery says, as a card shows it: instants in the reader's time, no folders or names of code."""

from __future__ import annotations

import re
from datetime import UTC, datetime

__all__ = ["failure_words", "operation_words", "places_removed", "spoken"]

_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?: ?(?:UTC|Z|[+-]\d\d:?\d\d))"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?"
)
_PLACE = re.compile(r"(?<![\w.:/<~])~?/(?:[^\s/:;,()“”\"'`]+/)+([^\s/:;,()“”\"'`]*[^\s/:;,.()“”\"'`])/?")
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def spoken(text: str) -> str:
    """Return a sentence of the database's, instants as Discord shows them and files by their name alone."""
    return places_removed(_INSTANT.sub(_moment, text))


def places_removed(text: str) -> str:
    """Return text with files named without their folders, for blocks in which Discord draws no instants."""
    return _PLACE.sub(r"\1", text)


def failure_words(error_type: str) -> str:
    """Return the kind of a failure, ``DatabaseLocked`` or ``database_locked``, as words."""
    return _CAPITAL.sub(" ", error_type).replace("_", " ").lower()


def operation_words(name: str) -> str:
    """Return an operation's name, ``queries.oncall_now`` or ``SetAway``, as words."""
    last = name.rpartition(".")[2]
    words = _CAPITAL.sub(" ", last).replace("_", " ").strip().lower()
    return f"reading {words}" if "." in name else words


def _moment(found: re.Match[str]) -> str:
    written = found[0].replace(" UTC", "+00:00").replace("UTC", "+00:00")
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return found[0]
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return f"<t:{int(at.timestamp())}:F>"
