"""What stands behind a face, for tests that do to it what nobody else may; only here its place is known."""

from __future__ import annotations

from typing import Any

__all__ = [
    "another_file",
    "connections",
    "engine",
    "follower",
    "lag",
    "probe",
    "program",
    "snapshots",
    "store",
    "transactions",
]


def connections(db: Any) -> Any:
    """Return the connections of a database, to run a statement on one of them or to lose it."""
    return db._connections


def engine(db: Any) -> Any:
    """Return what opens a database, to ask its readers."""
    return db._engine


def another_file(db: Any) -> None:
    """Tell a database that another file took the place of the one that was open."""
    db._engine._another_file()


def transactions(db: Any) -> Any:
    """Return the writer of a database, to look at its queue or to put something else in its place."""
    return db._transactions


async def probe(db: Any) -> None:
    """Let it be tried now whether writing works again, instead of when the breaker would."""
    db.availability.writes._probe_at = 0.0
    await db.availability._probe_once(db.availability.writes, db._returning._probe_writes)


def snapshots(archive: Any) -> Any:
    """Return what makes the archive's whole copies by the clock."""
    return archive._snapshots


def lag(archive: Any) -> Any:
    """Return what watches how far the archive is behind."""
    return archive._lag


def program(archive: Any) -> Any:
    """Return the archive's program as it runs, to kill it."""
    return archive._running


def follower(checksums: Any) -> Any:
    """Return what follows the log for the page checksums."""
    return checksums._follower


def store(journal: Any) -> Any:
    """Return the file of the journal and what is known of it."""
    return journal._store
