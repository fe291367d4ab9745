"""``database``: check any file, salvage a damaged one, accept one changed by hand, maintain the bot's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from modelus_bot.cli.acting import handing_over
from modelus_bot.cli.maintaining import maintain
from modelus_bot.cli.outcome import ExitCode
from modelus_bot.cli.protecting import Protected, protection_of, with_protection
from modelus_bot.cli.setting_up import DatabaseOption, console, run_async, settings_of
from modelus_bot.database.child import run_child
from modelus_bot.database.integrity.report import CheckReport
from modelus_bot.database.salvage.report import SalvageReport
from modelus_bot.domain.errors import NotFound
from modelus_bot.logs import configure_logging

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Looking closely at database files, sound or not.")
app.command()(maintain)
SECONDS = 3600.0

File = Annotated[Path, typer.Argument(help="A database file, or what is left of one.", dir_okay=False)]


@app.command()
def check(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="The file; default is the bot's own.", dir_okay=False)
    ] = None,
) -> None:
    """Check a file completely: pages, references, rules, audit trail; exits with 1 if something is found."""
    settings = settings_of(context)
    protected = Protected(protection_of(settings, file))
    if not protected.parts.path.exists():
        raise NotFound(f"There is no file {protected.parts.path}.", rule="database.missing")
    with configure_logging(settings, terminal=False), _progress("checking"):
        report = run_async(protected.parts.check(protected.parts.path))
    typer.echo(_told(report))
    for problem in report.problems:
        typer.echo(f"- {problem}")
    if not report.ok:
        raise typer.Exit(ExitCode.FAILED)


@app.command()
def salvage(
    context: typer.Context,
    file: File,
    target: Annotated[
        Path, typer.Argument(help="The new database to write; it must not exist.", dir_okay=False)
    ],
) -> None:
    """Read every row that a damaged file still holds into a new database; the file itself is not touched."""
    if target.exists():
        raise typer.BadParameter(f"{target} exists already; nothing is overwritten")
    settings = settings_of(context)
    task: dict[str, Any] = {"source": str(file), "target": str(target)}
    with (
        handing_over(target),
        configure_logging(settings, terminal=False),
        _progress("reading pages"),
    ):
        report = SalvageReport.model_validate(run_async(run_child("salvage", task, seconds=SECONDS)))
    for table, count in sorted(report.rows.items()):
        typer.echo(f"{table}: {count} rows")
    typer.echo(f"Wrote {target}. Check it with: modelus-bot database check {target}")


@app.command()
def accept(context: typer.Context, database: DatabaseOption = None) -> None:
    """Accept a database that was changed by hand while the bot was stopped; the bot must still be stopped.

    Without this, the next start takes such changes for damage and restores the state before them.
    """
    settings = settings_of(context)

    async def work(protected: Protected) -> CheckReport:
        report = await protected.parts.check(protected.parts.path)
        if not report.damaged:
            await protected.parts.rewriting()
            await protected.parts.sums.adopt()
            protected.parts.high_water.forget()
            protected.parts.state.forget()
        return report

    report = with_protection(settings, work, database, claim=True)
    if report.damaged:
        typer.echo(f"It is damaged and was not accepted: {'; '.join(report.problems[:3])}")
        raise typer.Exit(ExitCode.FAILED)
    typer.echo("Accepted as it is.")


def _told(report: CheckReport) -> str:
    rows = sum(report.rows.values())
    if report.ok:
        return f"Whole: {rows} rows, audit trail up to {report.audit_id}, {report.seconds:.1f} s."
    if report.damaged:
        return f"Damaged ({report.kind.value}). What can be read: {rows} rows."
    return f"The structure is whole ({rows} rows), but rules are broken:"


def _progress(text: str) -> Progress:
    progress = Progress(
        TextColumn("{task.description}"), TimeElapsedColumn(), console=console(), transient=True
    )
    progress.add_task(text, total=None)
    return progress
