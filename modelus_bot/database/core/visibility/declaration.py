"""What subjects declare of their tables: which rows a member may see, and whether reports may read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["EVERY_ROW", "NO_ROW", "Viewer", "Visibility", "Visible"]

EVERY_ROW = "1"
NO_ROW = "0"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: a Discord id, and whether Discord or the configuration makes them administrator."""

    id: int
    discord_admin: bool = False


@dataclass(frozen=True, slots=True)
class Visible:
    """Which rows of ``table`` a member may see.

    ``rows`` is a condition in SQL over the table's columns. It may call ``viewer_id()`` and
    ``viewer_is_admin()`` and read other tables, whole, as ``main.NAME``; a name without ``main.`` is what the
    viewer sees of it. That of a search has to be about the viewer alone, as ``STAFF`` is, since it stands
    before the statement's conditions and not behind a barrier. ``reported`` says whether reports may read the
    table.
    """

    table: str
    rows: str
    reported: bool = False


class Visibility:
    """What all subjects declare, by table; raises ``ValueError`` for a table that two declare."""

    def __init__(self, tables: Iterable[Visible] = ()) -> None:
        """Put the declarations together; a table that has none is closed."""
        found: dict[str, Visible] = {}
        for visible in tables:
            if found.setdefault(visible.table, visible) is not visible:
                raise ValueError(f"two subjects declare who may see {visible.table}")
        self.tables: Mapping[str, Visible] = MappingProxyType(found)

    @property
    def open(self) -> frozenset[str]:
        """Tables of which everybody may see every row."""
        return frozenset(name for name, visible in self.tables.items() if visible.rows == EVERY_ROW)

    @property
    def filtered(self) -> tuple[Visible, ...]:
        """Tables of which people see some rows."""
        return tuple(item for item in self.tables.values() if item.rows not in {EVERY_ROW, NO_ROW})

    @property
    def reported(self) -> frozenset[str]:
        """Tables that reports may read."""
        return frozenset(name for name, visible in self.tables.items() if visible.reported)
