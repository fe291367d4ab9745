"""What is left of a community's data elsewhere than in the file, for the day that the file is gone."""

from __future__ import annotations

import asyncio
from pathlib import Path

from modelus_bot.cli.copies import nameless
from modelus_bot.cli.protecting import Protected
from modelus_bot.config import Settings
from modelus_bot.database.errors import DatabaseError
from modelus_bot.database.journal import journal_path
from modelus_bot.database.snapshot.folder import snapshot_folder
from modelus_bot.os_errors import in_words

__all__ = ["remains", "span_in"]


async def remains(settings: Settings, protected: Protected) -> tuple[str, ...]:
    """Name what lies elsewhere; what may lie there and cannot be looked at is named, too."""
    path = protected.parts.path
    found = await asyncio.to_thread(_copies, protected)
    found += await _archived(settings, protected)
    for what, folder in (
        ("the rota as last known", snapshot_folder(path)),
        ("databases that were set aside", settings.integrity.quarantine),
    ):
        found += await asyncio.to_thread(_folder, what, folder)
    if await asyncio.to_thread(_has_content, journal_path(path)):
        found.append(f"changes that were saved for later: {journal_path(path)}")
    return tuple(found)


def _copies(protected: Protected) -> list[str]:
    folder = protected.backups.folder
    try:
        names = [*(one.name for one in protected.backups.manifests()), *nameless(protected)]
    except OSError as error:
        return [f"the folder of the backups, which cannot be looked into: {in_words(error)}"]
    return [f"{len(names)} backups in {folder}, newest {max(names)}"] if names else []


async def span_in(settings: Settings, protected: Protected) -> tuple[float, float] | None:
    """Return between which moments (UTC seconds) the archive restores; makes nothing where nothing is.

    Raises ``DatabaseError``.
    """
    await protected.archive.probe()
    if not protected.archive.available:
        return None
    if not settings.archive.url and not await asyncio.to_thread(_archive_in, settings.archive.folder):
        return None
    return await protected.archive.moments()


async def _archived(settings: Settings, protected: Protected) -> list[str]:
    """Look into a folder as it is, into a bucket with the archive's program."""
    url = settings.archive.url
    if not url:
        held = await asyncio.to_thread(_archive_in, settings.archive.folder)
        return [f"the archive: {held}"] if held else []
    await protected.archive.probe()
    if not protected.archive.available:
        return [f"whatever is in the archive's bucket {url}, which cannot be looked into"]
    try:
        span = await protected.archive.moments()
    except (DatabaseError, OSError) as error:
        return [f"whatever is in the archive's bucket {url}, which cannot be read: {in_words(error)}"]
    return [f"the archive in {url}"] if span is not None else []


def _archive_in(folder: Path) -> str:
    """Say where a folder holds pieces of an archive, or why nobody can say; empty without any."""
    try:
        return str(folder) if any(True for _ in folder.rglob("*.ltx")) else _closed(folder)
    except OSError as error:
        return in_words(error)


def _closed(folder: Path) -> str:
    """Searching passes over what may not be read: say so."""
    try:
        next(folder.iterdir(), None)
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        return in_words(error)
    return ""


def _folder(what: str, folder: Path) -> list[str]:
    try:
        return [f"{what}: {folder}"] if any(folder.iterdir()) else []
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        return [f"{what}: {in_words(error)}"]


def _has_content(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False
