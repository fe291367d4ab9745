"""``commands sync``: let Discord know the bot's commands, whatever it knows at present."""

from __future__ import annotations

import typer

from modelus_bot.cli.outcome import ExitCode
from modelus_bot.cli.setting_up import run_async, settings_of
from modelus_bot.config import Settings
from modelus_bot.logs import configure_logging

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="The commands that Discord shows to people.")


@app.callback()
def _group() -> None:
    """Keep ``sync`` a command of its own, as long as it is the only one."""


@app.command()
def sync(context: typer.Context) -> None:
    """Register the commands again and remove them where they are not wanted; the bot may be running.

    Every start does this by itself where Discord knows other commands than the bot has.
    """
    settings = settings_of(context)
    if settings.token is None:
        typer.echo("There is no DISCORD_TOKEN; docs/deploying.md says how to set it.", err=True)
        raise typer.Exit(ExitCode.CONFIGURATION)
    with configure_logging(settings, terminal=False):
        typer.echo(run_async(_registered(settings, settings.token.get_secret_value())))


async def _registered(settings: Settings, token: str) -> str:
    from modelus_bot.bot import ModelUsBot
    from modelus_bot.database import DatabaseManager
    from modelus_bot.gateway.registering import register_once
    from modelus_bot.subjects import DECLARED
    from modelus_bot.ui.commands.adding import add_commands

    bot = ModelUsBot(DatabaseManager(settings.database.path, settings.database), settings)
    await add_commands(bot, DECLARED.screens())
    done = await register_once(bot, token)
    where = "everywhere" if done.server is None else f"in the server {done.server}"
    said = f"{done.commands} commands are registered {where}."
    for place in done.cleared:
        old = "everywhere" if place is None else f"in the server {place}"
        said += f"\nThose that were registered {old} are removed."
    return said
