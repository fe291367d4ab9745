"""Stands in for the chain while the table cannot take entries: they are collected for the file."""

from __future__ import annotations

import sqlite3

from modelus_bot.database.audit.chain import AuditChain, Mark
from modelus_bot.database.audit.entry import Fields, check_entry

__all__ = ["SetAside"]


class SetAside(AuditChain):
    """Collects the entries of one transaction, which carries ``token``, instead of writing them.

    Once a new table was put in place, what follows goes into that.
    """

    __slots__ = ("entries", "renewed", "token")

    def __init__(self, token: str) -> None:
        """Start with none."""
        super().__init__()
        self.token = token
        self.entries: list[Fields] = []
        self.renewed = False

    def mark(self) -> Mark:
        """Return the present state, to be given to ``rewind`` after a roll-back."""
        return (*super().mark(), len(self.entries), self.renewed)

    def rewind(self, mark: Mark) -> None:
        """Forget what was collected since ``mark``."""
        last_id, head, count, self.renewed = mark
        super().rewind((last_id, head))
        del self.entries[count:]

    def restart(self, last_id: int) -> None:
        """Write from here on: there is a new table."""
        super().restart(last_id)
        self.renewed = True

    def append_fields(self, connection: sqlite3.Connection, fields: Fields) -> None:
        """Collect an entry; raises ``ConstraintViolated`` for one the table would never take."""
        if self.renewed:
            super().append_fields(connection, fields)
        else:
            check_entry(fields)
            self.entries.append(fields)
