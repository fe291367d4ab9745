"""``config``: is the settings file right, what is in effect, and what can be set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from modelus_bot.cli.config_docs import reference, template
from modelus_bot.cli.setting_up import config_option, settings_of
from modelus_bot.cli.terminal import console
from modelus_bot.config import Loaded, applies_live, load, load_settings
from modelus_bot.config.keys import field_of, keys, value_of
from modelus_bot.logs import hider

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="The settings: check, show, and what can be set.")


@app.command("check")
def check(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Option("--file", help="Settings file to check, instead of the one in use.")
    ] = None,
) -> None:
    """Read the settings; exits with 3 and one line for each problem when they cannot be used."""
    if file is None:
        settings_of(context)
    else:
        load_settings(file)
    typer.echo("The settings are fine.")


@app.command()
def show(context: typer.Context) -> None:
    """Show what is in effect and where each value comes from; secrets are never shown."""
    loaded = load(config_option(context))
    hide = hider(loaded.settings)
    table = Table("setting", "value", "comes from", "an edit applies", box=None, pad_edge=False)
    for key in keys():
        value = hide(_plain(value_of(loaded.settings, key)))
        table.add_row(key, value, _origin(key, loaded), _applies(key))
    console().print(table)
    typer.echo(f"Discord token: {'set' if loaded.settings.token else 'not set'}")


@app.command()
def docs() -> None:
    """Print docs/configuration.md, made from the settings' own definitions."""
    typer.echo(reference(), nl=False)


@app.command()
def example() -> None:
    """Print a config.toml with every setting at its default, to start from."""
    typer.echo(template(), nl=False)


def _plain(value: Any) -> str:
    if value is None:
        return "not set"
    return ", ".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value)


def _origin(key: str, loaded: Loaded) -> str:
    if variable := loaded.variables.get(key):
        return variable
    return loaded.source.name if key in loaded.written else "default"


def _applies(key: str) -> str:
    return "at once" if applies_live(field_of(key)) else "at the next start"
