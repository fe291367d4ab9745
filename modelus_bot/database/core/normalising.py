"""One text for statements that differ only in their values and their layout."""

from __future__ import annotations

import functools
import hashlib
import re

__all__ = ["LONGEST", "normalised", "parameters_wanted"]

LONGEST = 2000
"""Characters of a normalised text; what is longer is cut and told apart by a digest."""

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|--[^\n]*|/\*.*?(?:\*/|$))
    |(?P<text>[xX]?'(?:[^']|'')*(?:'|$))
    |(?P<name>"(?:[^"]|"")*(?:"|$)|`[^`]*(?:`|$)|\[[^\]]*(?:\]|$)|[^\W\d][\w$]*)
    |(?P<number>0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<bound>\?\d*|[:@$][^\W\d]\w*)
    |(?P<operator><=|>=|<>|!=|==|\|\||->>|->|[-+/%=<>])
    |(?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_NEGATIVE = re.compile(
    r"((?:[=<>(,|]|\b(?:AND|BETWEEN|ELSE|IN|LIMIT|NOT|OFFSET|OR|RETURN|SELECT|THEN|VALUES|WHEN|WHERE))\s*)"
    r"(?:[-+]\s*)+(?=\?)",
    re.IGNORECASE,
)
_LIST = re.compile(r"\b(IN) ?\(\?(?:, \?)+\)", re.IGNORECASE)
_ROWS = re.compile(r"\b(VALUES ?\([^()]*\))(?:, \([^()]*\))+", re.IGNORECASE)


@functools.lru_cache(maxsize=2048)
def normalised(sql: str) -> str:
    """Return a statement with ? for every value and parameter, one layout, and lists of one element."""
    parts: list[str] = []
    gap = False
    for found in _TOKEN.finditer(sql):
        kind, token = found.lastgroup, found[0]
        if kind == "space":
            gap = True
            continue
        if kind in {"text", "number", "bound"}:
            token = "?"  # noqa: S105 - a piece of SQL
        _join(parts, token, gap=gap, operator=kind == "operator")
        gap = False
    text = "".join(parts).rstrip("; ")
    text = _LIST.sub(r"\1 (?)", _NEGATIVE.sub(r"\1", text))
    text = _ROWS.sub(r"\1", text)
    if len(text) <= LONGEST:
        return text
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=4).hexdigest()
    return f"{text[: LONGEST - 11]}… #{digest}"


def parameters_wanted(sql: str) -> int | None:
    """Return how many values a statement's parameters take; None when they have names."""
    highest = 0
    for found in _TOKEN.finditer(sql):
        if found.lastgroup == "bound":
            if found[0][0] != "?":
                return None
            highest = max(highest, int(found[0][1:])) if len(found[0]) > 1 else highest + 1
    return highest


def _join(parts: list[str], token: str, *, gap: bool, operator: bool) -> None:
    """Add a token with a space before it where the one layout has one."""
    last = parts[-1] if parts else ""
    if not last or last in {"(", ".", " "} or token in {")", ",", ".", ";"}:
        space = False
    else:
        space = gap or operator or last == ","
    if space:
        parts.append(" ")
    parts.append(token)
    if operator:
        parts.append(" ")
