"""``doctor``: everything that could become a problem, in plain words, before it is one."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
import time
from collections.abc import AsyncIterator
from pathlib import Path

import typer

from modelus_bot.cli.acting import look_as_owner
from modelus_bot.cli.doctor_discord import wrong_at_discord
from modelus_bot.cli.finding import Finding, Grade
from modelus_bot.cli.outcome import ExitCode
from modelus_bot.cli.protecting import Protected, protection_of
from modelus_bot.cli.rights import rights
from modelus_bot.cli.setting_up import DatabaseOption, console, run_async, settings_of
from modelus_bot.config import Settings
from modelus_bot.database.checkpoints import safe_beside_writers
from modelus_bot.database.clock import Clock, Why
from modelus_bot.database.clock.words import doubt_words
from modelus_bot.database.errors import DatabaseError
from modelus_bot.database.files import parts_of
from modelus_bot.database.instance import meant
from modelus_bot.database.recovery.beginning import require_nothing_left
from modelus_bot.database.schema import Migrator
from modelus_bot.logs import configure_logging

__all__ = ["doctor"]

NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs"}
LITTLE_SPACE = 500_000_000


def doctor(context: typer.Context, database: DatabaseOption = None) -> None:
    """Look at files, disk, schema, backups, archive, drills and Discord; exits with 1 if something is wrong.

    Nothing is changed, and the bot may be running.
    """
    settings = settings_of(context)
    path = meant(database or settings.database.path)
    look_as_owner(path)

    async def look() -> list[Finding]:
        return [one async for one in _findings(settings, path)] + await _discord(settings, path)

    with configure_logging(settings, terminal=False):
        found = run_async(look())
    colours = {Grade.FINE: "green", Grade.NOTE: "yellow", Grade.BAD: "red"}
    for one in found:
        console().print(f"[{colours[one.grade]}]{one.grade.value}[/] {one.text}")
    if any(one.grade is Grade.BAD for one in found):
        raise typer.Exit(ExitCode.FAILED)


async def _findings(settings: Settings, path: Path) -> AsyncIterator[Finding]:
    protected = Protected(protection_of(settings, path))
    for one in (*_machine(protected), *await asyncio.to_thread(rights, settings, path)):
        yield one
    for one in _place(path):
        yield one
    yield await _clock(settings, protected.parts.clock)
    if not await asyncio.to_thread(path.exists):
        yield await _beginning(protected)
        return
    integrity = await _integrity(protected)
    yield integrity
    if integrity.grade is not Grade.BAD:
        yield await asyncio.to_thread(_schema, protected)
    yield _backups(settings, protected)
    for one in await _archive(protected):
        yield one
    yield _drills(settings, protected)
    yield _quarantine(settings)


async def _beginning(protected: Protected) -> Finding:
    """Say what the first start will do: make a database, bring one back, or neither."""
    try:
        await require_nothing_left(protected.parts)
    except DatabaseError as error:
        return Finding(Grade.BAD, error.detail)
    return Finding(
        Grade.NOTE, f"There is no database at {protected.parts.path} yet; the first start makes it."
    )


async def _discord(settings: Settings, path: Path) -> list[Finding]:
    found = await wrong_at_discord(settings, path)
    if found is None:
        return [Finding(Grade.NOTE, "There is no DISCORD_TOKEN, so Discord was not asked.")]
    wrong, asked = found
    if not asked:
        return [Finding(Grade.NOTE, f"Discord could not be asked: {one}") for one in wrong]
    if wrong:
        return [Finding(Grade.BAD, one) for one in wrong]
    return [Finding(Grade.FINE, "Discord accepts the token; server, channels and roles can be used.")]


def _machine(protected: Protected) -> list[Finding]:
    if safe_beside_writers():
        return [Finding(Grade.FINE, "This SQLite's checkpoints are safe beside other writers.")]
    who = "the archive's program, which is mended," if protected.archive.available else "the bot's one writer"
    text = (
        f"This SQLite has the WAL-reset bug (mended in 3.51.3). It cannot strike, because only {who} makes"
        " checkpoints. Do not write to the file with other programs while the bot runs."
    )
    return [Finding(Grade.FINE, text)]


async def _clock(settings: Settings, clock: Clock) -> Finding:
    """Compare the machine's clock with what was written before, and with Discord's if there is a token."""
    asked = "what was written before"
    if settings.token is not None:
        from modelus_bot.ui.discord_time import time_at_discord  # needs discord.py, which takes a second

        moment = await time_at_discord()
        if moment is not None:
            clock.told(moment)
            asked = f"Discord's ({clock() - moment:+.1f} s)"
    doubt = clock.doubt
    if doubt is None or doubt.why is Why.STARTING:
        return Finding(Grade.FINE, f"The machine's clock agrees with {asked}.")
    minutes = settings.clock.steady_minutes
    return Finding(Grade.BAD, doubt_words(doubt, wall=clock(), steady_minutes=minutes))


def _place(path: Path) -> list[Finding]:
    """Look at the folder: file system, space, permissions."""
    found = []
    folder = next(one for one in (path.parent, *path.parent.parents) if one.exists())
    kind = _filesystem(folder)
    if kind in NETWORK:
        found.append(
            Finding(
                Grade.BAD,
                f"{folder} is on a network file system ({kind}), where SQLite's log does not work."
                " Move the database to a local disk.",
            )
        )
    free = shutil.disk_usage(folder).free
    size = path.stat().st_size if path.exists() else 0
    if free < max(LITTLE_SPACE, 3 * size):
        found.append(
            Finding(
                Grade.NOTE,
                f"{free / 1e6:.0f} MB are free in {folder};"
                f" a migration or recovery may need {3 * size / 1e6:.0f} MB.",
            )
        )
    else:
        found.append(Finding(Grade.FINE, f"{free / 1e9:.1f} GB are free in {folder}."))
    for part in parts_of(path):
        if part.exists() and stat.S_IMODE(part.stat().st_mode) & 0o077:
            found.append(
                Finding(Grade.NOTE, f"{part} can be read by others on this machine: chmod 600 {part}")
            )
        if part.exists() and not os.access(part, os.W_OK):
            found.append(Finding(Grade.BAD, f"{part} cannot be written by this user."))
    return found


async def _integrity(protected: Protected) -> Finding:
    try:
        report = await protected.parts.check(protected.parts.path)
    except DatabaseError as error:
        return Finding(Grade.BAD, f"The database could not be checked: {error.detail}")
    if report.damaged:
        return Finding(
            Grade.BAD,
            f"The database is damaged: {'; '.join(report.problems[:3])}. The bot restores it when it starts;"
            " by hand: modelus-bot backup restore",
        )
    if not report.readable:
        return Finding(Grade.BAD, f"The database could not be checked: {'; '.join(report.problems[:3])}")
    if not report.ok:
        return Finding(
            Grade.NOTE, f"The database's structure is whole, but: {'; '.join(report.problems[:5])}"
        )
    rows = sum(report.rows.values())
    return Finding(
        Grade.FINE,
        f"The database is whole: {rows} rows, {report.audit_id} audit entries,"
        f" checked in {report.seconds:.1f} s.",
    )


def _schema(protected: Protected) -> Finding:
    path = protected.parts.path
    try:
        missing = [one.id for one in Migrator(path).status() if not one.applied]
        if missing:
            return Finding(
                Grade.NOTE, f"Migrations are missing ({', '.join(missing)}); the next start applies them."
            )
        report = protected.parts.validator.inspect_file(path)
    except DatabaseError as error:
        return Finding(Grade.BAD, f"The schema cannot be read: {error}")
    if report.clean:
        return Finding(Grade.FINE, "The schema is what the migrations make.")
    grade = Grade.BAD if report.refused else Grade.NOTE
    return Finding(grade, f"The schema differs from what the migrations make:\n{report}")


def _backups(settings: Settings, protected: Protected) -> Finding:
    listing = protected.backups.listing()
    newest = next((one for one in listing.manifests if one.counts), None)
    if listing.trouble:
        return Finding(Grade.BAD, f"Nobody can say which backups there are: {listing.trouble}.")
    if newest is None:
        there = f" {listing.unlisted[0]}" if listing.unlisted else ""
        make = "Make one now: modelus-bot backup create"
        return Finding(Grade.BAD, f"There is no verified backup.{there} {make}")
    if listing.unlisted:
        more = f" (and {len(listing.unlisted) - 1} more)" if len(listing.unlisted) > 1 else ""
        return Finding(Grade.NOTE, f"{listing.unlisted[0]}{more} The newest verified one is {newest.name}.")
    age = time.time() - newest.created_at
    text = f"The newest verified backup is {age / 3600:.1f} hours old ({newest.name})."
    return Finding(Grade.FINE if age < 3 * settings.backup.every else Grade.NOTE, text)


async def _archive(protected: Protected) -> list[Finding]:
    await protected.archive.probe()
    if not protected.archive.available:
        return [Finding(Grade.NOTE, protected.archive.status().words)]
    try:
        span = await protected.archive.moments()
    except (DatabaseError, OSError) as error:
        return [Finding(Grade.BAD, f"The archive cannot be read: {error}")]
    if span is None:
        return [Finding(Grade.NOTE, "Nothing is in the archive yet; the running bot fills it.")]
    hours = (span[1] - span[0]) / 3600
    return [Finding(Grade.FINE, f"Any second of {hours:.1f} hours can be restored from the archive.")]


def _drills(settings: Settings, protected: Protected) -> Finding:
    newest = next(iter(protected.drill.results()), None)
    if newest is None:
        return Finding(Grade.NOTE, "No restore has been rehearsed yet: modelus-bot backup drill")
    age = time.time() - newest.at
    if not newest.ok:
        return Finding(Grade.BAD, f"The last drill failed: {newest.source}: {'; '.join(newest.problems[:2])}")
    text = f"The last drill, {age / 3600:.1f} hours ago, restored {newest.source} in {newest.seconds:.1f} s."
    return Finding(Grade.FINE if age < 3 * settings.backup.drill_every else Grade.NOTE, text)


def _quarantine(settings: Settings) -> Finding:
    folder = settings.integrity.quarantine
    kept = sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []
    if not kept:
        return Finding(Grade.FINE, "No damaged file was ever set aside.")
    return Finding(
        Grade.NOTE,
        f"{len(kept)} replaced or damaged databases are kept in {folder}, newest {kept[-1]}."
        " Delete them when you need them no more.",
    )


def _filesystem(folder: Path) -> str:
    """Return the type of the file system, where the system tells."""
    best = ("", "")
    try:
        for line in Path("/proc/self/mounts").read_text("utf-8").splitlines():
            _, place, kind, *_ = line.split()
            place = place.replace("\\040", " ")
            if (str(folder.resolve()) + "/").startswith(place.rstrip("/") + "/") and len(place) >= len(
                best[0]
            ):
                best = (place, kind)
    except (OSError, ValueError):
        return ""
    return best[1]
