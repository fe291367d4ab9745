"""A new chain after damage: the damaged table is kept whole beside it, and its first entry says why."""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelus_bot.bundled import migrations_dir
from modelus_bot.database.core.audit.chain import GENESIS
from modelus_bot.database.core.audit.legacy_tables import FIND_PRESERVED, kept_as_it_is, next_name
from modelus_bot.database.core.audit.verification import ChainReport, verify_chain
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.names import with_names
from modelus_bot.database.core.operation import Priority, Write
from modelus_bot.database.core.result_codes import from_sqlite
from modelus_bot.database.core.transaction import ReadTransaction, Transaction
from modelus_bot.database.engine import GroupMember, GroupWriter
from modelus_bot.database.schema import read_scripts, statements

__all__ = ["CHAIN", "RenewAuditChain", "Renewal", "read_chain", "renew_file"]

_LAST = 2**62
_FIRST = -(2**63)
_MISSING = "the table audit_logs is missing"

CHAIN = (
    "SELECT id, table_name, record_id, operation, nation_id, old_values, new_values, changed_by, reason,"
    " request_id, attempt, changed_at, prev_hash, row_hash"
    " FROM audit_logs NOT INDEXED WHERE id > ? ORDER BY id LIMIT 5000"
)
# NOT INDEXED: with few authors in its statistics, SQLite would go through them one by one and sort.
_IS_THERE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'audit_logs'"
_END = "SELECT id, row_hash FROM audit_logs WHERE id < ? ORDER BY id DESC LIMIT 1"
_BELONGING = (
    "SELECT type, name FROM sqlite_master"
    " WHERE tbl_name = 'audit_logs' AND type IN ('index', 'trigger') AND sql IS NOT NULL"
)
_MIGRATIONS = "SELECT migration_id FROM _yoyo_migration"
_SCHEMA = "SELECT sql FROM sqlite_master WHERE tbl_name = 'audit_logs' AND sql IS NOT NULL ORDER BY rowid"

_RENAME = "ALTER TABLE audit_logs RENAME TO {kept}"


@dataclass(frozen=True, slots=True)
class Renewal:
    """A new chain that begins with entry ``first_id``; nothing was done when ``problem`` is None.

    ``preserved`` is the table that keeps the old one, None when there was none left to keep; ``last_id``
    and ``head`` (hex) are what that ended with.
    """

    first_id: int
    preserved: str | None
    last_id: int
    head: str
    problem: str | None

    def __str__(self) -> str:
        """A sentence for administrators."""
        if self.problem is None:
            return "The audit log is whole; nothing was done."
        kept = f"The old one is kept as it was in the table {self.preserved}. " if self.preserved else ""
        return f"A new audit log begins with entry {self.first_id}. {kept}Found was: {self.problem}."


class RenewAuditChain(Write[Renewal]):
    """Set a damaged audit log aside, whole and read-only, and begin a new one that points to it.

    Nothing happens to one that is whole, unless ``problem`` says what is wrong besides its links. Numbers
    go on after the last one, and after ``at_least``, the highest that is known to have been given out.
    """

    at_least: int = 0
    problem: str | None = None

    priority = Priority.HIGH

    def apply(self, tx: Transaction) -> Renewal:
        """Look, rename, make the empty table, write its first entry."""
        there = tx.fetch_value(_IS_THERE) is not None
        problem = read_chain(tx).problem or self.problem
        number, head = (tx.fetch_one(_END, (_LAST,)) or (0, b"")) if there else (0, b"")
        known = head.hex() if isinstance(head, bytes) else ""
        if problem is None:
            return Renewal(0, None, number, known, None)
        kept = _set_aside(tx) if there else None
        for statement in _table_as_migrated(tx):
            tx.execute(statement)
        last = min(_LAST - 1, max(number, self.at_least))
        tx.begin_chain(last)
        tx.audit(
            "audit_logs",
            kept or "audit_logs",
            "RESTORE",
            old={"last_id": number, "head": known},
            new={"preserved": kept, "problem": problem[:500], "after": last},
        )
        return Renewal(last + 1, kept, number, known, problem)


def read_chain(tx: ReadTransaction, seen: Any = lambda _number, _hash: None) -> ChainReport:
    """Walk the whole chain, some thousand entries at a time; ``seen`` is told each link that fits."""
    if tx.fetch_value(_IS_THERE) is None:
        return ChainReport(0, 1, _MISSING, GENESIS, "removed")

    def rows() -> Iterator[Any]:
        last = _FIRST
        while batch := tx.fetch_all(CHAIN, (last,)):
            yield from batch
            last = batch[-1]["id"]

    return verify_chain(rows(), seen)


def renew_file(path: Path, *, reason: str, at_least: int = 0, problem: str | None = None) -> Renewal:
    """Do the same to a file that nobody has open, as the bot itself; raises ``DatabaseError``."""
    write = RenewAuditChain(at_least=at_least, problem=problem)
    context = Context(request_id=f"audit-renewal-{secrets.token_hex(8)}", reason=reason[:300])
    try:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=5.0)) as connection:
            connection.row_factory = sqlite3.Row
            (outcome,) = GroupWriter().commit(connection, [GroupMember(write, context)], 1)
    except sqlite3.Error as error:
        raise from_sqlite(error) from error
    if outcome.error is not None:
        raise outcome.error
    renewal: Renewal = outcome.value
    return renewal


def _set_aside(tx: Transaction) -> str:
    """Give the table another name, with triggers that keep it as it is and indexes to look things up."""
    kept = next_name(row["name"] for row in tx.fetch_all(FIND_PRESERVED))
    for row in tx.fetch_all(_BELONGING):
        drop = "DROP INDEX {name}" if row["type"] == "index" else "DROP TRIGGER {name}"
        tx.execute(with_names(drop, name=row["name"]))
    tx.execute(with_names(_RENAME, kept=kept))
    for statement in kept_as_it_is(kept):
        tx.execute(statement)
    return kept


def _table_as_migrated(tx: Transaction) -> list[str]:
    """Return the statements that make the table, its indexes and triggers as this file's migrations do."""
    applied = {row[0] for row in tx.fetch_all(_MIGRATIONS)}
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as empty:
        for script in read_scripts(migrations_dir()):
            if script.id in applied:
                for statement in statements(script.sql):
                    empty.execute(statement)
        return [row[0] for row in empty.execute(_SCHEMA)]
