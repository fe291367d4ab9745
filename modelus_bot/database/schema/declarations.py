"""What only the text of a CREATE statement tells; the rest SQLite's own pragmas tell better."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import ClassVar

from modelus_bot.database.schema.tokens import closing, normalised, split_at_commas, tokens_of

__all__ = ["IndexText", "TableText", "index_text", "table_text"]

_TABLE_CONSTRAINTS = frozenset({"constraint", "primary", "unique", "check", "foreign"})
_DEFERRING = frozenset({"not", "deferrable", "initially", "deferred", "immediate"})


@dataclass(slots=True)
class TableText:
    """The clauses of one CREATE TABLE that no pragma shows, all of them normalised."""

    checks: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Name (may be empty) and expression of each CHECK, wherever it stood."""
    collations: dict[str, str] = field(default_factory=dict)
    generated: dict[str, str] = field(default_factory=dict)
    """Expression of each generated column."""
    deferred: set[tuple[tuple[str, ...], str]] = field(default_factory=set)
    """Columns and parent of each foreign key that is checked at COMMIT only."""
    conflicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """What an ON CONFLICT stood behind, and what it asks for."""
    autoincrement: bool = False


@dataclass(frozen=True, slots=True)
class IndexText:
    """The indexed expressions without their order, and the condition of a partial index."""

    parts: tuple[str, ...]
    predicate: str


@lru_cache(maxsize=256)
def table_text(sql: str) -> TableText:
    """Read a CREATE TABLE statement as SQLite stores it; the answer is shared and not to be changed."""
    tokens = tokens_of(sql)
    found = TableText()
    if "(" not in tokens:
        return found
    opening = tokens.index("(")
    for element in split_at_commas(tokens[opening + 1 : closing(tokens, opening)]):
        if element:
            column = "" if element[0] in _TABLE_CONSTRAINTS else element[0]
            _Reader(found, column).read(element[1:] if column else element)
    return found


@lru_cache(maxsize=256)
def index_text(sql: str) -> IndexText:
    """Read a CREATE INDEX statement."""
    tokens = tokens_of(sql)
    if "(" not in tokens:
        return IndexText((), "")
    opening = tokens.index("(")
    end = closing(tokens, opening)
    parts = split_at_commas(tokens[opening + 1 : end])
    return IndexText(tuple(_without_order(part) for part in parts), " ".join(tokens[end + 2 :]))


def _without_order(part: list[str]) -> str:
    return " ".join(part[:-1] if part and part[-1] in {"asc", "desc"} else part)


class _Reader:
    """Walks over the constraints of one column or of the table."""

    def __init__(self, found: TableText, column: str) -> None:
        self._found = found
        self._column = normalised(column)
        self._name = ""
        self._subject = "not null"
        self._key: tuple[str, ...] = (self._column,)
        self._parent = ""

    def read(self, tokens: list[str]) -> None:
        index = 0
        while index < len(tokens):
            index = self._clause(tokens, index)

    def _clause(self, tokens: list[str], at: int) -> int:
        """Take note of the clause that begins at ``at`` and return where the next one begins."""
        two = tokens[at : at + 2]
        for beginning, read in self._CLAUSES:
            if two[: len(beginning)] == beginning:
                return read(self, tokens, at)
        return at + 1

    def _named(self, tokens: list[str], at: int) -> int:
        self._name = "".join(tokens[at + 1 : at + 2])
        return at + 2

    def _check(self, tokens: list[str], at: int) -> int:
        end = closing(tokens, at + 1)
        self._found.checks[self._name, " ".join(tokens[at + 2 : end])] += 1
        self._name = ""
        return end + 1

    def _computed(self, tokens: list[str], at: int) -> int:
        end = closing(tokens, at + 1)
        self._found.generated[self._column] = " ".join(tokens[at + 2 : end])
        return end + 1

    def _collation(self, tokens: list[str], at: int) -> int:
        self._found.collations[self._column] = "".join(tokens[at + 1 : at + 2])
        return at + 2

    def _default(self, tokens: list[str], at: int) -> int:
        if tokens[at + 1 : at + 2] == ["("]:
            return closing(tokens, at + 1) + 1
        return at + (3 if tokens[at + 1 : at + 2] in (["+"], ["-"]) else 2)

    def _counting(self, tokens: list[str], at: int) -> int:
        self._found.autoincrement = True
        return at + 1

    def _not_null(self, tokens: list[str], at: int) -> int:
        self._subject = "not null"
        return at + 2

    def _primary(self, tokens: list[str], at: int) -> int:
        self._subject = "primary key"
        return at + 2 if self._column else self._columns(tokens, at + 2)

    def _unique(self, tokens: list[str], at: int) -> int:
        self._subject = "unique"
        return at + 1 if self._column else self._columns(tokens, at + 1)

    def _foreign(self, tokens: list[str], at: int) -> int:
        return self._columns(tokens, at + 2)

    def _references(self, tokens: list[str], at: int) -> int:
        self._parent = "".join(tokens[at + 1 : at + 2])
        return at + 2

    def _columns(self, tokens: list[str], at: int) -> int:
        end = closing(tokens, at)
        self._key = tuple(" ".join(part) for part in split_at_commas(tokens[at + 1 : end]))
        return end + 1

    def _conflict(self, tokens: list[str], at: int) -> int:
        resolution = "".join(tokens[at + 2 : at + 3])
        if resolution != "abort":
            self._found.conflicts[f"{self._subject} of {', '.join(self._key)}", resolution] += 1
        return at + 3

    def _brackets(self, tokens: list[str], at: int) -> int:
        return closing(tokens, at) + 1

    def _deferring(self, tokens: list[str], at: int) -> int:
        end = at
        while end < len(tokens) and tokens[end] in _DEFERRING and tokens[end : end + 2] != ["not", "null"]:
            end += 1
        if tokens[at:end] == ["deferrable", "initially", "deferred"]:
            self._found.deferred.add((self._key, self._parent))
        return max(end, at + 1)

    _CLAUSES: ClassVar[tuple[tuple[list[str], Callable[..., int]], ...]] = (
        (["constraint"], _named),
        (["check", "("], _check),
        (["as", "("], _computed),
        (["collate"], _collation),
        (["default"], _default),
        (["autoincrement"], _counting),
        (["not", "null"], _not_null),
        (["primary", "key"], _primary),
        (["unique"], _unique),
        (["foreign", "key"], _foreign),
        (["references"], _references),
        (["on", "conflict"], _conflict),
        (["not", "deferrable"], _deferring),
        (["deferrable"], _deferring),
        (["("], _brackets),
    )
    """What clauses begin with, and what reads them; anything else is passed over word by word."""
