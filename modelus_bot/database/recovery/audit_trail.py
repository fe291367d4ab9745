"""The audit trail as a whole: the present log and those that were set aside before it, verified and read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from modelus_bot.database.core.audit.anchors import Anchor
from modelus_bot.database.core.audit.comparing import Setback, compared_with_anchors
from modelus_bot.database.core.audit.legacy_tables import FIND_PRESERVED, preserved_names
from modelus_bot.database.core.audit.verification import ChainReport
from modelus_bot.database.core.names import with_names
from modelus_bot.database.core.transaction import Parameters, ReadTransaction, Row
from modelus_bot.database.recovery.audit_renewal import read_chain

__all__ = ["REQUESTS_KEPT", "trail_rows", "verified_trail"]

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
TOLD_EVERY = 5000
"""Links after which a walk says how far it is."""
REQUESTS_KEPT = 6 * 86400
"""Seconds for which the request of every change is surely known; maintenance forgets them after a week."""


def verified_trail(
    tx: ReadTransaction,
    anchors: Sequence[Anchor] = (),
    at: int | None = None,
    walked: Callable[[int], None] = lambda _number: None,
) -> ChainReport:
    """Walk the whole chain, name the first link that does not fit, and compare it with ``anchors``.

    With the present time ``at`` (UTC seconds) the entries of the last days are held against the requests
    that were answered, too: what fits the chain may have been put at its end by hand. ``walked`` is told
    some of the numbers that fit, as the walk comes to them.
    """
    wanted = {anchor.id for anchor in anchors}
    hashes: dict[int, str] = {}

    def seen(number: int, link: bytes) -> None:
        if number in wanted:
            hashes[number] = link.hex()
        if not number % TOLD_EVERY:
            walked(number)

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


def trail_rows(tx: ReadTransaction, sql: str, parameters: Parameters, limit: int) -> tuple[Row, ...]:
    """Read the newest log first, and then, if that has too few, those that were set aside before it.

    ``sql`` has ``{log}`` where the log's name belongs.
    """
    found: list[Row] = []
    for log in ("audit_logs", *reversed(_preserved(tx))):
        found += tx.fetch_all(with_names(sql, log=log), parameters)
        if len(found) >= limit:
            break
    return tuple(found[:limit])


def _unasked(tx: ReadTransaction, after: int, since: int) -> Iterator[str]:
    """Name entries that no request explains; a recovery may have lost requests, so only those since then."""
    for number, table, record in tx.fetch_all(_UNASKED, (after, since)):
        yield (
            f"Entry {number} ({table} {record}) belongs to no request that was answered: it was not written"
            " by this program."
        )


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
        try:
            values = json.loads(row["new_values"] or "{}")
        except ValueError:
            continue
        if not isinstance(values, dict):
            continue
        back_to, reached = values.get("back_to"), values.get("reached")
        if isinstance(back_to, int) and isinstance(reached, int):
            yield Setback(row["id"], back_to, reached, row["changed_at"])
