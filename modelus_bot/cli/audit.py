"""``audit verify``: does the chain of the audit log hold?"""

from __future__ import annotations

import typer

from modelus_bot.cli.outcome import ExitCode
from modelus_bot.cli.setting_up import DatabaseOption, require_current_schema, settings_of, with_database
from modelus_bot.database.audit import ChainReport
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.domain.audit_trail import verify as verify_query
from modelus_bot.domain.errors import NotFound
from modelus_bot.domain.permissions import Viewer

__all__ = ["app"]

OPERATOR = Viewer(0, discord_admin=True)
app = typer.Typer(no_args_is_help=True, help="The audit log.")


@app.callback()
def _group() -> None:
    """Keep ``verify`` a command of its own, as long as it is the only one."""


@app.command()
def verify(context: typer.Context, database: DatabaseOption = None) -> None:
    """Walk every entry of the audit log; exits with 1 and names the first that does not fit."""
    settings = settings_of(context)
    path = database or settings.database.path
    if not path.exists():
        raise NotFound(f"There is no database at {path}.")
    require_current_schema(path)
    report = with_database(settings, _verify, path, looking=True)
    if not report.intact:
        typer.echo(
            f"The audit log is broken at entry {report.first_broken}: {report.problem}."
            f" The {report.links} before it fit.",
            err=True,
        )
        raise typer.Exit(ExitCode.FAILED)
    typer.echo(f"The audit log is whole: {report.links} entries, head {report.head.hex()}.")


async def _verify(db: DatabaseManager) -> ChainReport:
    return await db.read(verify_query, OPERATOR)
