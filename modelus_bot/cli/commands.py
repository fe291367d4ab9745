"""The tree of commands, and what they have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from modelus_bot import __version__
from modelus_bot.cli import (
    asking_health,
    audit,
    backing_up,
    checking,
    configuration,
    doctor,
    examining,
    importing,
    journal,
    migrating,
    registering,
    reporting,
    running,
)

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Model US Bot: a Discord server's staff rota and nations over one SQLite database.",
    epilog=(
        "Exit codes: 0 fine, 1 refused or something was found, 2 wrong usage, 3 configuration,"
        " 4 database, 5 migrations are missing; 6 to 11 Discord turned the bot away: token, intents,"
        " not invited, wrong server, sharding, version."
    ),
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _common(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            envvar="MODELUS_BOT_CONFIG",
            help="Settings file; default is config.toml in this folder, else the one that came along.",
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001 - its callback answers
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    context.obj = config


app.command("run")(running.run)
app.command("sandbox")(running.sandbox)
app.command("check")(checking.check)
app.command("doctor")(doctor.doctor)
app.command("health")(asking_health.health)
app.command("report")(reporting.report)
app.add_typer(configuration.app, name="config")
app.add_typer(registering.app, name="commands")
app.add_typer(migrating.app, name="migrate")
app.add_typer(importing.app, name="import")
app.add_typer(audit.app, name="audit")
app.add_typer(backing_up.app, name="backup")
app.add_typer(examining.app, name="database")
app.add_typer(journal.app, name="journal")
