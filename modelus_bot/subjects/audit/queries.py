"""The audit log as administrators read it: by nation, record and member, and whether the chain holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from modelus_bot.database import ReadTransaction, Row, query
from modelus_bot.database.administration import Anchor, ChainReport, trail_rows, verified_trail
from modelus_bot.domain.permissions import Viewer, require_admin_viewer
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.domain.subject import declared
from modelus_bot.subjects.audit.model import AuditView, Recorded
from modelus_bot.subjects.audit.rules.values import Reference

__all__ = ["member_history", "named", "nation_entries", "record_history", "recorded", "verify"]

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
_NATION = """
SELECT id, table_name, record_id, operation, old_values, new_values, changed_by, reason, attempt, changed_at
FROM {log}
WHERE nation_id = ? AND id < ?
ORDER BY id DESC LIMIT ?
"""
_NAMES = {
    "nations": "SELECT id, name FROM nations WHERE id IN (SELECT value FROM json_each(?))",
    "laws": "SELECT id, name FROM laws WHERE id IN (SELECT value FROM json_each(?))",
    "tags": "SELECT id, name FROM tags WHERE id IN (SELECT value FROM json_each(?))",
    "wars": "SELECT id, name FROM wars WHERE id IN (SELECT value FROM json_each(?))",
    "sprints": "SELECT id, name FROM sprints WHERE id IN (SELECT value FROM json_each(?))",
    "users": "SELECT discord_id, username FROM users WHERE discord_id IN (SELECT value FROM json_each(?))",
}
_LATELY = """
SELECT record_id FROM (SELECT id, table_name, record_id FROM audit_logs ORDER BY id DESC LIMIT ?)
WHERE table_name = ? GROUP BY record_id ORDER BY max(id) DESC LIMIT ?
"""
_BEGINNING = """
SELECT record_id FROM audit_logs
WHERE table_name = ? AND record_id > ? AND record_id < ? ORDER BY record_id LIMIT 1
"""
_SAME = "SELECT 1 FROM audit_logs WHERE table_name = ? AND record_id = ? LIMIT 1"
_CALLED = """
SELECT iif(json_valid(new_values), coalesce(
    new_values ->> '$.name', new_values ->> '$.title', new_values ->> '$.username'
), NULL) AS name
FROM audit_logs WHERE table_name = ? AND record_id = ? ORDER BY id DESC LIMIT 20
"""
_HAS_LOG = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'audit_logs'"
_COUNT = "SELECT coalesce(max(id), 0) FROM audit_logs"
NEWEST = 2**63 - 1
LATELY = 3000
"""Entries among which records are suggested before anything is typed."""
SUGGESTED = 25
LAST = chr(0x10FFFF)
"""Stands after whatever a record's id can have at its place."""


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


@query
def nation_entries(
    tx: ReadTransaction, viewer: Viewer, nation_id: int, limit: int = 10, before_id: int = NEWEST
) -> tuple[AuditView, ...]:
    """Return what was changed of a nation, its offices, cities, laws and wars, newest first."""
    require_admin_viewer(tx, viewer)
    return tuple(map(_view, trail_rows(tx, _NATION, (nation_id, before_id, limit), limit)))


@query
def named(tx: ReadTransaction, viewer: Viewer, wanted: Sequence[Reference]) -> dict[Reference, str]:
    """Return the names of rows, private laws among them, as far as they have one."""
    require_admin_viewer(tx, viewer)
    found: dict[Reference, str] = {}
    for table, sql in _NAMES.items():
        numbers = [number for name, number in wanted if name == table]
        if numbers:
            found |= {(table, row[0]): str(row[1]) for row in tx.fetch_all(sql, (json.dumps(numbers),))}
    return found


@query
def recorded(tx: ReadTransaction, table: str, typed: str) -> tuple[Recorded, ...]:
    """Return records of a table whose id begins with what was typed; without, those changed lately."""
    found = _beginning(tx, table, typed) if typed else _lately(tx, table)
    return tuple(Recorded(one, _called(tx, table, one)) for one in found)


def _called(tx: ReadTransaction, table: str, record_id: str) -> str | None:
    """Return what a record was called lately."""
    names = (row["name"] for row in tx.fetch_all(_CALLED, (table, record_id)))
    return next((str(name) for name in names if name is not None), None)


def _lately(tx: ReadTransaction, table: str) -> list[str]:
    return [row[0] for row in tx.fetch_all(_LATELY, (LATELY, table, SUGGESTED))]


def _beginning(tx: ReadTransaction, table: str, typed: str) -> list[str]:
    """Go from one record to the next by the index, however many entries each has."""
    found = [typed] if tx.fetch_value(_SAME, (table, typed)) is not None else []
    after = typed
    while len(found) < SUGGESTED:
        following = tx.fetch_value(_BEGINNING, (table, after, typed + LAST))
        if following is None:
            break
        found.append(following)
        after = following
    return found


@query(long=True)
def verify(
    tx: ReadTransaction,
    viewer: Viewer,
    anchors: tuple[Anchor, ...] = (),
    at: int | None = None,
    walked: Callable[[int, int], None] = lambda _done, _of: None,
) -> ChainReport:
    """Walk the whole chain, name the first link that does not fit, and compare it with ``anchors``.

    With the present time ``at`` (UTC seconds) the entries of the last days are held against the requests
    that were answered, too: what fits the chain may have been put at its end by hand. ``walked`` is told
    now and then, by another thread, up to which entry it is whole, and which is the last.
    """
    require_admin_viewer(tx, viewer)
    newest = int(tx.fetch_value(_COUNT)) if tx.fetch_one(_HAS_LOG) is not None else 0
    return verified_trail(tx, anchors, at, lambda number: walked(number, newest))
