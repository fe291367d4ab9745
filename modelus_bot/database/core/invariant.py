"""Rules over several rows that the schema alone cannot hold, each a named query."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Invariant"]


@dataclass(frozen=True, slots=True)
class Invariant:
    """A rule and the query that finds what breaks it.

    ``sql`` returns one row per violation: table, record id, what is wrong. The record id is the rowid,
    or the primary key where there is no rowid, as a JSON array if it has several columns. ``meaning``
    says the rule in words. ``repair`` is one statement that puts every such row right where it is
    clear what is right; running it again changes nothing.
    """

    name: str
    sql: str
    meaning: str
    repair: str | None = None
