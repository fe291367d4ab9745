"""What stands behind a face, for tests that do to it what nobody else may; only here its place is known."""

from __future__ import annotations

from typing import Any

__all__ = ["connections", "follower", "program", "returning", "store", "transactions"]


def connections(db: Any) -> Any:
    """Return the connections of a database, to run a statement on one of them or to lose it."""
    return db._connections


def transactions(db: Any) -> Any:
    """Return the writer of a database, to look at its queue or to put something else in its place."""
    return db._transactions


def returning(db: Any) -> Any:
    """Return what leads a database back when it was away."""
    return db._returning


def program(archive: Any) -> Any:
    """Return the archive's program as it runs, to kill it."""
    return archive._running


def follower(checksums: Any) -> Any:
    """Return what follows the log for the page checksums."""
    return checksums._follower


def store(journal: Any) -> Any:
    """Return the file of the journal and what is known of it."""
    return journal._store
