"""``import scrum``: move in from AI Scrum Master, some rows at a time, beside a bot that may be running."""

from __future__ import annotations

from collections import Counter
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
from modelus_bot.cli.setting_up import DatabaseOption, operator_context, settings_of
from modelus_bot.cli.taking_in import RowImport, account_called, require_new, take_in, zone_called
from modelus_bot.cli.terminal import console
from modelus_bot.subjects.imports.model.outcome import RowReport
from modelus_bot.subjects.imports.rules.portions import BATCH
from modelus_bot.subjects.staff_import.model.source import TABLES
from modelus_bot.subjects.staff_import.rules.mapping import people_of, read_accounts
from modelus_bot.subjects.staff_import.rules.planning import Plan, portions
from modelus_bot.subjects.staff_import.rules.reading import read_files
from modelus_bot.subjects.staff_import.writes.importing import ImportScrumRows

__all__ = ["scrum"]


def scrum(
    context: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(help="JSON files of any tables, or CSV files of one table each.")
    ],
    people: Annotated[
        Path | None,
        typer.Option("--people", help='Whose account is whose: JSON {"name": Discord id}, or CSV name,id.'),
    ] = None,
    pairs: Annotated[
        list[str] | None, typer.Option("--map", help="The same for one person: name=Discord id; repeatable.")
    ] = None,
    maker: Annotated[
        str | None,
        typer.Option(
            "--maker",
            help="Who counts as the maker of the tasks: a name that is mapped, or a Discord id. Default: the"
            " files' first project manager.",
        ),
    ] = None,
    zone: Annotated[
        str | None, typer.Option("--zone", help="Of times without one, and of days; default: the server's.")
    ] = None,
    dry_run: DryRunOption = False,
    details: DetailsOption = None,
    begin_anew: BeginAnewOption = False,
    database: DatabaseOption = None,
) -> None:
    """Import users, tasks, notifications, messages and triage items of AI Scrum Master.

    Doing it again changes nothing, takes in whose people have got an account meanwhile, and undoes nothing
    that was changed here. The dry run works on a copy of the database.
    """
    settings = settings_of(context)
    require_new(details)
    accounts = read_accounts(people, pairs or ())
    tables = read_files(files)
    plan = Plan.of(tables, people_of(tables, accounts), zone_called(zone, settings), _maker(maker, accounts))
    named = ", ".join(file.name for file in files)
    asked = RowImport(
        TABLES,
        plan.rows,
        lambda: portions(plan, BATCH),
        lambda rows: ImportScrumRows(rows=rows, maker=plan.maker),
        operator_context(settings, f"import of {named}"[:300]),
    )
    path = database or settings.database.path
    report = take_in(settings, asked, path, dry_run=dry_run, begin_anew=begin_anew)
    print_remarks(report)
    _print_plan(report, plan)
    print_counts(report, dry_run=dry_run)
    if details is not None:
        write_details(report, ("file", "line", "column"), details)


def _print_plan(report: RowReport, plan: Plan) -> None:
    """Say what was not taken over, and name those without an account, with how many rows wait for them."""
    out = console()
    for name, columns in plan.untaken.items():
        out.print(f"Not taken over of {name}: {', '.join(columns[:20])}.")
    people = plan.people
    if people.strange:
        out.print(f"Nobody in the files is called: {', '.join(people.strange[:20])}.")
    rows = Counter(item.own for item in report.remarks if item.left_out)
    without = [number for number in people.names if number not in people.accounts]
    if without:
        named = [f"{people.names[number]} ({rows[f'user {number}']})" for number in without]
        out.print(f"Without a Discord account, so left out with so many rows: {some_of(named)}.")
        out.print("Name them with --map or --people and import again; the rest stays as it is.")


def _maker(named: str | None, accounts: dict[str, int]) -> int | None:
    if named is None:
        return None
    by_name = {name.casefold(): account for name, account in accounts.items()}
    found = by_name.get(named.casefold())
    if found is None:
        found = account_called(named)
    if found is None:
        raise typer.BadParameter(f"--maker {named} is neither a name that is mapped nor a Discord id.")
    return found
