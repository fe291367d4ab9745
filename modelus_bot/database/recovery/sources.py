"""Where a whole database can come from: archive, verified copies, what can be read of the damaged file."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Sequence
from pathlib import Path

from modelus_bot.database.child import run_child
from modelus_bot.database.errors import BackupFailed
from modelus_bot.database.files import parts_of
from modelus_bot.database.recovery.candidates import Source
from modelus_bot.database.recovery.parts import Parts

__all__ = ["sources_for"]

SALVAGE_SECONDS = 900.0
SNAPSHOTS_TRIED = 3


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
    rest = functools.partial(_rest_of_a_backup, parts)
    found.append(Source("what is left of a damaged backup", rest, partial=True))
    if damaged is not None:
        found.append(Source("salvage", functools.partial(_salvaged, damaged, tuple(bad_pages)), partial=True))
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
    refused = []
    for manifest in parts.backups.manifests():
        if manifest.verified_at is None:
            continue
        try:
            await parts.backups.restore_to(manifest.name, target)
            report = await parts.check(target, finished=True)
        except BackupFailed as error:
            refused.append(f"{manifest.name}: {error.detail}")
            continue
        if not report.damaged:
            return
        refused.append(f"{manifest.name}: {'; '.join(report.problems[:2])}")
        await asyncio.to_thread(_remove, target)
    raise BackupFailed("; ".join(refused) or "there is no verified backup")


async def _rest_of_a_backup(parts: Parts, target: Path) -> None:
    """Salvage the newest copy that fails its check; whole ones are taken as they are."""
    for manifest in parts.backups.manifests():
        copy = parts.backups.folder / manifest.name
        if (await parts.check(copy, finished=True)).damaged:
            await _salvaged(copy, (), target)
            return
        try:
            await parts.backups.restore_to(manifest.name, target)
        except BackupFailed:
            await _salvaged(copy, (), target)
            return
        await asyncio.to_thread(_remove, target)
    raise BackupFailed("no backup is damaged")


async def _salvaged(damaged: Path, bad_pages: Sequence[int], target: Path) -> None:
    task = {"source": str(damaged), "target": str(target), "bad_pages": list(bad_pages)}
    await run_child("salvage", task, seconds=SALVAGE_SECONDS)


def _remove(database: Path) -> None:
    for path in parts_of(database):
        path.unlink(missing_ok=True)
