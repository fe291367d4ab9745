"""``config``: is the settings file right, what is in effect, and what can be set."""

from __future__ import annotations

from typing import Any

import typer
from pydantic import BaseModel
from rich.table import Table

from modelus_bot.cli.config_docs import reference, template
from modelus_bot.cli.setting_up import console, settings_of

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="The settings: check, show, and what can be set.")


@app.command("check")
def check(context: typer.Context) -> None:
    """Read the settings; exits with 3 and one line for each problem when they cannot be used."""
    settings_of(context)
    typer.echo("The settings are fine.")


@app.command()
def show(context: typer.Context) -> None:
    """Show what is in effect, from the file, the environment and the defaults; never the token."""
    settings = settings_of(context)
    table = Table("setting", "value", "default", box=None, pad_edge=False)
    for section in type(settings).model_fields:
        model = getattr(settings, section)
        if isinstance(model, BaseModel):
            for key, field in type(model).model_fields.items():
                table.add_row(f"{section}.{key}", _plain(getattr(model, key)), _plain(field.default))
    console().print(table)
    typer.echo(f"Discord token: {'set' if settings.token else 'not set'}")


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
