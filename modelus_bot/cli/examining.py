"""``database``: check any file, salvage a damaged one, accept one changed by hand, maintain the bot's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from modelus_bot.cli.acting import handing_over
from modelus_bot.cli.maintaining import maintain
from modelus_bot.cli.outcome import ExitCode, NothingSalvaged
from modelus_bot.cli.protecting import Protected, protection_of, with_protection
from modelus_bot.cli.recognising import require, require_ours
from modelus_bot.cli.setting_up import DatabaseOption, JsonOption, run_async, settings_of
from modelus_bot.cli.terminal import bar, print_json
from modelus_bot.database.administration import CheckReport, Nature, Recognised, SalvageReport, run_child
from modelus_bot.domain.table_words import rows_of
from modelus_bot.logs import configure_logging

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Looking closely at database files, sound or not.")
app.command()(maintain)
SECONDS = 3600.0
LOOKED_INTO = (Nature.DAMAGED, Nature.FOREIGN, Nature.UNRECORDED, Nature.NEWER, Nature.NO_DATABASE)
"""What is checked although it is not, or not certainly, the bot's database."""
SALVAGED = (*LOOKED_INTO, Nature.EMPTY)

File = Annotated[Path, typer.Argument(help="A database file, or what is left of one.", dir_okay=False)]


@app.command()
def check(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="The file; default is the bot's own.", dir_okay=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check a file completely: pages, references, rules, audit trail; exits with 1 if something is found."""
    settings = settings_of(context)
    path = file or settings.database.path
    protected = Protected(protection_of(settings, path))
    budget = protected.budget
    found = require_ours(path, *LOOKED_INTO, budget=budget)
    with configure_logging(settings, terminal=False), _progress("checking"):
        report = run_async(protected.context.check(protected.context.path, budget=budget))
    ok = report.ok and found.nature is Nature.OURS
    if as_json:
        print_json(_plain(found, report) | {"ok": ok})
    else:
        if found.nature is not Nature.OURS:
            typer.echo(found.sentence)
        typer.echo(_told(report))
        for problem in report.problems:
            typer.echo(f"- {problem}")
    if not ok:
        raise typer.Exit(ExitCode.FAILED)


@app.command()
def salvage(
    context: typer.Context,
    file: File,
    target: Annotated[
        Path, typer.Argument(help="The new database to write; it must not exist.", dir_okay=False)
    ],
) -> None:
    """Read every row that a damaged file still holds into a new database; the file itself is not touched.

    Exits with 1 when nothing of the bot's could be read from it.
    """
    if target.exists():
        raise typer.BadParameter(f"{target} exists already; nothing is overwritten")
    settings = settings_of(context)
    found = require_ours(file, *SALVAGED)
    task: dict[str, Any] = {"source": str(file), "target": str(target)}
    with (
        handing_over(target),
        configure_logging(settings, terminal=False),
        _progress("reading pages"),
    ):
        report = SalvageReport.model_validate(run_async(run_child("salvage", task, seconds=SECONDS)))
    if not report.total:
        raise NothingSalvaged(
            f"Nothing of the bot's could be read from it. {found.sentence} {target} has no rows; delete it."
        )
    for table, count in sorted(report.rows.items()):
        if count:
            typer.echo(f"{count} {rows_of(table)}")
    typer.echo(f"Wrote {target}. Check it with: modelus-bot database check {target}")


@app.command()
def accept(context: typer.Context, database: DatabaseOption = None) -> None:
    """Accept a database that was changed by hand while the bot was stopped; the bot must still be stopped.

    Without this, the next start takes such changes for damage and restores the state before them.
    """
    settings = settings_of(context)

    async def work(protected: Protected) -> CheckReport:
        await require(protected.context.path, budget=protected.budget)
        report = await protected.context.check(protected.context.path, budget=protected.budget)
        if not report.damaged:
            await protected.context.rewriting()
            await protected.context.checksums.adopt()
            protected.context.high_water.forget()
            protected.context.state.forget()
        return report

    report = with_protection(settings, work, database, claim=True)
    if report.damaged:
        typer.echo(f"It is damaged and was not accepted: {'; '.join(report.problems[:3])}")
        raise typer.Exit(ExitCode.FAILED)
    typer.echo("Accepted as it is.")


def _plain(found: Recognised, report: CheckReport) -> dict[str, Any]:
    """Return what was found with keys that stay as they are."""
    return {
        "path": str(found.path),
        "nature": found.nature.value,
        "damaged": report.damaged,
        "complete": report.complete,
        "problems": list(report.problems),
        "rows": sum(report.rows.values()),
        "audit_id": report.audit_id,
        "seconds": report.seconds,
    }


def _told(report: CheckReport) -> str:
    rows = sum(report.rows.values())
    if report.ok:
        return f"Whole: {rows} rows, audit trail up to {report.audit_id}, {report.seconds:.1f} s."
    if report.damaged:
        return f"Damaged ({report.kind.value}). What can be read: {rows} rows."
    return f"The structure is whole ({rows} rows), but rules are broken:"


def _progress(text: str) -> Progress:
    progress = bar()
    progress.add_task(text, total=None)
    return progress
