"""``migrate``: which migrations the database file has, and applying those it lacks."""

from __future__ import annotations

import typer

from modelus_bot.cli.outcome import ExitCode
from modelus_bot.cli.setting_up import DatabaseOption, settings_of
from modelus_bot.database.schema import Migrator
from modelus_bot.logs import configure_logging

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Which migrations the database has, and applying the others.")


@app.command()
def status(context: typer.Context, database: DatabaseOption = None) -> None:
    """List every migration; exits with 5 when one is missing."""
    path = database or settings_of(context).database.path
    states = Migrator(path).status()
    for one in states:
        typer.echo(f"{one.id}: {'applied' if one.applied else 'missing'}")
    if not all(one.applied for one in states):
        raise typer.Exit(ExitCode.SCHEMA)


@app.command()
def up(context: typer.Context, database: DatabaseOption = None) -> None:
    """Apply every missing migration, each whole or not at all; the file is created if need be."""
    settings = settings_of(context)
    path = database or settings.database.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    with configure_logging(settings, terminal=False):
        applied = Migrator(path).up()
    done = ", ".join(applied)
    typer.echo(f"Applied: {done}." if done else "The schema is current; nothing was changed.")
