"""``backup``: copies of the database: make, list, verify, preview, restore, rehearse."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from modelus_bot.cli.outcome import ExitCode
from modelus_bot.cli.protecting import Protected, with_protection
from modelus_bot.cli.setting_up import DatabaseOption, console, settings_of
from modelus_bot.database.backup import Manifest
from modelus_bot.database.backup.listing import ADOPTABLE, Listing
from modelus_bot.database.errors import DatabaseError
from modelus_bot.database.integrity.report import CheckReport
from modelus_bot.database.recovery.drill import DrillResult
from modelus_bot.database.recovery.restoring import Plan
from modelus_bot.database.recovery.traces import in_words, traces_of
from modelus_bot.domain.errors import NotFound

if TYPE_CHECKING:
    from modelus_bot.database.child import Report

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Verified copies of the database, and going back to one.")

Name = Annotated[
    str, typer.Argument(help="Name of the backup, as `backup list` shows it.", show_default=False)
]
OptionalName = Annotated[
    str | None, typer.Argument(help="Name of the backup, as `backup list` shows it.", show_default=False)
]
Moment = Annotated[
    datetime | None,
    typer.Option(
        "--at",
        formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"],
        help="A moment in UTC, from the archive, instead of a backup.",
    ),
]


@app.command()
def create(context: typer.Context, database: DatabaseOption = None) -> None:
    """Make a verified copy now; the bot may be running."""
    settings = settings_of(context)

    async def work(protected: Protected) -> Manifest:
        _require_file(protected.parts.path)
        with _reporting("copying") as on_progress:
            return await protected.backups.create("manual", on_progress=on_progress)

    made = with_protection(settings, work, database)
    typer.echo(f"Made and verified {made.name}: {_size(made.bytes)}, {sum(made.rows.values())} rows.")


@app.command("list")
def list_(context: typer.Context, database: DatabaseOption = None) -> None:
    """List the copies, newest first, and what can be gone back to in the archive."""
    settings = settings_of(context)

    async def work(protected: Protected) -> tuple[Listing, tuple[float, float] | None, str]:
        span, why = await _span(protected)
        return protected.backups.listing(), span, why

    listing, span, why = with_protection(settings, work, database)
    _show_listing(listing)
    if span is not None:
        typer.echo(f"Archive: any second from {_moment(span[0])} to {_moment(span[1])} UTC.")
    if why:
        typer.echo(f"Archive: nobody can say what is in it: {why}")
    if listing.trouble or why:
        raise typer.Exit(ExitCode.FAILED)


def _show_listing(listing: Listing) -> None:
    """Print what counts, what is there and does not, and what cannot be said."""
    table = Table("made (UTC)", "size", "rows", "verified", "rehearsed", Column("name", no_wrap=True))
    for one in listing.manifests:
        table.add_row(
            _moment(one.created_at),
            _size(one.bytes),
            str(sum(one.rows.values())),
            "yes" if one.counts else "NO",
            _moment(one.drill_at) if one.drill_at else "—",
            one.name,
        )
    if listing.manifests:
        console().print(table)
    if listing.empty:
        typer.echo("There is no backup yet. Make one with: modelus-bot backup create")
    for left in listing.unlisted:
        typer.echo(str(left))
    if any(one.adoptable for one in listing.unlisted):
        typer.echo(f"{ADOPTABLE}.")
    if listing.trouble:
        typer.echo(f"Nobody can say which backups there are: {listing.trouble}.")


async def _span(protected: Protected) -> tuple[tuple[float, float] | None, str]:
    """Return what the archive reaches back to, and why nobody can say where that is so."""
    if protected.archive.available:
        try:
            return await protected.archive.moments(), ""
        except (DatabaseError, OSError) as error:
            return None, str(error)
    left = [one for one in await traces_of(protected.parts) if one.what.endswith(("archive", "bucket"))]
    return None, in_words(left)


@app.command()
def verify(context: typer.Context, name: Name, database: DatabaseOption = None) -> None:
    """Check a copy again, completely; exits with 1 when it is not whole."""
    settings = settings_of(context)

    async def work(protected: Protected) -> CheckReport:
        known = _known(protected, name)
        with _reporting("checking") as on_progress:
            return await protected.backups.verify(known, on_progress=on_progress)

    report = with_protection(settings, work, database)
    if report.ok:
        typer.echo(f"{name} is whole: {sum(report.rows.values())} rows, audit trail up to {report.audit_id}.")
        return
    typer.echo(f"{name} is not whole and no longer counts as a backup:")
    for problem in report.problems:
        typer.echo(f"- {problem}")
    raise typer.Exit(ExitCode.FAILED)


@app.command()
def preview(
    context: typer.Context, name: OptionalName = None, at: Moment = None, database: DatabaseOption = None
) -> None:
    """Show what going back to a copy, or to a moment, would change; nothing is changed."""
    settings = settings_of(context)

    async def work(protected: Protected) -> None:
        plan = await _planned(protected, name, at)
        _show(plan)
        await protected.restorer.discard()

    with_protection(settings, work, database)


@app.command()
def restore(
    context: typer.Context,
    name: OptionalName = None,
    at: Moment = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    database: DatabaseOption = None,
) -> None:
    """Go back to a copy, or to a moment of the archive; the bot must be stopped.

    The present state is backed up first, so that this can be undone by restoring that backup.
    """
    settings = settings_of(context)

    async def work(protected: Protected) -> None:
        plan = await _planned(protected, name, at)
        _show(plan)
        if not yes and not typer.confirm("Replace the database by this state?"):
            await protected.restorer.discard()
            typer.echo("Nothing was changed.")
            raise typer.Exit(ExitCode.FAILED)
        done = await protected.restorer.apply(plan.token)
        typer.echo(f"Restored from {plan.source} in {done.seconds:.1f} s.")
        if done.undo:
            typer.echo(f"To undo it: modelus-bot backup restore {done.undo}")
        if done.set_aside:
            typer.echo(f"The files that were there before are in {done.set_aside}.")

    with_protection(settings, work, database, claim=True)


@app.command()
def drill(context: typer.Context, database: DatabaseOption = None) -> None:
    """Rehearse a restore: the newest copy and a random past moment, into scratch files."""
    settings = settings_of(context)

    async def work(protected: Protected) -> tuple[DrillResult, ...]:
        with _progress() as progress:
            task = progress.add_task("rehearsing", total=None)
            return await protected.drill.run(lambda step: progress.update(task, description=step))

    results = with_protection(settings, work, database)
    for one in results:
        state = "whole" if one.ok else f"NOT whole: {'; '.join(one.problems)}"
        typer.echo(f"{one.source}: {state}, {one.rows} rows, {one.seconds:.1f} s")
    if not results:
        typer.echo("There is nothing to rehearse yet: no verified backup and no archive.")
    if not results or not all(one.ok for one in results):
        raise typer.Exit(ExitCode.FAILED)


def _require_file(path: Path) -> None:
    if not path.exists():
        raise NotFound(f"There is no database at {path}, so there is nothing to copy.", rule="backup.nothing")


def _known(protected: Protected, name: str) -> str:
    if name in protected.backups.listing().names:
        return name
    raise NotFound(
        f"There is no backup called {name}. Those there are: modelus-bot backup list", rule="backup.unknown"
    )


async def _planned(protected: Protected, name: str | None, at: datetime | None) -> Plan:
    if (name is None) == (at is None):
        raise typer.BadParameter("name a backup, or a moment with --at")
    known = None if name is None else _known(protected, name)
    with _reporting("restoring into a scratch file") as on_progress:
        if known is not None:
            return await protected.restorer.from_backup(known, on_progress)
        assert at is not None  # noqa: S101 - one of the two was given
        return await protected.restorer.from_archive(at.replace(tzinfo=UTC).timestamp(), on_progress)


def _show(plan: Plan) -> None:
    typer.echo(f"From {plan.source}: the state of {_moment(plan.moment)} UTC, checked and whole.")
    if plan.tables is None:
        typer.echo("The present database is missing or cannot be read, so the two cannot be compared.")
        return
    if not plan.tables:
        typer.echo("It has the same rows as the present database.")
        return
    table = Table("table", "only now (would be gone)", "only then (would come back)", "different")
    for one in plan.tables:
        table.add_row(one.table, str(one.only_now), str(one.only_then), str(one.changed))
    console().print(table)


@contextlib.contextmanager
def _reporting(first: str) -> Iterator[Report]:
    """Show a bar, and what is being done, while work reports its ``step`` and ``done`` of ``total``."""
    with _progress() as progress:
        task = progress.add_task(first, total=None)

        def on_progress(state: dict[str, Any]) -> None:
            words = str(state.get("step") or progress.tasks[0].description)
            progress.update(task, description=words, completed=state.get("done", 0), total=state.get("total"))

        yield on_progress


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console(), transient=True
    )


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB"
