"""What lies there of a database whose file is missing: whatever could hold its data, usable or not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from modelus_bot.database.backup import BackupListing
from modelus_bot.database.core.append_file import journal_path
from modelus_bot.database.core.audit.fallback_log import audit_path
from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.core.sidecar_paths import parts_of
from modelus_bot.database.offline import snapshot_folder
from modelus_bot.database.recovery.recovery_context import RecoveryContext
from modelus_bot.runtime.os_errors import in_words as words_of
from modelus_bot.runtime.ownership import forbidden

__all__ = [
    "ArchiveRemains",
    "RemainStanding",
    "Trace",
    "archive_remains",
    "remains_in_words",
    "traces_of",
]

MOST_NAMED = 8


class RemainStanding(StrEnum):
    """Whether something can bring the database back."""

    USABLE = "usable"
    UNUSABLE = "cannot be used"
    UNREADABLE = "cannot be read"


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing that may hold data: what it is, where, and why it does not bring the database back."""

    what: str
    place: str
    standing: RemainStanding
    why: str = ""
    path: Path | None = None
    """Where it lies; None for what is elsewhere."""

    def __str__(self) -> str:
        """A clause for an operator."""
        return f"{self.what} {self.place}" + (f" ({self.why})" if self.why else "")


async def traces_of(context: RecoveryContext) -> tuple[Trace, ...]:
    """Return everything that speaks against beginning with an empty database; nothing is changed."""
    here = await asyncio.to_thread(_on_this_machine, context)
    elsewhere = await _in_the_bucket(context)
    return (*here, elsewhere) if elsewhere is not None else here


@dataclass(frozen=True, slots=True)
class ArchiveRemains:
    """What there is of an archive: whether there is any, whether all of it can be used, and in words."""

    any: bool
    usable: bool
    words: str


async def archive_remains(context: RecoveryContext) -> ArchiveRemains:
    """Look for an archive of the database; nothing is changed, and no folder made."""
    left = [item for item in await traces_of(context) if item.what.endswith(("archive", "bucket"))]
    usable = all(item.standing is RemainStanding.USABLE for item in left)
    return ArchiveRemains(bool(left), usable, remains_in_words(left))


def remains_in_words(traces: Sequence[Trace]) -> str:
    """Name what lies there, at most a few of each kind."""
    named = [str(trace) for trace in traces[:MOST_NAMED]]
    more = len(traces) - len(named)
    return "; ".join([*named, f"and {more} more"] if more > 0 else named)


def _on_this_machine(context: RecoveryContext) -> tuple[Trace, ...]:
    found = [*_copies(context.backups.listing(), context.backups.folder), *_archive(context)]
    state = context.state.load()
    found += _beside(context.path, begun=state is None or state.begun)
    found += _quarantined(context.settings.quarantine, context.path.stem)
    return tuple(found)


def _copies(listing: BackupListing, folder: Path) -> Iterator[Trace]:
    if listing.trouble:
        yield Trace("the folder of the backups:", listing.trouble, RemainStanding.UNREADABLE, path=folder)
    for manifest in listing.manifests:
        standing = RemainStanding.USABLE if manifest.whole else RemainStanding.UNUSABLE
        why = "" if manifest.whole else "its last check did not find it whole"
        yield Trace("backup", manifest.name, standing, why, folder / manifest.name)
    for item in listing.unlisted:
        standing = RemainStanding.UNUSABLE if item.adoptable else RemainStanding.UNREADABLE
        yield Trace("backup", item.name, standing, item.why, folder / item.name)
    for name in listing.unfinished:
        yield Trace("backup", name, RemainStanding.UNREADABLE, "it was never finished", folder / name)


def _archive(context: RecoveryContext) -> Iterator[Trace]:
    """Look for pieces in the archive's folder, whether or not its program is there to read them."""
    folder = context.archive.folder
    try:
        if not _holds(folder, "ltx/*/*.ltx"):
            return
    except OSError as error:
        yield Trace("archive", str(folder), RemainStanding.UNREADABLE, _why(error), folder)
        return
    usable = context.archive.available and not context.archive.remote
    why = "" if usable else context.archive.status().why or "the settings name a bucket instead"
    yield Trace(
        "archive", str(folder), RemainStanding.USABLE if usable else RemainStanding.UNREADABLE, why, folder
    )


async def _in_the_bucket(context: RecoveryContext) -> Trace | None:
    """Ask the bucket; one that cannot be asked may hold everything."""
    archive = context.archive
    if not archive.remote:
        return None
    place = archive.status().target
    try:
        held = await archive.moments() is not None
    except (DatabaseError, OSError) as error:
        return Trace("the archive's bucket", place, RemainStanding.UNREADABLE, words_of(error))
    return Trace("the archive's bucket", place, RemainStanding.USABLE) if held else None


def _beside(database: Path, *, begun: bool) -> Iterator[Trace]:
    """Look at what the bot keeps beside its file; -wal and -journal count where they have lost theirs.

    What was saved for later before the first database could be made does not count: it was not ``begun``.
    """
    for path in parts_of(database)[1:]:
        if not database.exists() and _filled(path):
            yield Trace(
                "file", path.name, RemainStanding.UNUSABLE, "the database it belongs to is missing", path
            )
    for beside in ("-state", "-head"):
        path = database.with_name(database.name + beside)
        if _filled(path) and (begun or beside == "-head"):
            yield Trace("file", path.name, RemainStanding.UNUSABLE, "it says that there was a database", path)
    journal, entries = journal_path(database), audit_path(database)
    for path, why in ((journal, "changes saved for later"), (entries, "audit entries saved for later")):
        for item in (path, path.with_name(f"{path.name}.damaged"), path.with_name(f"{path.name}.refused")):
            if begun and _filled(item):
                yield Trace("file", item.name, RemainStanding.UNUSABLE, why, item)
    held = "it holds some tables, and no database"
    yield from _folder("snapshot", snapshot_folder(database), "*.json", held)


def _folder(what: str, folder: Path, pattern: str, why: str) -> Iterator[Trace]:
    try:
        if _holds(folder, pattern):
            yield Trace(what, folder.name, RemainStanding.UNUSABLE, why, folder)
    except OSError as error:
        yield Trace(what, folder.name, RemainStanding.UNREADABLE, _why(error), folder)


def _quarantined(folder: Path, stem: str) -> Iterator[Trace]:
    try:
        names = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
    except OSError as error:
        yield Trace("quarantine", str(folder), RemainStanding.UNREADABLE, _why(error), folder)
        return
    for name in names:
        if name.startswith(f"{stem}-"):
            why = "it was set aside; “modelus-bot database salvage” reads what it holds"
            yield Trace(
                "quarantined database", str(folder / name), RemainStanding.UNUSABLE, why, folder / name
            )


def _holds(folder: Path, pattern: str) -> bool:
    """Say whether a folder has such an entry; raises ``OSError`` when it is there and cannot be read."""
    try:
        next(folder.iterdir(), None)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return next(folder.glob(pattern), None) is not None


def _filled(path: Path) -> bool:
    """Say whether something is there that is not an empty file, even if it cannot be looked at."""
    try:
        return path.stat().st_size > 0
    except (FileNotFoundError, NotADirectoryError):
        return path.is_symlink()
    except OSError:
        return True


def _why(error: OSError) -> str:
    return f"it {forbidden(error) or f'cannot be read: {words_of(error)}'}"
