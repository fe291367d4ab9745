"""A new database from a damaged file: every row that is still there, in our schema, and a report.

SQLite is never shown the damaged file. Its own reading gives no row that this one misses, may give
rows of one table for those of another, and may crash; bytes read by Python cannot.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelus_bot.database.core.names import with_names
from modelus_bot.database.core.result_codes import from_sqlite
from modelus_bot.database.salvage.best_image import choose
from modelus_bot.database.salvage.chain import chain_state
from modelus_bot.database.salvage.filling import Filler, Rejections
from modelus_bot.database.salvage.harvest import Harvest
from modelus_bot.database.salvage.image import open_images
from modelus_bot.database.salvage.layouts import read_reference
from modelus_bot.database.salvage.parents import close_references
from modelus_bot.database.salvage.preserved_rows import close_kept, make_kept
from modelus_bot.database.salvage.report import SalvageReport
from modelus_bot.database.salvage.roots import find_roots, read_applied
from modelus_bot.database.salvage.target import make_schema, opened_for_filling, partial_file
from modelus_bot.database.salvage.trees import Trees
from modelus_bot.database.schema import Migrator

if TYPE_CHECKING:
    from modelus_bot.database.core.child_process import Report

__all__ = ["salvage", "salvage_job"]

QUIET = 0.2
"""Seconds between two reports of progress."""


def salvage(
    source: Path,
    target: Path,
    *,
    migrations: Path | None = None,
    report: Report | None = None,
    bad_pages: Collection[int] = (),
) -> SalvageReport:
    """Make ``target``, a new database with our schema and every row that ``source`` still holds.

    ``source``, with its -wal file if there is one, is only read, and must not be open in this process;
    it is best a copy nobody uses. ``bad_pages`` of the main file are not believed even where they look
    well, except for rows that prove themselves. Rejected rows stand in ``TARGET.rejected.jsonl``.

    Raises OSError when the source cannot be opened, FileExistsError when the target is there already,
    SchemaMismatch when the source was written by a newer version, another DatabaseError when the target
    cannot be written.
    """
    if target.exists():
        raise FileExistsError(f"{target} is there already")
    try:
        return _salvage(source, target, migrations, _Teller(report), frozenset(bad_pages))
    except sqlite3.Error as error:
        raise from_sqlite(error, operation="salvage") from error


def _salvage(
    source: Path, target: Path, migrations: Path | None, tell: _Teller, bad_pages: frozenset[int]
) -> SalvageReport:
    started = time.monotonic()
    with open_images(source, bad_pages) as images, partial_file(target) as partial:
        tell("looking", 0, 0)
        image = choose(images)
        trees = Trees(image)
        roots = find_roots(trees)
        make_schema(partial, migrations, read_applied(trees, roots))
        rejections = Rejections(Path(f"{target}.rejected.jsonl"))
        with opened_for_filling(partial) as connection, contextlib.closing(rejections):
            kept = make_kept(connection, roots)
            reference = read_reference(connection)
            filler = Filler(connection, rejections)
            harvest = Harvest(trees, reference, roots, filler)
            for pages in harvest.run():
                tell("reading", pages, image.pages)
            tell("checking", 0, 0)
            rebuilt = close_references(connection, reference, rejections)
            close_kept(connection, kept)
        Migrator(partial, migrations).up()
        with contextlib.closing(sqlite3.connect(partial, isolation_level=None)) as connection:
            figures = _figures(connection)
    return SalvageReport(
        source=str(source),
        target=str(target),
        page_size=image.page_size,
        pages=image.pages,
        damaged=harvest.damaged,
        unassigned=harvest.unassigned,
        stale=harvest.stale,
        wal="used" if image.has_wal else "ignored" if len(images) > 1 else "none",
        wal_frames_lost=image.wal.lost,
        incomplete=harvest.incomplete,
        unread=image.failures.count,
        schema_known=all(layout.name in harvest.roots for layout in reference.layouts if layout.own),
        strays=dict(filler.strays),
        superseded=filler.superseded,
        unreadable=harvest.unreadable,
        rejected=tuple(rejections.first),
        rejected_by_table=dict(rejections.counts),
        rejected_total=rejections.counts.total(),
        rejected_file=str(rejections.path) if rejections.first else None,
        rebuilt=rebuilt,
        seconds=time.monotonic() - started,
        **figures,
    )


def salvage_job(task: dict[str, Any], report: Report) -> dict[str, Any]:
    """Run ``salvage`` in a child, with ``source``, ``target`` and perhaps ``migrations``, ``bad_pages``."""
    folder = task.get("migrations")
    result = salvage(
        Path(task["source"]),
        Path(task["target"]),
        migrations=Path(folder) if folder else None,
        report=report,
        bad_pages=task.get("bad_pages", ()),
    )
    return result.model_dump(mode="json")


class _Teller:
    """Passes progress on, not too often."""

    def __init__(self, report: Report | None) -> None:
        self._report = report
        self._next = 0.0
        self._stage = ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if self._report is not None and (stage != self._stage or now >= self._next):
            self._stage, self._next = stage, now + QUIET
            self._report({"stage": stage, "done": done, "total": total})


def _figures(connection: sqlite3.Connection) -> dict[str, Any]:
    """Return what the finished database says of itself."""
    reference = read_reference(connection)
    return {
        "migrations": _applied(connection),
        "rows": {
            layout.table: _count(connection, layout.table) for layout in reference.layouts if layout.own
        },
        "chain": chain_state(connection),
    }


def _applied(connection: sqlite3.Connection) -> tuple[str, ...]:
    rows = connection.execute("SELECT migration_id FROM _yoyo_migration ORDER BY migration_id")
    return tuple(row[0] for row in rows)


def _count(connection: sqlite3.Connection, table: str) -> int:
    statement = with_names("SELECT count(*) FROM {table}", table=table)
    count: int = connection.execute(statement).fetchone()[0]
    return count
