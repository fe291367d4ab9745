"""The audit log as administrators read it: by record, by member, and whether the chain holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from modelus_bot.database.audit import ChainReport, verify_chain
from modelus_bot.database.operation import ReadTransaction, Row, query
from modelus_bot.domain.errors import InvalidInput
from modelus_bot.domain.permissions import Viewer, require_admin_viewer

__all__ = ["TABLES", "AuditView", "member_history", "record_history", "verify"]

TABLES = (
    "users",
    "user_disciplines",
    "disciplines",
    "sprints",
    "assignments",
    "current_state",
    "overrides",
    "notifications",
    "settings",
)
"""The tables whose changes are audited."""

_RECORD = """
SELECT id, table_name, record_id, operation, old_values, new_values, changed_by, reason, attempt, changed_at
FROM audit_logs
WHERE table_name = ? AND record_id = ? AND id < ?
ORDER BY id DESC LIMIT ?
"""
_MEMBER = """
SELECT id, table_name, record_id, operation, old_values, new_values, changed_by, reason, attempt, changed_at
FROM audit_logs
WHERE changed_by = ? AND id < ?
ORDER BY id DESC LIMIT ?
"""
_CHAIN = """
SELECT id, table_name, record_id, operation, nation_id, old_values, new_values, changed_by, reason,
    request_id, attempt, changed_at, prev_hash, row_hash
FROM audit_logs NOT INDEXED WHERE id > ? ORDER BY id LIMIT 5000
"""
# NOT INDEXED: with few authors in its statistics, SQLite would go through them one by one and sort.
NEWEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class AuditView:
    """One entry: what was changed, by whom (None: the bot), why, at which attempt, when (UTC seconds)."""

    id: int
    table: str
    record_id: str
    operation: str
    old: dict[str, Any] | None
    new: dict[str, Any] | None
    changed_by: int | None
    reason: str | None
    attempt: int
    at: int


def _view(row: Row) -> AuditView:
    old, new = (json.loads(row[name]) if row[name] else None for name in ("old_values", "new_values"))
    return AuditView(row[0], row[1], row[2], row[3], old, new, row[6], row[7], row[8], row[9])


@query
def record_history(
    tx: ReadTransaction, viewer: Viewer, table: str, record_id: str, limit: int = 10, before_id: int = NEWEST
) -> tuple[AuditView, ...]:
    """Return the entries of exactly one record, newest first, those with a number below ``before_id``."""
    require_admin_viewer(tx, viewer)
    if table not in TABLES:
        raise InvalidInput(f"“{table}” is not audited. Audited are: {', '.join(TABLES)}.", rule="audit.table")
    return tuple(map(_view, tx.fetch_all(_RECORD, (table, record_id, before_id, limit))))


@query
def member_history(
    tx: ReadTransaction, viewer: Viewer, user_id: int, limit: int = 10, before_id: int = NEWEST
) -> tuple[AuditView, ...]:
    """Return what exactly one member changed, newest first."""
    require_admin_viewer(tx, viewer)
    return tuple(map(_view, tx.fetch_all(_MEMBER, (user_id, before_id, limit))))


@query(long=True)
def verify(tx: ReadTransaction, viewer: Viewer) -> ChainReport:
    """Walk the whole chain and name the first link that does not fit."""
    require_admin_viewer(tx, viewer)

    def rows() -> Any:
        last = -NEWEST
        while batch := tx.fetch_all(_CHAIN, (last,)):
            yield from batch
            last = batch[-1]["id"]

    return verify_chain(rows())
