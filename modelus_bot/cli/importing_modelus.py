"""``import modelus``: move in from the original Model US bot, beside a bot that may be running."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from modelus_bot.cli.beginning import BeginAnewOption
from modelus_bot.cli.import_report import (
    DetailsOption,
    DryRunOption,
    print_counts,
    print_remarks,
    some_of,
    write_details,
)
from modelus_bot.cli.outcome import NotOurs
from modelus_bot.cli.setting_up import DatabaseOption, operator_context, run_async, settings_of
from modelus_bot.cli.taking_in import RowImport, account_called, require_new, take_in, zone_called
from modelus_bot.cli.terminal import console
from modelus_bot.database.administration import ForeignDatabase, Nature
from modelus_bot.subjects.imports.rules.portions import BATCH
from modelus_bot.subjects.modelus_import.model.source import STORED_AS, TABLES, ModelusSource
from modelus_bot.subjects.modelus_import.rules.planning import portions_of
from modelus_bot.subjects.modelus_import.rules.tables import WANTED, source_of
from modelus_bot.subjects.modelus_import.writes.importing import ImportModelusRows
from modelus_bot.text.escaping import bare

__all__ = ["modelus"]

_ADVICE = {
    Nature.OURS: "Name the original bot's file: it is taken into this database.",
    Nature.MISSING: "Name the file that the original bot called DATABASE_PATH.",
    Nature.DAMAGED: "Copy it again while the original bot is stopped, and try with the copy.",
}


def modelus(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The original bot's SQLite database; it is only read.")],
    zone: Annotated[
        str | None, typer.Option("--zone", help="Of its times, which have none; default: the server's.")
    ] = None,
    author: Annotated[
        str | None,
        typer.Option("--author", help="Who counts as the author of laws that name nobody: a Discord id."),
    ] = None,
    dry_run: DryRunOption = False,
    details: DetailsOption = None,
    begin_anew: BeginAnewOption = False,
    database: DatabaseOption = None,
) -> None:
    """Import nations, their names, leaders and cities, laws, tags and wars of the original Model US bot.

    Doing it again changes nothing and undoes nothing that was changed here. What cannot be taken in yet is
    counted and named. The dry run works on a copy of the database.
    """
    settings = settings_of(context)
    require_new(details)
    of_times, counts_as_author = zone_called(zone, settings), _account(author)
    source = _read(file)
    asked = RowImport(
        TABLES,
        source.rows,
        lambda: portions_of(source, of_times, BATCH),
        lambda rows: ImportModelusRows(rows=rows, author=counts_as_author),
        operator_context(settings, f"import of {file.name}"[:300]),
    )
    path = database or settings.database.path
    report = take_in(settings, asked, path, dry_run=dry_run, begin_anew=begin_anew)
    print_remarks(report)
    _print_source(source)
    print_counts(report, STORED_AS, dry_run=dry_run)
    if details is not None:
        write_details(report, ("file", "row"), details)


def _read(file: Path) -> ModelusSource:
    """Return what the file has; raises ``NotOurs`` or ``ImportProblem`` where that is not the original's."""
    read = run_async(ForeignDatabase.read(file, WANTED))
    if not read.readable:
        raise NotOurs(read.found.sentence, _ADVICE.get(read.found.nature, "Nothing was changed."))
    return source_of(file.name, read.tables)


def _account(text: str | None) -> int | None:
    if text is None:
        return None
    if (found := account_called(text)) is None:
        raise typer.BadParameter(f"--author {text} is no Discord id.")
    return found


def _print_source(source: ModelusSource) -> None:
    """Say what of the file is not taken in."""
    out = console()
    for name, columns in source.untaken.items():
        out.print(bare(f"Not taken over of {name}: {some_of(list(columns), 20)}."), markup=False)
    if source.missing:
        out.print(f"The file has no tables called: {', '.join(source.missing)}.")
    if source.later:
        out.print("Counted only:")
    for table in source.later:
        out.print(bare(f"- {table.name}, {table.rows}: {table.why}"), markup=False)
        for fault in table.faults:
            out.print(f"  - {fault}", markup=False)
