"""Entries that waited in the file go into the chain in order, each once; those of undone changes do not."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from loguru import logger

from modelus_bot.database.core.audit.chain import AuditChain
from modelus_bot.database.core.audit.fallback_log import AuditFile, WaitingEntry

if TYPE_CHECKING:
    from loguru import Logger

__all__ = ["Merged", "merge_entries", "remember_token"]

_WAS_COMMITTED = "SELECT 1 FROM requests WHERE request_id = ?"
_UPTO = "SELECT outcome FROM requests WHERE request_id = ?"
_KEEP = (
    "INSERT INTO requests(request_id, command, actor, payload_hash, outcome, created_at)"
    " VALUES(?, 'AuditFile', 0, x'', ?, ?)"
    " ON CONFLICT(request_id) DO UPDATE SET outcome = excluded.outcome, created_at = excluded.created_at"
)


@dataclass(slots=True)
class Merged:
    """What became of entries: put into the chain, dropped with their undone change, refused by the table."""

    added: int = 0
    dropped: int = 0
    refused: int = 0

    def plus(self, other: Merged) -> None:
        """Count another batch, too."""
        self.added += other.added
        self.dropped += other.dropped
        self.refused += other.refused


def remember_token(connection: sqlite3.Connection, token: str, entries: int) -> None:
    """Let the transaction carry ``token``: the entries that have it count if, and only if, it commits."""
    _remember(connection, token, {"entries": entries})


def merge_entries(
    connection: sqlite3.Connection, chain: AuditChain, entries: Sequence[WaitingEntry], file: AuditFile
) -> Merged:
    """Append entries to the chain inside the caller's transaction, which also keeps how far it went.

    Raises ``sqlite3.Error``, after which ``chain.fault`` says whether the table was the reason.
    """
    merged = Merged()
    upto = {name: _merged_upto(connection, name) for name in {item.file for item in entries}}
    committed: dict[str | None, bool] = {None: True}
    for entry in entries:
        if entry.number <= upto[entry.file]:
            continue
        upto[entry.file] = entry.number
        if entry.token not in committed:
            found = connection.execute(_WAS_COMMITTED, (entry.token,)).fetchone()
            committed[entry.token] = found is not None
        if not committed[entry.token]:
            merged.dropped += 1
            _log(entry).info("audit_entry_dropped")
        elif _add(connection, chain, entry, file):
            merged.added += 1
        else:
            merged.refused += 1
    for name, number in upto.items():
        _remember(connection, _place(name), {"merged": number})
    return merged


def _add(connection: sqlite3.Connection, chain: AuditChain, entry: WaitingEntry, file: AuditFile) -> bool:
    try:
        chain.append_fields(connection, entry.fields)
    except (sqlite3.IntegrityError, OverflowError, UnicodeError, sqlite3.ProgrammingError) as error:
        if chain.fault is not None or not connection.in_transaction:
            raise
        _log(entry).bind(error=str(error)).error("audit_entry_refused")
        file.put_away(entry)
        return False
    return True


def _place(name: str) -> str:
    return f"audit-merged:{name}"


def _merged_upto(connection: sqlite3.Connection, name: str) -> int:
    row = connection.execute(_UPTO, (_place(name),)).fetchone()
    return 0 if row is None else int(json.loads(row[0])["merged"])


def _remember(connection: sqlite3.Connection, request: str, what: dict[str, int]) -> None:
    connection.execute(_KEEP, (request, json.dumps(what), int(time.time())))


def _log(entry: WaitingEntry) -> Logger:
    table, record, operation, *_ = entry.fields
    return logger.bind(table=table, record=record, operation=operation, request_id=entry.fields[8])
