"""Small writes that may be saved for later, for tests of the journal alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from modelus_bot.database.core.audit.verification import verify_chain, walk
from modelus_bot.database.core.operation import Priority, Write
from modelus_bot.database.core.transaction import Transaction
from tests.database.operations import Increment, PutSetting, Refused


class Take(Write[int]):
    """Take the next place in the order in which changes are applied; a second application would show."""

    name: str

    deferrable = True

    def apply(self, tx: Transaction) -> int:
        """Make the change."""
        place = Increment(key="places").apply(tx)
        PutSetting(key=f"taken:{self.name}", value=place).apply(tx)
        return place


class TakeFirst(Take):
    """Goes before others."""

    priority = Priority.HIGH


class TakeLast(Take):
    """Lets others go first."""

    priority = Priority.LOW


class TakeUnless(Take):
    """Refused when a setting is there, as a subject's rule would."""

    unless: str

    def apply(self, tx: Transaction) -> int:
        """Make the change, then perhaps say no."""
        place = super().apply(tx)
        if tx.fetch_value("SELECT count(*) FROM settings WHERE key = ?", (self.unless,)):
            raise Refused(f"{self.unless} is there.")
        return place


def taken(path: Path) -> list[str]:
    """Return the names of what was applied, in order, having checked that nothing was applied twice."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT substr(key, 7), CAST(value AS INTEGER) FROM settings"
            " WHERE key LIKE 'taken:%' ORDER BY CAST(value AS INTEGER)"
        ).fetchall()
        places = connection.execute("SELECT value FROM settings WHERE key = 'places'").fetchone()
        audited = connection.execute("SELECT count(*) FROM audit_logs WHERE record_id LIKE 'taken:%'")
        assert audited.fetchone()[0] == len(rows)
        assert verify_chain(walk(connection)).intact
    assert [place for _, place in rows] == list(range(1, len(rows) + 1))
    assert int(places[0] if places else 0) == len(rows)
    return [name for name, _ in rows]
