"""A file that is whole gets the shape this version works with, or is refused, before anybody uses it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from loguru import logger

from modelus_bot.database.core.errors import SchemaMismatch
from modelus_bot.database.core.result_codes import from_sqlite
from modelus_bot.database.schema import Migrator, SchemaValidator, broken_searches, mend_searches

__all__ = ["bring_up_to_date", "mend", "mend_all_searches", "needs_mending", "searches_need_mending"]


def bring_up_to_date(path: Path) -> None:
    """Apply the migrations that a copy from before an update lacks, mend schema and searches; blocking.

    Only for files that a check has called readable. Raises ``SchemaMismatch`` for a database of another
    program, of a newer version, or altered by hand, and other ``DatabaseError``.
    """
    migrator = Migrator(path)
    if any(not item.applied for item in migrator.status()):
        migrator.up()
    validator = SchemaValidator()
    if needs_mending(path, validator):
        mend(path, validator)
    if searches_need_mending(path):
        mend_all_searches(path)


def needs_mending(path: Path, validator: SchemaValidator) -> bool:
    """Say whether there is something in the schema to repair; raises ``SchemaMismatch`` for the rest."""
    with _opened(path) as connection:
        report = validator.inspect(connection)
    if not report.clean:
        logger.bind(differences=str(report)).warning("schema_drift")
    if report.refused:
        raise SchemaMismatch(str(report))
    return bool(report.repairable)


def mend(path: Path, validator: SchemaValidator) -> None:
    """Repair what is safe to repair in the schema; what else it needs is refused."""
    with _opened(path) as connection:
        for words in validator.repair(connection, validator.inspect(connection)):
            logger.bind(repaired=words).warning("schema_repaired")


def searches_need_mending(path: Path) -> bool:
    """Say whether the index of a search is damaged, or says something else than the rows."""
    with _opened(path) as connection:
        return bool(broken_searches(connection))


def mend_all_searches(path: Path) -> None:
    """Make such indexes anew from the rows."""
    with _opened(path) as connection:
        mended = mend_searches(connection)
    if mended:
        logger.bind(searches=list(mended)).warning("search_index_mended")


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=5.0)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise from_sqlite(error) from error
