"""``doctor``: everything that could become a problem, in plain words, before it is one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from modelus_bot.cli.acting import look_as_owner
from modelus_bot.cli.archived import reach_of
from modelus_bot.cli.copies import compared
from modelus_bot.cli.doctor_discord import wrong_at_discord
from modelus_bot.cli.doctor_machine import clock, disks, folders, parts_of_file, sqlite_itself
from modelus_bot.cli.doctor_map import own_map
from modelus_bot.cli.finding import Finding, Grade, Look, findings_of, show
from modelus_bot.cli.outcome import ExitCode
from modelus_bot.cli.protecting import Protected, protection_of
from modelus_bot.cli.recognising import ADVICE
from modelus_bot.cli.rights import rights
from modelus_bot.cli.setting_up import DatabaseOption, JsonOption, run_async, settings_of
from modelus_bot.cli.terminal import bar, print_json
from modelus_bot.config import Settings
from modelus_bot.database import OpeningRefused
from modelus_bot.database.administration import (
    BackupListing,
    DatabaseFile,
    EarlierDatabase,
    JournalContents,
    Migrator,
    Nature,
    Recognised,
)
from modelus_bot.logs import configure_logging

__all__ = ["doctor"]

Tell = Callable[[str], None]


def doctor(
    context: typer.Context,
    database: DatabaseOption = None,
    full: Annotated[
        bool, typer.Option("--full", help="Check every page and row of every backup, not only its sha256.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Look at files, disk, schema, backups, archive, drills, Discord; exits with 1 when something is wrong.

    Everything is looked at, whatever is found. Nothing is changed, and the bot may be running.
    """
    settings = settings_of(context)
    given = database or settings.database.path
    path = DatabaseFile(given).path
    found = [*run_async(findings_of("user", lambda: _as_owner(path)))]
    with configure_logging(settings, terminal=False), bar() as progress:
        task = progress.add_task("looking", total=None)
        tell: Tell = lambda words: progress.update(task, description=words)  # noqa: E731
        found += run_async(_findings(settings, given, tell, full=full))
    ok = not any(item.grade is Grade.BAD for item in found)
    if as_json:
        listed = [{"about": item.about, "grade": item.grade.value, "text": item.text} for item in found]
        print_json({"ok": ok, "database": str(path), "findings": listed})
    else:
        for item in found:
            show(item)
    if not ok:
        raise typer.Exit(ExitCode.FAILED)


async def _as_owner(path: Path) -> list[Finding]:
    look_as_owner(path)
    return []


async def _findings(settings: Settings, given: Path, tell: Tell, *, full: bool) -> list[Finding]:
    path = DatabaseFile(given).path
    protected = Protected(protection_of(settings, path))
    looks: tuple[tuple[str, Look], ...] = (
        ("archive", lambda: _archive(protected)),
        ("sqlite", _threaded(sqlite_itself, protected)),
        ("clock", lambda: clock(settings, protected.context.clock)),
        ("disk", _threaded(disks, settings, path)),
        ("folders", _threaded(folders, settings, path)),
        ("files", _threaded(parts_of_file, given, path)),
        ("rights", _threaded(rights, settings, path)),
        ("database", lambda: _database(protected)),
        ("backups", lambda: _backups(settings, protected, tell, full=full)),
        ("drills", lambda: _drills(settings, protected)),
        ("journal", _threaded(_journal, path)),
        ("map", _threaded(own_map, settings)),
        ("quarantine", _threaded(_quarantine, settings)),
        ("discord", lambda: _discord(settings, path)),
    )
    found: list[Finding] = []
    for about, look in looks:
        tell(about)
        found += await findings_of(about, look)
    return found


def _threaded(look: Callable[..., Sequence[Finding]], *about: object) -> Look:
    return lambda: asyncio.to_thread(look, *about)


async def _database(protected: Protected) -> list[Finding]:
    """Say what lies at the path, and when it is the bot's, how it is."""
    path = protected.context.path
    found = await Recognised.at(path, protected.budget)
    if found.nature in {Nature.MISSING, Nature.EMPTY}:
        return [await _no_database(protected)]
    if found.nature is Nature.DAMAGED:
        report = await protected.context.check(path, budget=protected.budget)
        return [_damaged(report.problems or (found.detail,))]
    if found.nature is not Nature.OURS:
        return [Finding(Grade.BAD, f"{found.sentence} {ADVICE[found.nature]}")]
    integrity = await _integrity(protected)
    if integrity.grade is Grade.BAD:
        return [integrity]
    return [integrity, await asyncio.to_thread(_schema, protected)]


async def _discord(settings: Settings, path: Path) -> list[Finding]:
    """Ask Discord whether it takes the token, and whether the places in the settings can be used."""
    found = await wrong_at_discord(settings, path)
    if found is None:
        return [Finding(Grade.NOTE, "There is no DISCORD_TOKEN, so Discord was not asked.")]
    wrong, asked = found
    if not asked:
        return [Finding(Grade.NOTE, f"Discord could not be asked: {item}") for item in wrong]
    if wrong:
        return [Finding(Grade.BAD, item) for item in wrong]
    return [Finding(Grade.FINE, "Discord accepts the token; server, channels and roles can be used.")]


async def _no_database(protected: Protected) -> Finding:
    """Say what the first start will do: make a database, bring one back, or neither."""
    try:
        await EarlierDatabase(protected.context).require_none(empty=True)
    except OpeningRefused as error:
        return Finding(Grade.BAD, error.detail)
    path = protected.context.path
    return Finding(Grade.NOTE, f"There is no database at {path} yet; the first start makes it.")


def _damaged(problems: Sequence[str]) -> Finding:
    text = f"The database is damaged: {'; '.join(problems[:3])}. {ADVICE[Nature.DAMAGED]}"
    return Finding(Grade.BAD, text)


async def _integrity(protected: Protected) -> Finding:
    report = await protected.context.check(protected.context.path, budget=protected.budget)
    if report.damaged:
        return _damaged(report.problems)
    if not report.readable:
        return Finding(Grade.BAD, f"The database could not be checked: {'; '.join(report.problems[:3])}")
    if not report.ok:
        text = f"The database's structure is whole, but: {'; '.join(report.problems[:5])}"
        return Finding(Grade.NOTE, text)
    text = (
        f"The database is whole: {sum(report.rows.values())} rows, {report.audit_id} audit entries,"
        f" checked in {report.seconds:.1f} s."
    )
    return Finding(Grade.FINE, text)


def _schema(protected: Protected) -> Finding:
    path = protected.context.path
    missing = [item.id for item in Migrator(path).status() if not item.applied]
    if missing:
        text = f"Migrations are missing ({', '.join(missing)}); the next start applies them."
        return Finding(Grade.NOTE, text)
    report = protected.context.validator.inspect_file(path)
    if report.clean:
        return Finding(Grade.FINE, "The schema is what the migrations make.")
    grade = Grade.BAD if report.refused else Grade.NOTE
    return Finding(grade, f"The schema differs from what the migrations make:\n{report}")


async def _backups(settings: Settings, protected: Protected, tell: Tell, *, full: bool) -> list[Finding]:
    """Compare every copy with what it was made as; the newest that is still so counts."""
    listing = await asyncio.to_thread(protected.backups.listing)
    if listing.trouble:
        return [Finding(Grade.BAD, f"Nobody can say which backups there are: {listing.trouble}.")]
    found, whole = [], []
    for number, manifest in enumerate(listing.manifests, 1):
        tell(f"backup {number} of {len(listing.manifests)}: {manifest.name}")
        state = await compared(protected, manifest, full=full)
        if not state.ok:
            why = "; ".join(state.problems[:2])
            found.append(Finding(Grade.BAD, f"The backup {manifest.name} is not whole: {why}."))
        elif not manifest.counts:
            found.append(Finding(Grade.NOTE, f"The backup {manifest.name} does not count as verified."))
        else:
            whole.append(manifest)
    found += _not_counted(listing)
    if not whole:
        text = "There is no verified backup. Make one now: modelus-bot backup create"
        return [Finding(Grade.BAD, text), *found]
    age = time.time() - whole[0].created_at
    compare = "checked completely" if full else "compared with its sha256"
    text = f"The newest verified backup is {age / 3600:.1f} hours old ({whole[0].name}), {compare}."
    grade = Grade.FINE if age < 3 * settings.backup.every else Grade.NOTE
    return [Finding(grade, text), *found]


def _not_counted(listing: BackupListing) -> Iterator[Finding]:
    for item in listing.unlisted:
        if item.adoptable:
            yield Finding(Grade.NOTE, f"{item} {item.advice}")
        else:
            yield Finding(Grade.BAD, str(item))
    for name in listing.orphans:
        yield Finding(Grade.BAD, f"The backup {name} is not there, only its manifest.")


async def _archive(protected: Protected) -> list[Finding]:
    await protected.archive.probe()
    if not protected.archive.available:
        return [Finding(Grade.NOTE, protected.archive.status().words)]
    reach = await reach_of(protected)
    if reach.trouble:
        return [Finding(Grade.BAD, f"The archive cannot be read: {reach.trouble}")]
    span = reach.span
    if span is None:
        return [Finding(Grade.NOTE, "Nothing is in the archive yet; the running bot fills it.")]
    hours = (span[1] - span[0]) / 3600
    return [Finding(Grade.FINE, f"Any second of {hours:.1f} hours can be restored from the archive.")]


async def _drills(settings: Settings, protected: Protected) -> list[Finding]:
    newest = next(iter(await asyncio.to_thread(protected.drill.results)), None)
    if newest is None:
        return [Finding(Grade.NOTE, "No restore has been rehearsed yet: modelus-bot backup drill")]
    age = time.time() - newest.at
    if not newest.ok:
        text = f"The last drill failed: {newest.source}: {'; '.join(newest.problems[:2])}"
        return [Finding(Grade.BAD, text)]
    text = f"The last drill, {age / 3600:.1f} hours ago, restored {newest.source} in {newest.seconds:.1f} s."
    return [Finding(Grade.FINE if age < 3 * settings.backup.drill_every else Grade.NOTE, text)]


def _journal(path: Path) -> list[Finding]:
    found = JournalContents.read(path)
    if found.damaged:
        text = f"The file of changes saved for later has {found.damaged} damaged lines: {found.path}"
        return [Finding(Grade.BAD, text)]
    if found.waiting:
        text = f"{len(found.waiting)} changes wait until the database is back: modelus-bot journal list"
        return [Finding(Grade.NOTE, text)]
    return [Finding(Grade.FINE, "No change waits to be applied.")]


def _quarantine(settings: Settings) -> list[Finding]:
    folder = settings.integrity.quarantine
    kept = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if not kept:
        return [Finding(Grade.FINE, "No damaged file was ever set aside.")]
    text = (
        f"{len(kept)} replaced or damaged databases are kept in {folder}, newest {kept[-1]}."
        " Delete them when you need them no more."
    )
    return [Finding(Grade.NOTE, text)]
