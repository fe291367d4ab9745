"""``journal list``: which changes wait in the file until the database is back."""

from __future__ import annotations

import time
from typing import Any

import typer
from rich.table import Table

from modelus_bot.cli.outcome import ExitCode
from modelus_bot.cli.setting_up import DatabaseOption, JsonOption, settings_of
from modelus_bot.cli.terminal import console, print_json
from modelus_bot.database.administration import (
    DatabaseFile,
    JournalContents,
    JournalEntry,
)

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Changes that were saved for later while the database was away.")


@app.callback()
def _group() -> None:
    """Keep ``list`` a command of its own, as long as it is the only one."""


@app.command(name="list")
def list_(context: typer.Context, database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """List what waits, in the order in which it will be applied; exits with 1 if the file is damaged."""
    found = JournalContents.read(DatabaseFile(database or settings_of(context).database.path).path)
    path = found.path
    if as_json:
        print_json(_plain(found))
    elif found.waiting:
        console().print(_table(found.waiting, time.time()))
    else:
        typer.echo("Nothing waits.")
    if found.settled and not as_json:
        typer.echo(f"Decided, but not told to their authors yet: {len(found.settled)}.")
    if found.damaged:
        typer.echo(f"{path} has {found.damaged} damaged line(s). The next start sets that aside.", err=True)
        raise typer.Exit(ExitCode.FAILED)


def _plain(found: JournalContents) -> dict[str, Any]:
    """Return what waits with keys that stay as they are; times are UTC seconds."""
    waiting = [
        {
            "number": item.number,
            "change": item.operation,
            "author": item.context.actor,
            "priority": item.priority.name,
            "tries": item.retry_count,
            "most_tries": item.max_retries,
            "saved_at": item.saved_at,
        }
        for item in found.waiting
    ]
    return {
        "ok": not found.damaged,
        "waiting": waiting,
        "settled": len(found.settled),
        "damaged": found.damaged,
    }


def _table(entries: tuple[JournalEntry, ...], now: float) -> Table:
    table = Table("number", "change", "author", "priority", "tries", "waits for")
    for entry in entries:
        author = "the bot" if entry.context.actor is None else str(entry.context.actor)
        table.add_row(
            str(entry.number),
            entry.change,
            author,
            entry.priority.name,
            f"{entry.retry_count} of {entry.max_retries}",
            _age(now - entry.saved_at),
        )
    return table


def _age(seconds: float) -> str:
    minutes = max(0, int(seconds // 60))
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"
