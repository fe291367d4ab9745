"""The audit log as administrators read it: by record, by member, and whether the chain holds."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from modelus_bot.database import ReadTransaction, Row, query
from modelus_bot.database.administration import Anchor, ChainReport, trail_rows, verified_trail
from modelus_bot.domain.permissions import Viewer, require_admin_viewer
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.domain.subject import declared

__all__ = ["AuditView", "member_history", "record_history", "verify"]

_RECORD = """
SELECT id, table_name, record_id, operation, old_values, new_values, changed_by, reason, attempt, changed_at
FROM {log}
WHERE table_name = ? AND record_id = ? AND id < ?
ORDER BY id DESC LIMIT ?
"""
_MEMBER = """
SELECT id, table_name, record_id, operation, old_values, new_values, changed_by, reason, attempt, changed_at
FROM {log}
WHERE changed_by = ? AND id < ?
ORDER BY id DESC LIMIT ?
"""
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
    old, new = (_values(row[name]) for name in ("old_values", "new_values"))
    return AuditView(row[0], row[1], row[2], row[3], old, new, row[6], row[7], row[8], row[9])


def _values(text: str | None) -> dict[str, Any] | None:
    """Return stored values; what a damaged entry has in their place is shown as it is."""
    if not text:
        return None
    with suppress(ValueError):
        values = json.loads(text)
        if isinstance(values, dict):
            return values
    return {"unreadable": text}


@query
def record_history(
    tx: ReadTransaction, viewer: Viewer, table: str, record_id: str, limit: int = 10, before_id: int = NEWEST
) -> tuple[AuditView, ...]:
    """Return the entries of exactly one record, newest first, those with a number below ``before_id``."""
    require_admin_viewer(tx, viewer)
    audited = declared().audited
    if table not in audited:
        raise InvalidInput(
            f"“{table}” is not audited. Audited are: {', '.join(audited)}.", rule="audit.table"
        )
    return tuple(map(_view, trail_rows(tx, _RECORD, (table, record_id, before_id, limit), limit)))


@query
def member_history(
    tx: ReadTransaction, viewer: Viewer, user_id: int, limit: int = 10, before_id: int = NEWEST
) -> tuple[AuditView, ...]:
    """Return what exactly one member changed, newest first."""
    require_admin_viewer(tx, viewer)
    return tuple(map(_view, trail_rows(tx, _MEMBER, (user_id, before_id, limit), limit)))


@query(long=True)
def verify(
    tx: ReadTransaction, viewer: Viewer, anchors: tuple[Anchor, ...] = (), at: int | None = None
) -> ChainReport:
    """Walk the whole chain, name the first link that does not fit, and compare it with ``anchors``.

    With the present time ``at`` (UTC seconds) the entries of the last days are held against the requests
    that were answered, too: what fits the chain may have been put at its end by hand.
    """
    require_admin_viewer(tx, viewer)
    return verified_trail(tx, anchors, at)
