"""How copies are called, so that they can be told from everything else in their folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, cast, get_args

from modelus_bot.runtime.atomic_files import PARTIAL

__all__ = ["MANIFEST", "CopyName", "Kind", "is_leftover", "parse_name"]

Kind = Literal["scheduled", "manual", "pre_migration", "pre_restore"]
"""Why a copy was made."""

MANIFEST = ".json"
"""What the name of a copy's manifest has after the copy's own name."""

_STAMP = "%Y%m%dT%H%M%SZ"
_REST = re.compile(
    rf"-(?P<stamp>\d{{8}}T\d{{6}}Z)-(?P<kind>{'|'.join(get_args(Kind))})(?:-(?P<number>[2-9]|[1-9]\d+))?\.db"
)
_UNFINISHED = (PARTIAL, f"{PARTIAL}-journal", f"{PARTIAL}-wal", f"{PARTIAL}-shm", MANIFEST + PARTIAL)


@dataclass(frozen=True, slots=True)
class CopyName:
    """``STEM-20260331T120000Z-manual.db``; ``number`` is 2 or more for further ones of that second."""

    stem: str
    made_at: int
    kind: Kind
    number: int = 1

    def __str__(self) -> str:
        stamp = datetime.fromtimestamp(self.made_at, UTC).strftime(_STAMP)
        further = f"-{self.number}" if self.number > 1 else ""
        return f"{self.stem}-{stamp}-{self.kind}{further}.db"


def parse_name(stem: str, name: str) -> CopyName | None:
    """Return what a file's name says, or None when it is no copy of the database called ``stem``."""
    if not name.startswith(stem):
        return None
    found = _REST.fullmatch(name, len(stem))
    if found is None:
        return None
    try:
        made = datetime.strptime(found["stamp"], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return CopyName(stem, int(made.timestamp()), cast("Kind", found["kind"]), int(found["number"] or 1))


def is_leftover(stem: str, name: str) -> bool:
    """Say whether a file is what an interrupted copy or deletion leaves behind."""
    return any(
        name.endswith(ending) and parse_name(stem, name.removesuffix(ending)) is not None
        for ending in _UNFINISHED
    )
