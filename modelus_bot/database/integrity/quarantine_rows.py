"""Moves broken rows into ``quarantined_rows``, or puts them right, inside one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence

from modelus_bot.database.core.invariant import Invariant
from modelus_bot.database.core.names import quoted, with_names
from modelus_bot.database.core.transaction import Transaction
from modelus_bot.database.integrity.constraint_queries import duplicates
from modelus_bot.database.integrity.report import BrokenRow
from modelus_bot.database.integrity.row_keys import (
    RowKey,
    Value,
    delete_sql,
    is_value,
    key_columns,
    key_of,
    pairs_of,
    read_sql,
    row_json,
    where,
)
from modelus_bot.database.integrity.violations import (
    broken_texts,
    findings,
    is_about_text,
    key_of_record,
    merged,
    no_text,
    violations,
)
from modelus_bot.database.schema import ForeignKey, Shape, TableShape

__all__ = ["Mover"]

ROUNDS = 12
"""Moving a row may break a rule elsewhere; each round mends what the one before it uncovered."""

KEPT = frozenset({"audit_logs"})
"""Tables whose rows stay where they are, whatever they look like: without them the chain would break."""

EVERYTHING = 1_000_000_000
_HAS_INDEX = "SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = ?"
_KEEP = """
INSERT INTO quarantined_rows(table_name, record_id, row, reason, found_at, request_id)
VALUES(?, ?, ?, ?, ?, ?)
"""

_CHANGES = "SELECT total_changes()"
_FORGET = "DELETE FROM quarantined_rows WHERE id = ?"

Reasons = dict[RowKey, list[str]]


class Mover:
    """Works until nothing is left that can be moved or put right; counts what it did."""

    def __init__(
        self,
        tx: Transaction,
        shape: Shape,
        invariants: Sequence[Invariant],
        tables: Collection[str] | None,
        limit: int,
    ) -> None:
        """Look into ``tables`` (None: all) for what breaks ``shape`` or ``invariants``."""
        self._tx = tx
        self._shape = shape
        self._invariants = invariants
        self._tables = tables
        self._limit = limit
        self._under_way: set[RowKey] = set()
        self._stuck: set[RowKey] = set()
        self.done: list[BrokenRow] = []
        self.left: tuple[BrokenRow, ...] = ()
        self.moved = 0
        self.corrected = 0

    @property
    def more(self) -> bool:
        """Whether the limit was reached."""
        return self.moved + self.corrected >= self._limit

    def run(self) -> None:
        """Put right what is clear, then move what breaks the schema, then look at what is left.

        Invariants are asked twice: a row that breaks the schema is put right where an invariant says
        how, but it must be out of the way before rules over several rows are believed.
        """
        loose = self._without_unsound_indexes()
        broken: Reasons = {}
        for _ in range(ROUNDS):
            broken = self._breaking_schema()
            if not self._schema_mended(broken) and not self._invariants_mended():
                break
        for sql in loose:
            self._tx.execute(sql)
        if not self.more:
            self.left = merged(self._told(broken, self._breaking_invariants()))

    def _schema_mended(self, broken: Reasons) -> bool:
        """Put right or move what breaks the schema; True when something was done."""
        if not broken:
            return False
        if self._mend_texts(broken):
            return True
        unreadable = {key: reasons for key, reasons in broken.items() if any(map(is_about_text, reasons))}
        return self._move_all(unreadable) or self._mend_by_invariants(broken) or self._move_all(broken)

    def _invariants_mended(self) -> bool:
        """Put right or move what breaks invariants; True when something was done."""
        return self._mend_by_invariants() or self._move_all(self._breaking_invariants())

    def _without_unsound_indexes(self) -> list[str]:
        """Drop unique indexes of tables with duplicates, and return what makes them again.

        SQLite deletes from a unique index by its columns alone: of two entries it may take the wrong
        one. They can be made again only when no duplicate is left, whatever the limit was.
        """
        loose = []
        for table in self._looked_at():
            if not any(
                self._tx.fetch_one(duplicate.sql, (1,)) for duplicate in duplicates(table, self._shape)
            ):
                continue
            if table.unique:
                loose.append(with_names("REINDEX {table}", table=table.name))
            for index in self._shape.indexes.values():
                if (
                    index.table == table.name
                    and index.unique
                    and self._tx.fetch_one(_HAS_INDEX, (index.name,))
                ):
                    self._tx.execute(with_names("DROP INDEX {name}", name=index.name))
                    loose.append(index.sql)
        if loose:
            self._limit = max(self._limit, EVERYTHING)
        return loose

    def _breaking_schema(self) -> Reasons:
        found: Reasons = {}
        for finding in findings(self._tx.fetch_all, self._shape, tables=self._tables, limit=self._limit):
            found.setdefault(finding.key, []).append(finding.reason)
        return found

    def _breaking_invariants(self) -> Reasons:
        found: Reasons = {}
        for invariant in self._invariants:
            for key, reason in self._named_by(invariant).items():
                found.setdefault(key, []).append(reason)
        return found

    def _named_by(self, invariant: Invariant) -> dict[RowKey, str]:
        """Return the rows that break an invariant, each with what is wrong."""
        found: dict[RowKey, str] = {}
        for table, record, reason in violations(self._tx.fetch_all, invariant, self._limit):
            key = key_of_record(self._shape, table, record)
            if key is not None:
                found[key] = reason
        return found

    def _looked_at(self) -> Iterator[TableShape]:
        for table in self._shape.tables.values():
            if not table.virtual and (self._tables is None or table.name in self._tables):
                yield table

    def _mend_texts(self, broken: Reasons) -> bool:
        """Replace what is no UTF-8 by the usual sign, where nothing refers to the text."""
        before = self.corrected
        names = {key.table for key, reasons in broken.items() if any(map(is_about_text, reasons))}
        for table in (self._shape.tables[name] for name in names - KEPT):
            for key, column, content in list(broken_texts(self._tx.fetch_all, table, self._limit)):
                if table.without_rowid and column in table.key_columns:
                    continue
                words = ("UPDATE OR IGNORE", quoted(table.name), "SET", quoted(column), "= ? WHERE")
                values = self._values(key)
                self._try(
                    " ".join((*words, where(key, table))),
                    [content.decode("utf-8", "replace"), *key.parameters],
                )
                self._note_correction(key, values, no_text(column))
        return self.corrected > before

    def _mend_by_invariants(self, among: Reasons | None = None) -> bool:
        """Run the repairs of invariants that are broken; True when one of them changed something.

        With ``among`` only those that would touch no other rows.
        """
        before = self.corrected
        for invariant in self._invariants:
            if invariant.repair is None or self.more:
                continue
            named = self._named_by(invariant)
            if not named or (among is not None and not named.keys() <= among.keys()):
                continue
            rows = {key: self._values(key) for key in named}
            if self._try(invariant.repair, ()):
                still = self._named_by(invariant)
                for key, values in rows.items():
                    self._note_correction(key, values, named[key], elsewhere=key not in still)
        return self.corrected > before

    def _move_all(self, broken: Reasons) -> bool:
        before = self.moved
        for key, reasons in broken.items():
            if self.more:
                break
            if key.table not in KEPT and key not in self._stuck:
                self._move(key, "; ".join(reasons))
        return self.moved > before and not self.more

    def _move(self, key: RowKey, reason: str) -> None:
        """Move a row, and before it those that refer to it."""
        values = self._values(key)
        if values is None or key in self._under_way:
            return
        table = self._shape.tables[key.table]
        self._under_way.add(key)
        for child in self._children(table, values):
            self._move(child, f"refers to {key.table} {key.record_id}, which was quarantined")
        self._under_way.discard(key)
        number = self._keep(key, values, f"{reason}; moved here")
        if not self._try(delete_sql(table, key), key.parameters):
            self._tx.execute(_FORGET, (number,))
            self.done.pop()
            self._stuck.add(key)
            return
        old = row_json(table, values)
        self._tx.audit(key.table, key.audit_id, "DELETE", old=old, new={"quarantined": number, "why": reason})
        self.moved += 1

    def _children(self, table: TableShape, values: tuple[Value, ...]) -> Iterator[RowKey]:
        """Yield the rows that refer to a row, whatever its deletion would do to them."""
        by_column = dict(zip((column.name for column in table.columns), values, strict=True))
        for child in self._shape.tables.values():
            for key in child.foreign_keys:
                if key.parent == table.name:
                    yield from self._referring(child, key, [by_column[name] for name in key.parent_columns])

    def _referring(self, child: TableShape, key: ForeignKey, wanted: list[Value]) -> list[RowKey]:
        if any(kind == "null" for kind, _ in wanted):
            return []
        same = [is_value(quoted(name), value) for name, value in zip(key.columns, wanted, strict=True)]
        sql = " ".join(
            (
                "SELECT",
                key_columns(child),
                "FROM",
                quoted(child.name),
                "NOT INDEXED WHERE",
                " AND ".join(same),
            )
        )
        return [key_of(child, tuple(row)) for row in self._tx.fetch_all(sql, [value for _, value in wanted])]

    def _note_correction(
        self, key: RowKey, before: tuple[Value, ...] | None, reason: str, *, elsewhere: bool = False
    ) -> None:
        """Keep the row as it was and audit what changed, if anything did, in it or ``elsewhere``."""
        after = self._values(key)
        if before is None or after is None or (after == before and not elsewhere):
            return
        table = self._shape.tables[key.table]
        self._keep(key, before, f"{reason}; put right")
        old, new = row_json(table, before), row_json(table, after)
        changed = [name for name in old if old[name] != new[name]]
        if changed:
            self._tx.audit(
                key.table,
                key.audit_id,
                "UPDATE",
                old={name: old[name] for name in changed},
                new={name: new[name] for name in changed},
            )
        self.corrected += 1

    def _keep(self, key: RowKey, values: tuple[Value, ...], reason: str) -> int:
        table, context = self._shape.tables[key.table], self._tx.context
        row = json.dumps(row_json(table, values), ensure_ascii=False)
        request = context.request_id[:64] if context.request_id else None
        self.done.append(BrokenRow(table=key.table, record_id=key.record_id, reason=reason))
        return self._tx.insert(_KEEP, (key.table, key.audit_id, row, reason[:500], context.at, request))

    def _values(self, key: RowKey) -> tuple[Value, ...] | None:
        row = self._tx.fetch_one(read_sql(self._shape.tables[key.table], key), key.parameters)
        return None if row is None else pairs_of(tuple(row))

    def _try(self, sql: str, parameters: Sequence[object]) -> bool:
        """Run a statement; False when nothing changed, by triggers neither, or a rule stands against it."""
        before = self._tx.fetch_value(_CHANGES)
        try:
            self._tx.execute(sql, list(parameters))
        except sqlite3.IntegrityError:
            return False
        return bool(self._tx.fetch_value(_CHANGES) > before)

    def _told(self, *all_reasons: Reasons) -> Iterable[tuple[str, str, str]]:
        for reasons in all_reasons:
            for key, why in reasons.items():
                for reason in why:
                    yield key.table, key.record_id, reason
