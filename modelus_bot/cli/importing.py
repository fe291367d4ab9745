"""``import``: move in from other systems; here ``import rotation``, from the Triage Rotation Bot."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from modelus_bot.cli.beginning import BeginAnewOption, require_beginning
from modelus_bot.cli.import_report import DryRunOption
from modelus_bot.cli.importing_modelus import modelus
from modelus_bot.cli.importing_scrum import scrum
from modelus_bot.cli.recognising import require_ours
from modelus_bot.cli.setting_up import (
    DatabaseOption,
    operator_context,
    require_current_schema,
    settings_of,
    with_database,
)
from modelus_bot.cli.terminal import console
from modelus_bot.database import DatabaseManager
from modelus_bot.database.administration import Nature
from modelus_bot.domain.table_words import rows_of
from modelus_bot.subjects.rotation_import.rules.mending import mend
from modelus_bot.subjects.rotation_import.rules.reading import read_folder
from modelus_bot.subjects.rotation_import.writes.importing import ImportReport, ImportRotation

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Move data in from other systems.")

app.command()(scrum)
app.command()(modelus)


@app.command()
def rotation(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Folder with sprints.json, disciplines.json, …")],
    people: Annotated[
        Path | None,
        typer.Option("--people", help='JSON object {"Slack id": Discord id}; default people.json in FOLDER.'),
    ] = None,
    dry_run: DryRunOption = False,
    begin_anew: BeginAnewOption = False,
    database: DatabaseOption = None,
) -> None:
    """Import the JSON files of the Triage Rotation Bot; doing it again changes nothing.

    People whose Discord id is not known yet get a placeholder; link them later with /member link, or
    run the import again with a people.json that names them.
    """
    settings = settings_of(context)
    write = ImportRotation(data=mend(read_folder(folder, people, zone=settings.server.timezone)))
    asked = operator_context(settings, f"import of {folder.resolve().name}"[:300])

    path = database or settings.database.path

    async def work(db: DatabaseManager) -> ImportReport:
        return await (db.preview(write, asked) if dry_run else db.write(write, asked))

    require_ours(path, Nature.MISSING, Nature.EMPTY)
    if dry_run and not path.exists():
        with tempfile.TemporaryDirectory() as scratch:
            report = with_database(settings, work, Path(scratch) / "empty.db")
    else:
        if dry_run:
            require_current_schema(path)
        else:
            require_beginning(settings, path, begin_anew=begin_anew)
        report = with_database(settings, work, path)
    _print(report, dry_run=dry_run)


def _print(report: ImportReport, *, dry_run: bool) -> None:
    out = console()
    if report.mended:
        out.print("Mended or noteworthy:")
        for item in report.mended:
            out.print(f"- {item.sentence}", markup=False)
    table = Table("what", "added", "updated", "unchanged", box=None, pad_edge=False)
    for count in report.counts:
        table.add_row(rows_of(count.table), str(count.added), str(count.updated), str(count.unchanged))
    out.print(table)
    if report.unlinked:
        out.print("Still without a Discord account:")
        for person in report.unlinked:
            out.print(f"- {person}", markup=False)
        out.print("Link each with /member link, or name them in people.json and import again.")
    if not report.changed:
        out.print("Everything was there already; nothing was changed.")
    elif dry_run:
        out.print("This was a dry run: nothing was changed.")
