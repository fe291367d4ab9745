"""What SQLite's own description of a plan says about the work behind it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

__all__ = ["QueryPlan", "plan_of"]

_SCAN = re.compile(r"SCAN (?:TABLE )?(?P<what>\S+)(?: AS (?P<alias>\S+))?(?P<rest>.*)")
_INDEX = re.compile(r"USING (?:COVERING )?INDEX (?P<name>\S+)")
_TEMPORARY = re.compile(r"USE TEMP B-TREE FOR (?P<what>.+)|(?P<compound>\w+) USING TEMP B-TREE")
_AUTOMATIC = re.compile(r"(?:SEARCH|SCAN) (?:TABLE )?(?P<what>\S+).* USING AUTOMATIC ")


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """How SQLite goes about a statement.

    ``scans`` are tables read from end to end, ``walks`` are indexes read from end to end, ``sorts`` says
    what a temporary b-tree is made for, ``automatic`` are tables that get an index for each single run.
    """

    lines: tuple[str, ...]
    indexes: frozenset[str] = frozenset()
    scans: tuple[str, ...] = ()
    walks: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()
    automatic: tuple[str, ...] = ()

    @property
    def remarks(self) -> tuple[str, ...]:
        """What in it is worth a look, in words."""
        return (
            *(f"reads all of {name}" for name in self.scans),
            *(f"reads all of the index {name}" for name in self.walks),
            *(f"temporary b-tree for {what}" for what in self.sorts),
            *(f"makes an index of {name} for each run" for name in self.automatic),
        )


def plan_of(lines: Sequence[str], sql: str, tables: Collection[str]) -> QueryPlan:
    """Read a plan; ``sql`` says which of ``tables`` the aliases in it stand for."""
    indexes: set[str] = set()
    scans: list[str] = []
    walks: list[str] = []
    sorts: list[str] = []
    automatic: list[str] = []
    for line in lines:
        if found := _AUTOMATIC.match(line):
            automatic.append(_table(found["what"], sql, tables) or found["what"])
            continue
        index = _INDEX.search(line)
        if index is not None:
            indexes.add(index["name"])
        if found := _SCAN.match(line):
            if index is not None:
                walks.append(index["name"])
            elif "VIRTUAL TABLE" not in found["rest"] and (name := _table(found["what"], sql, tables)):
                scans.append(name)
        elif found := _TEMPORARY.match(line):
            sorts.append(found["what"] or found["compound"])
    return QueryPlan(
        tuple(lines), frozenset(indexes), _once(scans), _once(walks), _once(sorts), _once(automatic)
    )


def _table(name: str, sql: str, tables: Collection[str]) -> str | None:
    """Return the table that a name in a plan stands for; None for a subquery."""
    if name in tables:
        return name
    before = re.findall(rf"([^\W\d]\w*)[\"`\]]?\s+(?:AS\s+)?[\"`\[]?{re.escape(name)}\b", sql, re.IGNORECASE)
    return next((item for item in before if item in tables), None)


def _once(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
