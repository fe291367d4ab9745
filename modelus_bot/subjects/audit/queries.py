"""The audit log as administrators read it: by record, by member, and whether the chain holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from modelus_bot.database import ReadTransaction, Row, query
from modelus_bot.database.administration import (
    FIND_PRESERVED,
    Anchor,
    ChainReport,
    Parameters,
    Setback,
    compared_with_anchors,
    preserved_names,
    read_chain,
    with_names,
)
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
_SETBACKS = """
SELECT id, new_values, changed_at FROM audit_logs
WHERE table_name = 'database' AND record_id = 'restored' AND operation = 'COMMAND'
"""
_UNASKED = """
SELECT id, table_name, record_id FROM audit_logs AS entry
WHERE id > ? AND changed_at > ? AND operation <> 'COMMAND'
AND NOT EXISTS (SELECT 1 FROM requests WHERE requests.request_id = entry.request_id)
AND NOT EXISTS (
    SELECT 1 FROM audit_logs AS moved
    WHERE moved.table_name = 'requests' AND moved.record_id = entry.request_id AND moved.operation = 'DELETE'
)
ORDER BY id LIMIT 5
"""
_LINK = "SELECT row_hash FROM {log} WHERE id = ?"
NEWEST = 2**63 - 1
REQUESTS_KEPT = 6 * 86400
"""Seconds for which the request of every change is surely known; maintenance forgets them after a week."""


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
    return _history(tx, _RECORD, (table, record_id, before_id, limit), limit)


@query
def member_history(
    tx: ReadTransaction, viewer: Viewer, user_id: int, limit: int = 10, before_id: int = NEWEST
) -> tuple[AuditView, ...]:
    """Return what exactly one member changed, newest first."""
    require_admin_viewer(tx, viewer)
    return _history(tx, _MEMBER, (user_id, before_id, limit), limit)


@query(long=True)
def verify(
    tx: ReadTransaction, viewer: Viewer, anchors: tuple[Anchor, ...] = (), at: int | None = None
) -> ChainReport:
    """Walk the whole chain, name the first link that does not fit, and compare it with ``anchors``.

    With the present time ``at`` (UTC seconds) the entries of the last days are held against the requests
    that were answered, too: what fits the chain may have been put at its end by hand.
    """
    require_admin_viewer(tx, viewer)
    wanted = {anchor.id for anchor in anchors}
    hashes: dict[int, str] = {}

    def seen(number: int, link: bytes) -> None:
        if number in wanted:
            hashes[number] = link.hex()

    report = replace(read_chain(tx, seen), preserved=_preserved(tx))
    if not report.first_id and report.first_broken is not None:
        return replace(report, anchors=len(anchors))
    hashes |= _earlier(tx, report, wanted)
    setbacks = tuple(_setbacks(tx))
    report = compared_with_anchors(report, anchors, hashes, setbacks)
    if at is None:
        return report
    known_from = max((report.first_id - 1, *(setback.entry for setback in setbacks)))
    unasked = _unasked(tx, known_from, at - REQUESTS_KEPT)
    return replace(report, contradictions=(*report.contradictions, *unasked))


def _unasked(tx: ReadTransaction, after: int, since: int) -> Iterator[str]:
    """Name entries that no request explains; a recovery may have lost requests, so only those since then."""
    for number, table, record in tx.fetch_all(_UNASKED, (after, since)):
        yield (
            f"Entry {number} ({table} {record}) belongs to no request that was answered: it was not written"
            " by this program."
        )


def _history(tx: ReadTransaction, sql: str, values: Parameters, limit: int) -> tuple[AuditView, ...]:
    """Read the newest log first, and then, if that has too few, those that were set aside before it."""
    found: list[AuditView] = []
    for log in ("audit_logs", *reversed(_preserved(tx))):
        found += map(_view, tx.fetch_all(with_names(sql, log=log), values))
        if len(found) >= limit:
            break
    return tuple(found[:limit])


def _preserved(tx: ReadTransaction) -> tuple[str, ...]:
    return preserved_names(row["name"] for row in tx.fetch_all(FIND_PRESERVED))


def _earlier(tx: ReadTransaction, report: ChainReport, wanted: set[int]) -> dict[int, str]:
    """Return the hashes that preserved logs have of entries before the present chain."""
    hashes: dict[int, str] = {}
    for number in wanted:
        if number < report.first_id:
            hashes.update((number, link) for link in _links(tx, report.preserved, number))
    return hashes


def _links(tx: ReadTransaction, logs: Sequence[str], number: int) -> Iterator[str]:
    for log in logs:
        link = tx.fetch_value(with_names(_LINK, log=log), (number,))
        if isinstance(link, bytes):
            yield link.hex()


def _setbacks(tx: ReadTransaction) -> Iterator[Setback]:
    """Yield what the log itself says of restores that gave up its newest entries."""
    for row in tx.fetch_all(_SETBACKS):
        values = _values(row["new_values"]) or {}
        back_to, reached = values.get("back_to"), values.get("reached")
        if isinstance(back_to, int) and isinstance(reached, int):
            yield Setback(row["id"], back_to, reached, row["changed_at"])
