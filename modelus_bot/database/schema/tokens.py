"""SQL text as tokens, so that two spellings of one declaration compare as equal.

Whitespace, comments, the case of words and needless quotes say nothing; strings and operators stay as
they are. Any text has tokens: what is unfinished runs to the end.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from functools import lru_cache

__all__ = ["closing", "first_token", "normalised", "split_at_commas", "statements", "tokens_of"]

_TOKEN = re.compile(
    r"""
    (?P<gap>\s+ | --[^\n]* | /\*.*?(?:\*/|\Z))
    | (?P<blob>[xX]'[0-9A-Fa-f]*')
    | (?P<string>'(?:[^']|'')*(?:'|\Z))
    | (?P<double>"(?:[^"]|"")*(?:"|\Z))
    | (?P<tick>`(?:[^`]|``)*(?:`|\Z))
    | (?P<bracket>\[[^\]]*(?:\]|\Z))
    | (?P<number>0[xX][0-9A-Fa-f]+ | (?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<word>[^\W\d][\w$]*)
    | (?P<operator>->>|->|\|\||<<|>>|<=|>=|<>|!=|==|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_$]*", re.ASCII)
# Without quotes these are no names but keywords or values, so their quotes say something.
_RESERVED = frozenset({
    "add", "all", "alter", "and", "as", "autoincrement", "between", "case", "check", "collate",
    "commit", "constraint", "create", "current_date", "current_time", "current_timestamp", "default",
    "deferrable", "delete", "distinct", "drop", "else", "escape", "exists", "false", "foreign", "from",
    "group", "having", "in", "index", "insert", "into", "is", "isnull", "join", "limit", "not",
    "nothing", "notnull", "null", "on", "or", "order", "primary", "references", "returning", "select",
    "set", "table", "then", "to", "transaction", "true", "unique", "update", "using", "values", "when",
    "where",
})  # fmt: skip


def tokens_of(sql: str) -> list[str]:
    """Return the tokens of ``sql``, each in its one normal spelling, without a closing semicolon."""
    found = [_normal(match.lastgroup or "", match.group()) for match in _matches(sql)]
    while found and found[-1] == ";":
        found.pop()
    return found


def first_token(sql: str) -> str:
    """Return the first token of ``sql`` besides semicolons, normalised; empty if there is none."""
    for match in _matches(sql):
        if match.group() != ";":
            return _normal(match.lastgroup or "", match.group())
    return ""


@lru_cache(maxsize=2048)
def normalised(sql: str) -> str:
    """Return ``sql`` with one space between tokens: equal texts mean the same to SQLite."""
    return " ".join(tokens_of(sql))


def closing(tokens: list[str], opening: int) -> int:
    """Return the index of the bracket that closes the one at ``opening``, or the end of the list."""
    depth = 0
    for index in range(opening, len(tokens)):
        depth += (tokens[index] == "(") - (tokens[index] == ")")
        if depth == 0:
            return index
    return len(tokens)


def split_at_commas(tokens: list[str]) -> list[list[str]]:
    """Return the parts between the commas that stand outside of brackets."""
    parts: list[list[str]] = [[]]
    depth = 0
    for piece in tokens:
        depth += (piece == "(") - (piece == ")")
        if piece == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(piece)
    return parts


@lru_cache(maxsize=256)
def statements(sql: str) -> tuple[str, ...]:
    """Return the statements of a script, as SQLite tells where each one ends; empty ones are left out."""
    found, begin = [], 0
    for match in _matches(sql):
        if match.group() == ";" and sqlite3.complete_statement(sql[begin : match.end()].replace("\0", " ")):
            found.append(sql[begin : match.end()])
            begin = match.end()
    return tuple(item.strip() for item in [*found, sql[begin:]] if first_token(item))


def _matches(sql: str) -> Iterator[re.Match[str]]:
    for match in _TOKEN.finditer(sql):
        if match.lastgroup != "gap":
            yield match


def _normal(kind: str, text: str) -> str:
    match kind:
        case "word" | "number" | "blob":
            return _lower(text)
        case "double":
            return _name(text[1:-1].replace('""', '"'))
        case "tick":
            return _name(text[1:-1].replace("``", "`"))
        case "bracket":
            return _name(text[1:-1])
        case _:
            return text


def _name(content: str) -> str:
    """Return a quoted name without quotes where it means the same without them."""
    name = _lower(content)
    if _PLAIN_NAME.fullmatch(name) and name not in _RESERVED:
        return name
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _lower(text: str) -> str:
    """Return ``text`` in lower case as SQLite sees it, which knows ASCII only."""
    return text.lower() if text.isascii() else "".join(c.lower() if c.isascii() else c for c in text)
