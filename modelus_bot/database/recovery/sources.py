"""Where a whole database can come from: archive, verified copies, what can be read of the damaged file."""

from __future__ import annotations

import asyncio
import functools
import itertools
from collections.abc import Sequence
from pathlib import Path

from modelus_bot.database.child import run_child
from modelus_bot.database.errors import BackupFailed
from modelus_bot.database.files import parts_of
from modelus_bot.database.recovery.candidates import Source
from modelus_bot.database.recovery.copies import newest_copy_that_fits
from modelus_bot.database.recovery.parts import Parts
from modelus_bot.database.salvage.report import SalvageReport

__all__ = ["sources_for"]

SALVAGE_SECONDS = 900.0
SNAPSHOTS_TRIED = 3
COPIES_TRIED = 3
"""How many of the newest backups are looked at for one that is damaged and yet has something."""


def sources_for(parts: Parts, *, damaged: Path | None, bad_pages: Sequence[int] = ()) -> tuple[Source, ...]:
    """Return the sources in the order in which they are likely to have everything.

    ``damaged`` is the file that is being given up, where there is one; ``bad_pages`` are pages of it
    that must not be believed although they look well.
    """
    found = []
    if parts.archive.available:
        found.append(Source("archive", functools.partial(_from_archive, parts, None)))
        found += [
            Source(
                "archive, before a full copy that may be damaged",
                functools.partial(_before_snapshot, parts, age),
            )
            for age in range(SNAPSHOTS_TRIED)
        ]
    found.append(Source("newest verified backup", functools.partial(_from_backups, parts)))
    if damaged is not None:
        salvaged = functools.partial(_salvaged, damaged, tuple(bad_pages))
        found.append(Source("salvage", salvaged, partial=True, present=True))
    rest = functools.partial(_rest_of_a_backup, parts)
    found.append(Source("what is left of a damaged backup", rest, partial=True))
    return tuple(found)


async def _from_archive(parts: Parts, at: float | None, target: Path) -> None:
    await parts.archive.restore(target, at=at)


async def _before_snapshot(parts: Parts, age: int, target: Path) -> None:
    """Restore the moment before the newest full copy, or before an older one: damage gets in with those."""
    moments = await parts.archive.snapshots()
    if age >= len(moments):
        raise BackupFailed("the archive has no older full copy")
    await parts.archive.restore(target, at=moments[-1 - age] - 0.001)


async def _from_backups(parts: Parts, target: Path) -> None:
    """Write the newest copy that still passes its check; older ones are tried in turn."""
    await newest_copy_that_fits(parts, target)


async def _rest_of_a_backup(parts: Parts, target: Path) -> None:
    """Salvage the newest copy that fails its check, unless a newer one is whole, which has all of it."""
    for manifest in itertools.islice(parts.backups.manifests(), COPIES_TRIED):
        problem = await _restored(parts, manifest.name, target)
        if problem is None:
            await asyncio.to_thread(_remove, target)
            break
        copy = parts.backups.folder / manifest.name
        if await asyncio.to_thread(copy.is_file):
            await _salvaged(copy, (), target)
            return
    raise BackupFailed("no backup is damaged that is newer than a whole one")


async def _restored(parts: Parts, name: str, target: Path) -> str | None:
    """Write a copy to ``target`` and check it; returns what is wrong with it, and removes it then."""
    try:
        await parts.backups.restore_to(name, target, paced=False)
        report = await parts.check(target, finished=True)
    except BackupFailed as error:
        return error.detail
    if not report.damaged:
        return None
    await asyncio.to_thread(_remove, target)
    return "; ".join(report.problems[:2])


async def _salvaged(damaged: Path, bad_pages: Sequence[int], target: Path) -> None:
    """Write what can be read of a file; one without any row of ours is not taken for an empty database."""
    task = {"source": str(damaged), "target": str(target), "bad_pages": list(bad_pages)}
    report = SalvageReport.model_validate(await run_child("salvage", task, seconds=SALVAGE_SECONDS))
    if not report.total:
        raise BackupFailed(f"{damaged.name} has no row that could be read")


def _remove(database: Path) -> None:
    for path in parts_of(database):
        path.unlink(missing_ok=True)
