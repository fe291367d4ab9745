"""Which of our tables rows belong to, where nothing but the rows themselves can tell."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from modelus_bot.database.salvage.cells import CellEntry
from modelus_bot.database.salvage.layouts import Layout, LayoutKind, Reference, fits

__all__ = ["LEAST", "Probe"]

LEAST = 0.5
"""The part of a page's rows that has to fit for the page to be taken for one of a table's."""


class Probe:
    """Tries rows on empty tables of our schema, so that every type and CHECK of them is asked."""

    def __init__(self, reference: Reference) -> None:
        """Make the tables in memory, without indexes, triggers and foreign keys."""
        self._reference = reference
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.execute("PRAGMA foreign_keys = OFF")
        for statement in reference.tables:
            self._connection.execute(statement)

    def __enter__(self) -> Self:
        """Return the probe itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the memory back."""
        self._connection.close()

    def candidates(self, entries: Sequence[CellEntry], *, rowids: bool) -> tuple[Layout, ...]:
        """Return the layouts that most of ``entries`` fit, all equally well.

        ``rowids`` says whether the entries come from a table with rowids.
        """
        rated: dict[Layout, tuple[float, int]] = {}
        for layout in self._reference.layouts:
            if (layout.kind is LayoutKind.ROWID_TABLE) is rowids:
                share = self._share(layout, entries)
                if share >= LEAST:
                    rated[layout] = share, -layout.loose
        best = max(rated.values(), default=None)
        return tuple(layout for layout, rating in rated.items() if rating == best)

    def _share(self, layout: Layout, entries: Sequence[CellEntry]) -> float:
        whole = [entry for entry in entries if len(entry.row) == len(layout.types)]
        fitting = [entry for entry in whole if fits(layout, entry.row)]
        if len(fitting) < LEAST * len(entries) or not fitting:
            return 0.0
        if layout.is_table:
            fitting = [entry for entry in fitting if self.accepts(layout, entry)]
        return len(fitting) / len(entries)

    def accepts(self, layout: Layout, entry: CellEntry) -> bool:
        """Say whether the table's types and CHECKs let a row in."""
        values = layout.values(entry.rowid, entry.row)
        self._connection.execute("BEGIN")
        try:
            self._connection.execute(layout.insert(len(values)), values)
        except (sqlite3.Error, OverflowError):
            return False
        finally:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
        return True
