"""Takes rows of another program in, some at a time, beside a running bot; or tries it on a copy."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from modelus_bot.cli.acting import look_as_owner
from modelus_bot.cli.beginning import require_beginning
from modelus_bot.cli.recognising import require_ours
from modelus_bot.cli.setting_up import require_current_schema, run_async, with_database
from modelus_bot.cli.terminal import bar
from modelus_bot.config import Settings
from modelus_bot.database import Context, DatabaseManager, Write
from modelus_bot.database.administration import Nature, run_child
from modelus_bot.domain.fields import PLACEHOLDER_LIMIT
from modelus_bot.subjects.imports.model.outcome import Left, Ready, RowFate, RowReport

__all__ = ["RowImport", "account_called", "require_new", "take_in", "zone_called"]

Row = TypeVar("Row", bound=Any)
COPY_SECONDS = 3600.0
UNPACED = 1e12


@dataclass(frozen=True, slots=True)
class RowImport(Generic[Row]):
    """What is to be taken in: the source's tables, how many rows, in which portions and by which write."""

    tables: tuple[str, ...]
    rows: int
    portions: Callable[[], Iterator[tuple[Sequence[Ready[Row]], Sequence[Left]]]]
    write: Callable[[tuple[Row, ...]], Write[tuple[RowFate, ...]]]
    context: Context


def take_in(
    settings: Settings, asked: RowImport[Row], path: Path, *, dry_run: bool, begin_anew: bool
) -> RowReport:
    """Take everything in, or do so with a copy of the database, and say what became of each row."""
    require_ours(path, Nature.MISSING, Nature.EMPTY)
    if dry_run:
        return _tried(settings, asked, path)
    require_beginning(settings, path, begin_anew=begin_anew)
    return _taken_in(settings, asked, path)


def zone_called(name: str | None, settings: Settings) -> ZoneInfo:
    """Return a zone, by default the server's; raises ``typer.BadParameter``."""
    try:
        return ZoneInfo(name or settings.server.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise typer.BadParameter(f"{name} is no time zone. Write it like America/New_York.") from error


def require_new(details: Path | None) -> None:
    """Raise ``typer.BadParameter`` for a report that would replace a file."""
    if details is not None and details.exists():
        raise typer.BadParameter(f"{details} is there already. Choose another name.")


def _taken_in(settings: Settings, asked: RowImport[Row], path: Path) -> RowReport:
    """Take in one portion after another, each in a transaction of its own."""
    report = RowReport(asked.tables)
    with bar(of=True) as progress:
        shown = progress.add_task(f"{asked.rows} rows", total=asked.rows)

        async def work(db: DatabaseManager) -> None:
            for ready, left in asked.portions():
                report.left_out(left)
                if ready:
                    fates = await db.write(asked.write(tuple(item.row for item in ready)), asked.context)
                    report.taken_in(ready, fates)
                progress.advance(shown, len(ready) + len(left))

        with_database(settings, work, path)
    return report


def _tried(settings: Settings, asked: RowImport[Row], path: Path) -> RowReport:
    """Do everything with a copy of the database, so that the report is exactly that of the import itself."""
    look_as_owner(path)
    with tempfile.TemporaryDirectory(prefix="modelus-import-") as folder:
        copy = Path(folder) / "copy.db"
        if path.exists():
            require_current_schema(path)
            task = {"source": str(path), "target": str(copy), "rate": UNPACED}
            run_async(run_child("copy", task, seconds=COPY_SECONDS))
        return _taken_in(settings, asked, copy)


def account_called(text: str) -> int | None:
    """Return the Discord id that was typed; None where it is none."""
    return int(text) if text.isdecimal() and PLACEHOLDER_LIMIT <= int(text) < 2**63 else None
