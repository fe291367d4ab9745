"""Where the salvaged audit log holds together, and where entries are missing."""

from __future__ import annotations

import sqlite3

from modelus_bot.database.core.audit.verification import verify_chain, walk
from modelus_bot.database.salvage.report import ChainState

__all__ = ["chain_state"]

_GAPS = (
    "SELECT before + 1, id - 1 FROM"
    " (SELECT id, operation, table_name, lag(id, 1, 0) OVER (ORDER BY id) AS before FROM audit_logs)"
    " WHERE id > before + 1 AND NOT (before = 0 AND operation = 'RESTORE' AND table_name = 'audit_logs')"
    " ORDER BY id LIMIT 100"
)
_END = "SELECT count(*), coalesce(max(id), 0) FROM audit_logs"
_HEAD = "SELECT row_hash FROM audit_logs ORDER BY id DESC LIMIT 1"


def chain_state(connection: sqlite3.Connection) -> ChainState:
    """Walk the audit log of ``connection`` and say where its links are missing."""
    report = verify_chain(walk(connection))
    entries, last = connection.execute(_END).fetchone()
    head = connection.execute(_HEAD).fetchone()
    return ChainState(
        entries=entries,
        last_id=last,
        head=head[0].hex() if head else "",
        intact=report.intact,
        problem=report.problem,
        missing=tuple((first, end) for first, end in connection.execute(_GAPS)),
    )
