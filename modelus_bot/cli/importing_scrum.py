"""``import scrum``: move in from AI Scrum Master, some rows at a time, beside a bot that may be running."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from modelus_bot.cli.acting import look_as_owner
from modelus_bot.cli.beginning import BeginAnewOption, require_beginning
from modelus_bot.cli.import_report import print_scrum_report, write_details
from modelus_bot.cli.recognising import require_ours
from modelus_bot.cli.setting_up import (
    DatabaseOption,
    operator_context,
    require_current_schema,
    run_async,
    settings_of,
    with_database,
)
from modelus_bot.cli.terminal import bar
from modelus_bot.config import Settings
from modelus_bot.database import Context, DatabaseManager
from modelus_bot.database.administration import Nature, run_child
from modelus_bot.domain.fields import PLACEHOLDER_LIMIT
from modelus_bot.subjects.staff_import.model.outcome import ScrumReport
from modelus_bot.subjects.staff_import.rules.mapping import people_of, read_accounts
from modelus_bot.subjects.staff_import.rules.planning import Plan, portions
from modelus_bot.subjects.staff_import.rules.reading import read_files
from modelus_bot.subjects.staff_import.writes.importing import BATCH, ImportScrumRows

__all__ = ["scrum"]

Advance = Callable[[int], object]
COPY_SECONDS = 3600.0
UNPACED = 1e12


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
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be changed, and change nothing.")
    ] = False,
    details: Annotated[
        Path | None,
        typer.Option("--details", help="A new CSV file for every row that was mended or left out, and why."),
    ] = None,
    begin_anew: BeginAnewOption = False,
    database: DatabaseOption = None,
) -> None:
    """Import users, tasks, notifications, messages and triage items of AI Scrum Master.

    Doing it again changes nothing, takes in whose people have got an account meanwhile, and undoes nothing
    that was changed here. The dry run works on a copy of the database.
    """
    settings = settings_of(context)
    if details is not None and details.exists():
        raise typer.BadParameter(f"{details} is there already. Choose another name.")
    accounts = read_accounts(people, pairs or ())
    tables = read_files(files)
    plan = Plan.of(tables, people_of(tables, accounts), _zone(zone, settings), _maker(maker, accounts))
    named = ", ".join(file.name for file in files)
    asked = operator_context(settings, f"import of {named}"[:300])
    path = database or settings.database.path
    require_ours(path, Nature.MISSING, Nature.EMPTY)
    if dry_run:
        report = _tried(settings, plan, asked, path)
    else:
        require_beginning(settings, path, begin_anew=begin_anew)
        report = _taken_in(settings, plan, asked, path)
    print_scrum_report(report, plan, dry_run=dry_run)
    if details is not None:
        write_details(report, details)


async def _take_in(
    db: DatabaseManager, plan: Plan, context: Context, report: ScrumReport, advance: Advance
) -> None:
    """Take in one portion after another, each in a transaction of its own, and count what became of them."""
    for ready, left in portions(plan, BATCH):
        report.left_out(left)
        if ready:
            write = ImportScrumRows(rows=tuple(item.row for item in ready), maker=plan.maker)
            fates = await db.write(write, context)
            report.taken_in(ready, fates)
        advance(len(ready) + len(left))


def _taken_in(settings: Settings, plan: Plan, asked: Context, path: Path) -> ScrumReport:
    report = ScrumReport()
    with bar(of=True) as progress:
        shown = progress.add_task(f"{plan.rows} rows", total=plan.rows)

        async def work(db: DatabaseManager) -> None:
            await _take_in(db, plan, asked, report, lambda count: progress.advance(shown, count))

        with_database(settings, work, path)
    return report


def _tried(settings: Settings, plan: Plan, asked: Context, path: Path) -> ScrumReport:
    """Do everything with a copy of the database, so that the report is exactly that of the import itself."""
    look_as_owner(path)
    with tempfile.TemporaryDirectory(prefix="modelus-import-") as folder:
        copy = Path(folder) / "copy.db"
        if path.exists():
            require_current_schema(path)
            task = {"source": str(path), "target": str(copy), "rate": UNPACED}
            run_async(run_child("copy", task, seconds=COPY_SECONDS))
        return _taken_in(settings, plan, asked, copy)


def _zone(name: str | None, settings: Settings) -> ZoneInfo:
    try:
        return ZoneInfo(name or settings.server.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise typer.BadParameter(f"{name} is no time zone. Write it like America/New_York.") from error


def _maker(named: str | None, accounts: dict[str, int]) -> int | None:
    if named is None:
        return None
    by_name = {name.casefold(): account for name, account in accounts.items()}
    found = by_name.get(named.casefold())
    if found is None and named.isdecimal() and PLACEHOLDER_LIMIT <= int(named) < 2**63:
        found = int(named)
    if found is None:
        raise typer.BadParameter(f"--maker {named} is neither a name that is mapped nor a Discord id.")
    return found
