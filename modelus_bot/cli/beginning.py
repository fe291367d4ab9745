"""Whether a command may make a database: not while anything of an earlier one lies there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from modelus_bot.cli.protecting import Protected, with_protection
from modelus_bot.config import Settings
from modelus_bot.database.administration import EarlierDatabase

__all__ = ["BeginAnewOption", "begin_anew_if_asked", "require_beginning"]

BeginAnewOption = Annotated[
    bool,
    typer.Option(
        "--begin-anew",
        help="Where there is no database, begin with an empty one although something of an earlier one lies"
        " there; that is set aside.",
    ),
]


def begin_anew_if_asked(settings: Settings, database: Path, *, asked: bool) -> None:
    """Set aside what an earlier database left, while no bot runs; does nothing where there is a database."""
    if not asked:
        return

    async def work(protected: Protected) -> tuple[Path, ...]:
        return await EarlierDatabase(protected.context).set_aside()

    folders = with_protection(settings, work, database, claim=True)
    for folder in folders:
        typer.echo(f"What was there before is in {folder}.")
    if not folders:
        typer.echo("Nothing had to be set aside.")


def require_beginning(settings: Settings, database: Path, *, begin_anew: bool, empty: bool = False) -> None:
    """Raise ``OpeningRefused`` where making ``database`` would hide an earlier one, unless that was asked.

    ``empty`` says that a file that is there was found to hold nothing.
    """
    begin_anew_if_asked(settings, database, asked=begin_anew)

    async def work(protected: Protected) -> None:
        await EarlierDatabase(protected.context).require_none(empty=empty)

    with_protection(settings, work, database)
