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


def sources_for(parts: Parts, *, damaged: Path | None, bad_pages: Sequence[int] = ()) -> tuple[Source, ...]:
    """Return the sources in the order in which they are likely to have everything.

    ``damaged`` is the file that is being given up, where there is one; ``bad_pages`` are pages of it
    that must not be believed although they look well.
    """
    found = []
    if parts.archive.available:
        found.append(Source("archive", functools.partial(_from_archive, parts, None)))
        state = parts.state.load()
        if state is not None and state.good_at:
            at = functools.partial(_from_archive, parts, float(state.good_at))
            found.append(Source("archive before the damage", at))
    found.append(Source("newest verified backup", functools.partial(_from_backups, parts)))
    if damaged is not None:
        found.append(Source("salvage", functools.partial(_salvaged, damaged, tuple(bad_pages))))
    return tuple(found)


async def _from_archive(parts: Parts, at: float | None, target: Path) -> None:
    await parts.archive.restore(target, at=at)


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


async def _salvaged(damaged: Path, bad_pages: Sequence[int], target: Path) -> None:
    task = {"source": str(damaged), "target": str(target), "bad_pages": list(bad_pages)}
    await run_child("salvage", task, seconds=SALVAGE_SECONDS)


def _remove(database: Path) -> None:
    for path in parts_of(database):
        path.unlink(missing_ok=True)
