"""Stands in for the chain while the table cannot take entries: they are collected for the file."""

from __future__ import annotations

import sqlite3

from modelus_bot.database.core.audit.chain import AuditChain, Mark
from modelus_bot.database.core.audit.entry import Fields, check_entry

__all__ = ["CollectedEntries"]


class CollectedEntries(AuditChain):
    """Collects the entries of one transaction, which carries ``token``, instead of writing them.

    Once a new table was put in place, the entry that says so goes into that; the others still follow
    those that wait.
    """

    __slots__ = ("direct", "entries", "renewed", "token")

    def __init__(self, token: str) -> None:
        """Start with none."""
        super().__init__()
        self.token = token
        self.entries: list[Fields] = []
        self.renewed = self.direct = False

    def mark(self) -> Mark:
        """Return the present state, to be given to ``rewind`` after a roll-back."""
        return (*super().mark(), len(self.entries), self.renewed, self.direct)

    def rewind(self, mark: Mark) -> None:
        """Forget what was collected since ``mark``."""
        last_id, head, count, self.renewed, self.direct = mark
        super().rewind((last_id, head))
        del self.entries[count:]

    def restart(self, last_id: int) -> None:
        """Write the next entry: it is the first of a new table."""
        super().restart(last_id)
        self.renewed = self.direct = True

    def append_fields(self, connection: sqlite3.Connection, fields: Fields) -> None:
        """Collect an entry; raises ``ConstraintViolated`` for one the table would never take."""
        if self.direct:
            super().append_fields(connection, fields)
            self.direct = False
        else:
            check_entry(fields)
            self.entries.append(fields)
