"""Rules over several rows that the schema alone cannot hold, each a named query."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Invariant"]


@dataclass(frozen=True, slots=True)
class Invariant:
    """A rule and the query that finds what breaks it.

    ``sql`` returns one row per violation: table, record id, what is wrong. ``meaning`` says the rule
    in words.
    """

    name: str
    sql: str
    meaning: str
