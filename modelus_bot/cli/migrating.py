"""``migrate``: which migrations the database file has, applying those it lacks, and undoing the latest."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from modelus_bot.cli.beginning import BeginAnewOption, require_beginning
from modelus_bot.cli.outcome import ExitCode
from modelus_bot.cli.protecting import Protected, with_protection
from modelus_bot.cli.recognising import require_ours
from modelus_bot.cli.setting_up import DatabaseOption, JsonOption, settings_of
from modelus_bot.cli.terminal import console, print_json
from modelus_bot.database import CorruptionDetected
from modelus_bot.database.administration import (
    Budget,
    DatabaseFile,
    Difference,
    Migrate,
    Migrator,
    Nature,
    SchemaValidator,
    migrated,
)
from modelus_bot.domain.table_words import rows_of
from modelus_bot.subjects import DECLARED

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, help="Which migrations the database has, applying the others, and undoing some."
)


@app.command()
def status(context: typer.Context, database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """List every migration, and in what the schema is not as they made it.

    Exits with 5 when a migration is missing and with 1 when the schema was altered by hand. Nothing is
    changed, and the bot may be running.
    """
    settings = settings_of(context)
    path = database or settings.database.path
    require_ours(path, Nature.MISSING, Nature.EMPTY)
    states = {item.id: item.applied for item in Migrator(path).status()}
    drift = [
        difference
        for difference in SchemaValidator().inspect_file(path).differences
        if difference.kind != "pending"
    ]
    current = all(states.values())
    if as_json:
        migrations = [{"id": name, "applied": applied} for name, applied in states.items()]
        drifted = [{"kind": item.kind, "text": str(item)} for item in drift]
        print_json({"ok": current and not drift, "migrations": migrations, "differences": drifted})
    else:
        _tell(states, drift)
    if drift:
        raise typer.Exit(ExitCode.FAILED)
    if not current:
        raise typer.Exit(ExitCode.SCHEMA)


def _tell(states: dict[str, bool], drift: list[Difference]) -> None:
    table = Table("migration", "state", box=None, pad_edge=False)
    for name, applied in states.items():
        table.add_row(name, "applied" if applied else "missing")
    console().print(table)
    for difference in drift:
        typer.echo(f"- {difference}")
    if not drift and not all(states.values()):
        typer.echo("Apply what is missing with: modelus-bot migrate up")


@app.command()
def up(context: typer.Context, begin_anew: BeginAnewOption = False, database: DatabaseOption = None) -> None:
    """Apply every missing migration, each whole or not at all; the bot must be stopped.

    A database that has data is copied and the copy verified first; one that is not there is created.
    """
    settings = settings_of(context)
    path = database or settings.database.path
    DatabaseFile(path).require_one_name()
    budget = Budget()
    require_ours(path, Nature.MISSING, Nature.EMPTY, budget=budget)
    require_beginning(settings, path, begin_anew=begin_anew)

    async def work(protected: Protected) -> tuple[str, ...]:
        return await _migrated(protected, Migrator(path, invariants=DECLARED.invariants).up, budget)

    done = ", ".join(with_protection(settings, work, path, claim=True))
    typer.echo(f"Applied: {done}." if done else "The schema is current; nothing was changed.")


@app.command()
def down(
    context: typer.Context,
    steps: Annotated[int, typer.Option("--steps", min=1, help="How many migrations to undo.")] = 1,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    database: DatabaseOption = None,
) -> None:
    """Undo the latest migrations, and with them what their tables hold; the bot must be stopped.

    For going back to an older version of the bot, which is to be installed before the bot is started
    again. The database is copied and the copy verified first.
    """
    settings = settings_of(context)
    path = database or settings.database.path
    budget = Budget()
    require_ours(path, budget=budget)
    migrator = Migrator(path, invariants=DECLARED.invariants)

    async def work(protected: Protected) -> tuple[str, ...]:
        latest = [item.id for item in reversed(migrator.status()) if item.applied][:steps]
        if not latest:
            return ()
        typer.echo(f"To be undone, in this order: {', '.join(latest)}.")
        typer.echo(_losses(path, latest))
        if not yes and not typer.confirm("Undo them?"):
            typer.echo("Nothing was changed.")
            raise typer.Exit(ExitCode.FAILED)
        return await _migrated(protected, lambda before: migrator.down(steps, before), budget)

    done = ", ".join(with_protection(settings, work, path, claim=True))
    typer.echo(f"Undone: {done}." if done else "The database has no migrations; nothing was changed.")


async def _migrated(protected: Protected, migrate: Migrate, budget: Budget) -> tuple[str, ...]:
    """Migrate a file that is as the bot left it, with a verified backup before anything is changed."""
    if protected.context.path.exists() and (await protected.context.checksums.check()).unexplained:
        raise CorruptionDetected("pages were altered outside the bot; start the bot, which restores them")
    return await migrated(
        protected.context, migrate, budget, lambda made: typer.echo(f"Backed up and verified: {made.name}")
    )


def _losses(path: Path, undone: list[str]) -> str:
    """Say what goes when some of the migrations are undone."""
    validator = SchemaValidator()
    applied = [item.id for item in Migrator(path).status() if item.applied]
    now = validator.expected_after(applied).tables
    then = validator.expected_after([item for item in applied if item not in undone]).tables
    lost = [rows_of(name) for name in now if name not in then]
    for name, table in then.items():
        kept = {column.name for column in table.columns}
        gone = [item.name for item in now[name].columns if item.name not in kept] if name in now else []
        lost += [f"{DECLARED.columns.get(item, item)} of {rows_of(name)}" for item in gone]
    return f"This removes, with everything in them: {', '.join(lost)}." if lost else "Nothing is lost."
