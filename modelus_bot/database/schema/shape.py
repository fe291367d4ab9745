"""The shape of a database: everything its schema says, without how it happened to be written."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["Check", "Column", "ForeignKey", "Index", "Shape", "TableShape", "TriggerShape", "View"]

_ORDER = re.compile(r"(?: collate \S+)?(?: desc)?$")
"""What a part of an index says besides its column."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``generated`` is ``stored (a + b)`` or empty, ``default`` None when there is none."""

    name: str
    type: str
    not_null: bool
    default: str | None
    generated: str
    collation: str


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A reference from ``columns`` to ``parent_columns`` of ``parent``."""

    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    on_update: str
    on_delete: str
    deferred: bool


@dataclass(frozen=True, slots=True, order=True)
class Check:
    """A CHECK with its name, which people are told when it refuses a row."""

    name: str
    expression: str


@dataclass(frozen=True, slots=True)
class Index:
    """An index made by CREATE INDEX; a column reads ``id desc`` or ``name collate nocase``."""

    name: str
    table: str
    unique: bool
    columns: tuple[str, ...]
    predicate: str
    sql: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class TriggerShape:
    """A trigger on ``table``."""

    name: str
    table: str
    text: str
    sql: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class View:
    """A view."""

    name: str
    text: str
    sql: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class TableShape:
    """A table; of a virtual one only ``virtual``, its whole text, is known."""

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...]
    checks: tuple[Check, ...]
    foreign_keys: tuple[ForeignKey, ...]
    conflicts: tuple[tuple[str, str], ...]
    strict: bool
    without_rowid: bool
    autoincrement: bool
    virtual: str
    sql: str = field(default="", compare=False)
    """What makes a virtual one."""

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The names of the columns of its primary key, without how they compare or in which order."""
        return tuple(_ORDER.sub("", part) for part in self.primary_key)


@dataclass(frozen=True, slots=True)
class Shape:
    """All tables, indexes, triggers and views by name in lower case, in the order they were made."""

    tables: Mapping[str, TableShape]
    indexes: Mapping[str, Index]
    triggers: Mapping[str, TriggerShape]
    views: Mapping[str, View]

    @property
    def digest(self) -> str:
        """The sha256 of everything that matters, as hex; whoever wrote it differently gets the same."""
        groups: tuple[Mapping[str, TableShape | Index | TriggerShape | View], ...] = (
            self.tables,
            self.indexes,
            self.triggers,
            self.views,
        )
        parts = [dict(group) for group in groups]
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=_facts).encode()).hexdigest()


def _facts(part: DataclassInstance) -> dict[str, Any]:
    """Return a part as JSON has it; parts inside of it come here again."""
    return {name: getattr(part, name) for name in part.__dataclass_fields__ if name != "sql"}
