"""Gate: what SQLite asks before it prepares a statement, and for whom the statement is."""

from __future__ import annotations

import contextlib
import re
import secrets
import sqlite3
from collections.abc import Collection, Iterator
from enum import Enum

from modelus_bot.database.core.errors import QueryFailed
from modelus_bot.database.core.transaction import Parameters
from modelus_bot.database.core.visibility.declaration import Viewer, Visibility
from modelus_bot.database.core.visibility.functions import HARMLESS, LEAKPROOF, TABLE_FUNCTIONS

__all__ = ["REMEMBERED", "Gate", "GateKind", "NeedsBarrier"]

RECURSIVE = 33
"""``SQLITE_RECURSIVE``, which Python's module has under this name only in some versions."""
LONGEST = 8_000
"""Letters of a statement, and of its values, up to which nothing in it can grow into an error."""
REMEMBERED = 500
"""Texts that need not be looked at again."""

_MAIN = re.compile(r"\bmain\b", re.IGNORECASE)
"""By this name alone a statement could mean a table instead of the view that hides it."""
_SELECT = re.compile(r"\bselect\b", re.IGNORECASE)
_ASKS = re.compile(
    r"(?:[\s;\ufeff]|--[^\n]*(?:\n|$)|/\*.*?(?:\*/|$))*(?:select|with|values)\b", re.IGNORECASE | re.DOTALL
)
"""How a statement begins that only asks: SQLite says nothing of EXPLAIN, and of VACUUM only while it runs."""


class GateKind(Enum):
    """What a gated connection is for.

    ``QUICK`` answers a viewer's plain statements with the tables' indexes. ``BARRIER`` answers all others:
    there a statement is given the viewer's rows and nothing before that. ``REPORT`` has no viewer and reads
    whole tables.
    """

    QUICK = "quick"
    BARRIER = "barrier"
    REPORT = "report"


class NeedsBarrier(QueryFailed):
    """A statement whose failing or taking long could tell of rows that are not the viewer's."""


class Gate:
    """Decides what one connection may read; everything that is not named here is refused.

    Views hide the tables of ``visibility`` that have a rule. SQLite says of each read inside which view it
    happens, by name alone, and a statement may call a part of itself by any name. So each rule stands in an
    inner view whose name nobody can guess, and only that one opens the table. Nor may a statement name the
    schema that the tables are in, so that not everything hangs on the name of a view.
    """

    def __init__(
        self,
        visibility: Visibility,
        kind: GateKind,
        existing: Collection[str],
        *,
        searched: Collection[str] = (),
        away: Collection[str] = (),
    ) -> None:
        """Take what is declared, and which tables exist.

        Those that are ``away`` are closed even to rules; ``searched`` ones are made by a module of SQLite's.
        """
        self.kind = kind
        self.viewer: Viewer | None = None
        self.engaged = False
        """Whether statements are somebody's, not those that keep the connection."""
        self.needs_barrier = False
        """Whether the last refusal was about what a quick connection may not have."""
        self._trusting = False
        self._room: dict[str, int] = {}
        self.mark = secrets.token_hex(16)
        report = kind is GateKind.REPORT
        self._existing = frozenset(map(str.lower, existing))
        self._away = frozenset(away)
        self._searched = tuple(map(str.lower, searched))
        self.filtered = (
            () if report else tuple(item for item in visibility.filtered if item.table in self._existing)
        )
        self._open = (visibility.reported if report else visibility.open) - self._away
        self._views = frozenset(item.table for item in self.filtered)
        self._inner = frozenset(map(self.inner_name, self._views))
        self._functions = LEAKPROOF if kind is GateKind.QUICK else HARMLESS

    def seat(self, viewer: Viewer | None) -> None:
        """Let the next statements be this viewer's; raises ``QueryFailed`` where there has to be one."""
        if (viewer is None) is not (self.kind is GateKind.REPORT):
            raise QueryFailed("whose statement is this?")
        self.viewer, self.engaged = viewer, True

    def leave(self) -> None:
        """Let statements be nobody's again."""
        self.viewer, self.engaged = None, False

    def inner_name(self, table: str) -> str:
        """Return the name of the view with a table's rule."""
        return f"{self.mark} {table}"

    def viewer_id(self) -> int | None:
        """Return whose rows are seen; nobody's outside of a query."""
        return self.viewer.id if self.viewer is not None else None

    def viewer_is_admin(self) -> bool:
        """Say whether Discord or the configuration makes them administrator."""
        return self.viewer is not None and self.viewer.discord_admin

    def vet(self, sql: str, parameters: Parameters) -> None:
        """Raise ``QueryFailed`` for a text that the authorizer is not asked about."""
        self.needs_barrier = False
        room = self._room.get(sql)
        if room is None:
            room = self._looked_at(sql)
        if parameters and self.kind is GateKind.QUICK and _letters(parameters) > room:
            raise NeedsBarrier("its values are very long")

    def _looked_at(self, sql: str) -> int:
        """Look at a text, and remember how many letters its values may have."""
        if not _ASKS.match(sql) or self.mark in sql.lower():
            raise QueryFailed("viewers only ask")
        if self.kind is not GateKind.REPORT and _MAIN.search(sql):
            raise QueryFailed("tables behind their views are not for viewers")
        room = LONGEST - len(sql)
        if self.kind is GateKind.QUICK and (room < 0 or len(_SELECT.findall(sql)) > 1):
            raise NeedsBarrier("it asks within a question, or is very long")
        if len(self._room) >= REMEMBERED:
            self._room.clear()
        self._room[sql] = room
        return room

    def searched_by(self, sql: str) -> tuple[str, ...]:
        """Return the tables that a module of SQLite's keeps and that a statement may be about."""
        text = sql.lower() if self._searched else ""
        return tuple(name for name in self._searched if name in text)

    @contextlib.contextmanager
    def trusting(self) -> Iterator[None]:
        """Let a statement that was looked at already prepare what it needs inside."""
        self._trusting = True
        try:
            yield
        finally:
            self._trusting = False

    def authorize(
        self, action: int, first: str | None, second: str | None, schema: str | None, inside: str | None
    ) -> int:
        """Answer SQLite, which asks for each thing that a statement would do, while it is prepared."""
        if self._trusting:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ:
            allowed = self._may_read(first or "", second or "", schema, inside)
        elif action == sqlite3.SQLITE_FUNCTION:
            allowed = self._may_call((second or "").lower(), inside)
        elif action == sqlite3.SQLITE_PRAGMA:
            allowed = not self.engaged and first == "busy_timeout"
        elif action == sqlite3.SQLITE_TRANSACTION:
            allowed = not self.engaged
        elif action == RECURSIVE:
            allowed = self._unless_quick()
        else:
            allowed = action == sqlite3.SQLITE_SELECT
        return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY

    def _may_read(self, table: str, column: str, schema: str | None, inside: str | None) -> bool:
        """Decide about a column of a table, or about a table none of whose columns is asked for.

        Of the latter SQLite does not say inside which view it is, and leaves names as they were written.
        """
        name, place = table.lower(), (schema or "").lower()
        own = name.startswith(("sqlite_", "pragma_"))
        if inside in self._inner and place != "temp":
            return not own and name not in self._away
        if name in self._inner:
            return place != "main"
        if name in self._open or (name in self._views and place != "main"):
            return True
        if not column and name in self._views:
            return self._unless_quick() and False
        if name in TABLE_FUNCTIONS and name not in self._existing:
            return self._unless_quick()
        return not place and not column and not own and name not in self._existing

    def _may_call(self, function: str, inside: str | None) -> bool:
        if function in self._functions:
            return True
        return function in HARMLESS and (inside in self._inner or self._unless_quick())

    def _unless_quick(self) -> bool:
        if self.kind is GateKind.QUICK:
            self.needs_barrier = True
            return False
        return True


def _letters(parameters: Parameters) -> int:
    """Return how long the texts and blobs among the values are."""
    values = parameters.values() if isinstance(parameters, dict) else parameters
    return sum(len(value) for value in values if isinstance(value, str | bytes))
