"""``backup``: copies of the database: make, list, verify, preview, restore, rehearse."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from modelus_bot.cli.archived import Reach, reach_of
from modelus_bot.cli.copies import CopyState, verified
from modelus_bot.cli.outcome import ExitCode
from modelus_bot.cli.protecting import Protected, with_protection
from modelus_bot.cli.recognising import require
from modelus_bot.cli.setting_up import DatabaseOption, JsonOption, settings_of
from modelus_bot.cli.terminal import bar, console, print_json
from modelus_bot.config import Settings
from modelus_bot.config.units import megabytes
from modelus_bot.database.administration import (
    BackupListing,
    BackupManifest,
    DrillResult,
    Nature,
    RestorePlan,
)
from modelus_bot.domain.moments import parse_moment
from modelus_bot.domain.refusals import NotFound
from modelus_bot.domain.table_words import rows_of

if TYPE_CHECKING:
    from modelus_bot.database.administration import Report

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Verified copies of the database, and going back to one.")

Name = Annotated[
    str, typer.Argument(help="Name of the backup, as `backup list` shows it.", show_default=False)
]
OptionalName = Annotated[
    str | None, typer.Argument(help="Name of the backup, as `backup list` shows it.", show_default=False)
]
Names = Annotated[
    list[str] | None,
    typer.Argument(
        help="Names as `backup list` shows them, or paths of copies; none: all.", show_default=False
    ),
]
Moment = Annotated[
    str | None,
    typer.Option(
        "--at",
        help=(
            "A moment from the archive instead of a backup, as in /backup preview: 2026-03-31 14:30, 14:30"
            " or “20 minutes ago”, in the server's time zone; with Z at its end in UTC."
        ),
    ),
]
REPLACED = (
    Nature.MISSING,
    Nature.EMPTY,
    Nature.DAMAGED,
    Nature.NO_DATABASE,
    Nature.UNRECORDED,
    Nature.NEWER,
    Nature.UNREADABLE,
)
"""What may lie where a state is restored to: anything but another program's database."""
NONE_YET = "There is no backup yet. Make one with: modelus-bot backup create"
COPIED = (Nature.DAMAGED,)
"""Copying says itself, and better, that a database is damaged."""


@app.command()
def create(context: typer.Context, database: DatabaseOption = None) -> None:
    """Make a verified copy now; the bot may be running."""
    settings = settings_of(context)

    async def work(protected: Protected) -> BackupManifest:
        await require(protected.context.path, *COPIED, budget=protected.budget)
        with _reporting("copying") as on_progress:
            return await protected.backups.create("manual", on_progress=on_progress, budget=protected.budget)

    made = with_protection(settings, work, database)
    typer.echo(f"Made and verified {made.name}: {megabytes(made.bytes)}, {sum(made.rows.values())} rows.")


@app.command("list")
def list_(context: typer.Context, database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """List the copies, newest first, and what can be gone back to in the archive."""
    settings = settings_of(context)

    async def work(protected: Protected) -> tuple[BackupListing, Reach]:
        return await asyncio.to_thread(protected.backups.listing), await reach_of(protected)

    listing, reach = with_protection(settings, work, database)
    if as_json:
        print_json(_plain(listing, reach))
    else:
        for line in _listed(listing, reach):
            typer.echo(line)
    if listing.trouble or reach.trouble:
        raise typer.Exit(ExitCode.FAILED)


@app.command()
def verify(
    context: typer.Context,
    names: Names = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check copies again, completely: those named, any file by its path, or all of them.

    Exits with 1 when one is not whole, or when there is none.
    """
    settings = settings_of(context)

    async def work(protected: Protected) -> tuple[list[CopyState], str]:
        listing = await asyncio.to_thread(protected.backups.listing)
        for name in names or ():
            _require_copy(listing, name)
        wanted = names or listing.names
        states = [await _verified(protected, item, at, len(wanted)) for at, item in enumerate(wanted, 1)]
        return states, "" if names else listing.trouble

    states, trouble = with_protection(settings, work, database)
    ok = bool(states) and all(state.ok for state in states) and not trouble
    if as_json:
        checked = [asdict(state) | {"ok": state.ok} for state in states]
        print_json({"ok": ok, "backups": checked, "trouble": trouble})
    else:
        _tell_verified(states, trouble)
    if not ok:
        raise typer.Exit(ExitCode.FAILED)


@app.command()
def preview(
    context: typer.Context, name: OptionalName = None, at: Moment = None, database: DatabaseOption = None
) -> None:
    """Show what going back to a copy, or to a moment, would change; nothing is changed."""
    settings = settings_of(context)

    async def work(protected: Protected) -> None:
        await require(protected.context.path, *REPLACED, budget=protected.budget)
        plan = await _planned(protected, name, _asked(settings, at))
        _show(plan)
        await protected.restores.discard()

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
        await require(protected.context.path, *REPLACED, budget=protected.budget)
        plan = await _planned(protected, name, _asked(settings, at))
        _show(plan)
        if not yes and not typer.confirm("Replace the database by this state?"):
            await protected.restores.discard()
            typer.echo("Nothing was changed.")
            raise typer.Exit(ExitCode.FAILED)
        done = await protected.restores.apply(plan.token, protected.budget)
        typer.echo(f"Restored from {plan.source} in {done.seconds:.1f} s.")
        if done.undo:
            typer.echo(f"To undo it: modelus-bot backup restore {done.undo}")
        if done.quarantined:
            typer.echo(f"The files that were there before are in {done.quarantined}.")

    with_protection(settings, work, database, claim=True)


@app.command()
def drill(context: typer.Context, database: DatabaseOption = None) -> None:
    """Rehearse a restore: the newest copy and a random past moment, into scratch files."""
    settings = settings_of(context)

    async def work(protected: Protected) -> tuple[DrillResult, ...]:
        with bar(of=True) as progress:
            task = progress.add_task("rehearsing", total=None)
            return await protected.drill.run(lambda step: progress.update(task, description=step))

    results = with_protection(settings, work, database)
    for result in results:
        state = "whole" if result.ok else f"NOT whole: {'; '.join(result.problems)}"
        typer.echo(f"{result.source}: {state}, {result.rows} rows, {result.seconds:.1f} s")
    if not results:
        typer.echo("There is nothing to rehearse yet: no verified backup and no archive.")
    if not results or not all(result.ok for result in results):
        raise typer.Exit(ExitCode.FAILED)


def _asked(settings: Settings, at: str | None) -> float | None:
    """Read a moment as it is written in Discord, too; raises ``InvalidInput``."""
    return None if at is None else parse_moment(at, time.time(), ZoneInfo(settings.server.timezone))


def _listed(listing: BackupListing, reach: Reach) -> Iterator[str]:
    """Yield what counts, what is there and does not, and what cannot be said."""
    yield from _lines(listing.manifests)
    if listing.empty:
        yield NONE_YET
    for left in listing.unlisted:
        yield str(left)
    yield from dict.fromkeys(item.advice for item in listing.unlisted if item.advice)
    for name in listing.orphans:
        yield f"{name} is not there, only its manifest."
    if listing.trouble:
        yield f"Nobody can say which backups there are: {listing.trouble}."
    if reach.span is not None:
        yield f"Archive: any second from {_moment(reach.span[0])} to {_moment(reach.span[1])} UTC."
    if reach.trouble:
        yield f"Archive: nobody can say what is in it: {reach.trouble}"


def _lines(manifests: Sequence[BackupManifest]) -> Iterator[str]:
    """Yield lines of 80 characters that are the same on a terminal and in a pipe."""
    if not manifests:
        return
    width = max(len(manifest.name) for manifest in manifests)
    yield f"{'name':{width}}  {'made (UTC)':16}  {'size':>8}  state"
    for manifest in manifests:
        state = "NOT whole" if not manifest.counts else "rehearsed" if manifest.drill_at else "verified"
        made = _moment(manifest.created_at)[:16]
        yield f"{manifest.name:{width}}  {made}  {megabytes(manifest.bytes):>8}  {state}"


def _plain(listing: BackupListing, reach: Reach) -> dict[str, Any]:
    """Return the list with keys that stay as they are; times are UTC seconds."""
    backups = [
        {
            "name": manifest.name,
            "made_at": manifest.created_at,
            "kind": manifest.kind,
            "bytes": manifest.bytes,
            "rows": sum(manifest.rows.values()),
            "audit_id": manifest.audit_id,
            "verified": manifest.counts,
            "rehearsed_at": manifest.drill_at,
            "path": str(manifest.path),
        }
        for manifest in listing.manifests
    ]
    not_counted = [{"name": item.name, "why": item.why} for item in listing.unlisted]
    not_counted += [
        {"name": orphan, "why": "it is not there, only its manifest"} for orphan in listing.orphans
    ]
    return {
        "backups": backups,
        "not_counted": not_counted,
        "trouble": listing.trouble,
        "archive": {"from": reach.span[0], "to": reach.span[1]} if reach.span is not None else None,
        "archive_trouble": reach.trouble,
    }


async def _verified(protected: Protected, target: str, number: int, total: int) -> CopyState:
    with _reporting(f"{number} of {total}: {target}") as on_progress:
        return await verified(protected, target, on_progress)


def _tell_verified(states: Sequence[CopyState], trouble: str) -> None:
    if trouble:
        typer.echo(f"Nobody can say which backups there are: {trouble}.")
    elif not states:
        typer.echo(NONE_YET)
    for state in states:
        if state.ok:
            typer.echo(f"{state.name} is whole: {state.rows} rows, audit trail up to {state.audit_id}.")
            continue
        what = "is not whole and does not count as a backup" if state.checked else "could not be checked"
        typer.echo(f"{state.name} {what}:")
        for problem in state.problems:
            typer.echo(f"- {problem}")


def _require_copy(listing: BackupListing, target: str) -> None:
    """Raise ``NotFound`` for what is neither a copy nor a file."""
    if target not in {*listing.names, *listing.orphans} and not Path(target).is_file():
        raise NotFound(
            f"There is no backup and no file {target}. Those there are: modelus-bot backup list",
            rule="backup.unknown",
        )


def _known(protected: Protected, name: str) -> str:
    if name in protected.backups.listing().names:
        return name
    raise NotFound(
        f"There is no backup called {name}. Those there are: modelus-bot backup list", rule="backup.unknown"
    )


async def _planned(protected: Protected, name: str | None, at: float | None) -> RestorePlan:
    if (name is None) == (at is None):
        raise typer.BadParameter("name a backup, or a moment with --at")
    known = None if name is None else _known(protected, name)
    with _reporting("restoring into a scratch file") as on_progress:
        if known is not None:
            return await protected.restores.from_backup(known, on_progress, protected.budget)
        assert at is not None  # noqa: S101 - one of the two was given
        return await protected.restores.from_archive(at, on_progress, protected.budget)


def _show(plan: RestorePlan) -> None:
    typer.echo(f"From {plan.source}: the state of {_moment(plan.moment)} UTC, checked and whole.")
    if plan.tables is None:
        typer.echo("The present database is missing or cannot be read, so the two cannot be compared.")
        return
    if not plan.tables:
        typer.echo("It has the same rows as the present database.")
        return
    table = Table("what", "only now (would be gone)", "only then (would come back)", "different")
    for item in plan.tables:
        table.add_row(rows_of(item.table), str(item.only_now), str(item.only_then), str(item.changed))
    console().print(table)


@contextlib.contextmanager
def _reporting(first: str) -> Iterator[Report]:
    """Show a bar, and what is being done, while work reports its ``step`` and ``done`` of ``total``."""
    with bar(of=True) as progress:
        task = progress.add_task(first, total=None)

        def on_progress(state: dict[str, Any]) -> None:
            words = str(state.get("step") or progress.tasks[0].description)
            progress.update(task, description=words, completed=state.get("done", 0), total=state.get("total"))

        yield on_progress


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
