"""``audit``: does the chain of the audit log hold, and a new chain where it does not."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from modelus_bot.cli.outcome import ExitCode
from modelus_bot.cli.recognising import require_ours
from modelus_bot.cli.setting_up import (
    DatabaseOption,
    operator_context,
    require_current_schema,
    settings_of,
    with_database,
)
from modelus_bot.config import Settings
from modelus_bot.database import DatabaseManager
from modelus_bot.database.administration import (
    ChainReport,
    DatabaseFile,
    Renewal,
    RenewAuditChain,
    StateFile,
    gather_anchors,
)
from modelus_bot.domain.permissions import Viewer
from modelus_bot.subjects.audit.queries import verify as verify_query

__all__ = ["app"]

OPERATOR = Viewer(0, discord_admin=True)
app = typer.Typer(no_args_is_help=True, help="The audit log.")


@app.command()
def verify(context: typer.Context, database: DatabaseOption = None) -> None:
    """Walk every entry of the audit log, and compare it with what backups, snapshot and logs noted of it.

    Exits with 1 and names the first entry that does not fit.
    """
    settings = settings_of(context)
    path = _existing(settings, database)
    report = _verified(settings, path)
    for line in report.excused:
        typer.echo(line)
    if not report.intact:
        _tell_damage(report)
        raise typer.Exit(ExitCode.FAILED)
    typer.echo(f"The audit log is whole: {report.links} entries, head {report.head.hex()}.")
    if report.anchors:
        typer.echo(f"{report.anchors} notes of its head, in backups, snapshot and logs, were compared.")
    if report.preserved:
        typer.echo(f"Earlier logs that were damaged are kept: {', '.join(report.preserved)}.")


@app.command()
def renew(
    context: typer.Context,
    database: DatabaseOption = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Set a damaged audit log aside, whole, and begin a new one that points to it.

    Does nothing to a log that is whole. The bot may be running.
    """
    settings = settings_of(context)
    path = _existing(settings, database)
    report = _verified(settings, path)
    if report.intact:
        typer.echo("The audit log is whole; nothing was done.")
        return
    _tell_damage(report)
    if not yes and not typer.confirm("Set this log aside and begin a new one?"):
        typer.echo("Nothing was changed.")
        raise typer.Exit(ExitCode.FAILED)
    state = StateFile(path).load()
    write = RenewAuditChain(
        at_least=state.audit_id if state is not None else 0, problem=next(iter(report.contradictions), None)
    )

    async def work(db: DatabaseManager) -> Renewal:
        return await db.write(write, operator_context(settings, "audit renew"))

    typer.echo(str(with_database(settings, work, path)))


def _existing(settings: Settings, database: Path | None) -> Path:
    path = DatabaseFile(database or settings.database.path).path
    require_ours(path)
    require_current_schema(path)
    return path


def _verified(settings: Settings, path: Path) -> ChainReport:
    """Verify; backups and logs are those of the settings, so they count for the settings' database only."""
    ours = DatabaseFile(path).is_at(settings.database.path)
    anchors = gather_anchors(
        path,
        backups=settings.backup.folder if ours else None,
        log=settings.logging.file if ours else None,
    )

    async def work(db: DatabaseManager) -> ChainReport:
        return await db.read(verify_query, OPERATOR, anchors, int(time.time()))

    return with_database(settings, work, path, looking=True)


def _tell_damage(report: ChainReport) -> None:
    if report.problem is not None:
        typer.echo(
            f"The audit log is broken at entry {report.first_broken}: {report.problem}."
            f" The {report.links} before it fit.",
            err=True,
        )
    for line in report.contradictions:
        typer.echo(line, err=True)
