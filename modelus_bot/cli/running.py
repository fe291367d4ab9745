"""``run`` and ``sandbox``: the bot itself."""

from __future__ import annotations

import typer

from modelus_bot.cli.acting import as_owner
from modelus_bot.cli.beginning import BeginAnewOption, begin_anew_if_asked
from modelus_bot.cli.setting_up import config_option, run_async, settings_of
from modelus_bot.config import config_file
from modelus_bot.database.administration import DatabaseFile

__all__ = ["run", "sandbox"]


def run(
    context: typer.Context,
    begin_anew: BeginAnewOption = False,
) -> None:
    """Go online with DISCORD_TOKEN; without a token, open the sandbox page."""
    settings = settings_of(context)
    if settings.token is None:
        typer.echo(
            "There is no DISCORD_TOKEN, so this is the sandbox; docs/deploying.md says how to go online."
        )
        sandbox(context)
        return
    from modelus_bot.app import run_online

    token = settings.token.get_secret_value()
    with as_owner(settings, DatabaseFile(settings.database.path).path, strict=False):
        begin_anew_if_asked(settings, settings.database.path, asked=begin_anew)
        run_async(run_online(settings, token, config=config_file(config_option(context))), fast=True)


def sandbox(context: typer.Context) -> None:
    """Show the bot in a browser page that looks like Discord; no account is needed."""
    from modelus_bot.sandbox import serve_sandbox

    config = config_file(config_option(context))
    settings = settings_of(context)
    with as_owner(settings, DatabaseFile(settings.sandbox.path).path, strict=False):
        run_async(serve_sandbox(settings, announce=typer.echo, config=config))
