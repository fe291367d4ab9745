"""Which history a file belongs to: a restore begins a new one, and the old one goes on in older copies.

Audit numbers alone do not tell them apart, because both count on from the state they share. What does is
the hash of an entry: the restore leaves one of its own, and only files that have it, or end before it,
can stand for the present.
"""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from modelus_bot.database.core.context import Context
from modelus_bot.database.core.operation import Write
from modelus_bot.database.core.read_only import opened_to_read
from modelus_bot.database.core.result_codes import from_sqlite
from modelus_bot.database.core.transaction import Transaction
from modelus_bot.database.engine import GroupMember, GroupWriter

__all__ = ["NoteRestore", "end_of", "note_restore", "share_history"]

_END = "SELECT id, row_hash FROM audit_logs ORDER BY id DESC LIMIT 1"
_UPTO = "SELECT id, row_hash FROM audit_logs WHERE id <= ? ORDER BY id DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class _Link:
    id: int
    head: str


class NoteRestore(Write[None]):
    """Write into a file that is about to be restored that this was done.

    ``reached`` is the newest entry of the state that is given up, ``back_to`` that of the restored one.
    """

    reached: int
    back_to: int
    source: str

    def apply(self, tx: Transaction) -> None:
        """Add the entry by which verification, and this module, know the new history."""
        new = {"reached": self.reached, "back_to": self.back_to, "source": self.source[:200]}
        tx.audit("database", "restored", "COMMAND", new=new)


def note_restore(path: Path, note: NoteRestore) -> None:
    """Write the note into a file that nobody has open; raises ``DatabaseError``."""
    context = Context(request_id=f"restore-{secrets.token_hex(8)}", reason="restore")
    try:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=5.0)) as connection:
            connection.row_factory = sqlite3.Row
            (outcome,) = GroupWriter().commit(connection, [GroupMember(note, context)], 1)
    except sqlite3.Error as error:
        raise from_sqlite(error) from error
    if outcome.error is not None:
        raise outcome.error


def end_of(path: Path) -> tuple[int, str]:
    """Return the newest audit entry of a file as (id, hash in hex), (0, "") where none can be read."""
    with _opened(path) as connection:
        if connection is not None and (link := _link(connection, _END)) is not None:
            return link.id, link.head
    return 0, ""


def share_history(path: Path, other: Path) -> bool:
    """Say whether the shorter of two logs is a part of the longer one, as far as can be seen.

    Compared is the newest entry that both have; where they have none in common, nothing speaks against it.
    """
    with _opened(path) as first, _opened(other) as second:
        if first is None or second is None:
            return True
        upto = 2**62
        while True:
            here, there = _link(first, _UPTO, upto), _link(second, _UPTO, upto)
            if here is None or there is None:
                return True
            if here.id == there.id:
                return here.head == there.head
            upto = min(here.id, there.id)


def _link(connection: sqlite3.Connection, sql: str, *parameters: int) -> _Link | None:
    with contextlib.suppress(sqlite3.Error):
        row = connection.execute(sql, parameters).fetchone()
        if row is not None and isinstance(row[1], bytes):
            return _Link(int(row[0]), row[1].hex())
    return None


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection | None]:
    """Open a file that nobody writes to look at its log only; None where that cannot be done."""
    finished = not path.with_name(path.name + "-wal").exists()
    try:
        connection = opened_to_read(path, finished=finished)
    except sqlite3.Error:
        yield None
        return
    with contextlib.closing(connection):
        yield connection
