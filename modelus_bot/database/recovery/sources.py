"""Where a whole database can come from: archive, verified copies, what can be read of the damaged file."""

from __future__ import annotations

import asyncio
import functools
import itertools
import shutil
from collections.abc import Sequence
from pathlib import Path

from modelus_bot.database.core.child_process import run_child
from modelus_bot.database.core.errors import BackupFailed, StorageFailed
from modelus_bot.database.core.sidecar_paths import parts_of
from modelus_bot.database.integrity import Budget
from modelus_bot.database.recovery.candidates import Source
from modelus_bot.database.recovery.copy_search import newest_copy_that_fits
from modelus_bot.database.recovery.recovery_context import RecoveryContext
from modelus_bot.database.recovery.wal_origin import wal_mark
from modelus_bot.database.salvage import SalvageReport

__all__ = ["sources_for"]

SALVAGE_SECONDS = 900.0
SNAPSHOTS_TRIED = 3
COPIES_TRIED = 3
"""How many of the newest backups are looked at for one that is damaged and yet has something."""


def sources_for(
    context: RecoveryContext,
    budget: Budget,
    *,
    present: Path | None,
    bad_pages: Sequence[int] = (),
    hurry: bool = True,
) -> tuple[Source, ...]:
    """Return the sources in the order in which they are likely to have everything.

    ``present`` is the file that is in question, where there is one; ``bad_pages`` are pages of it that must
    not be believed although they look well. Reading its rows takes longest: in a ``hurry`` it comes last, as
    may be where the newest change is known, so that the search can end as soon as something has it.
    """
    of_present = [] if present is None else _of_present(present, tuple(bad_pages))
    copies = _copies(context, budget)
    rest = Source(
        "what is left of a damaged backup",
        functools.partial(_rest_of_a_backup, context, budget),
        partial=True,
    )
    return (*copies, *of_present, rest) if hurry else (*of_present, *copies, rest)


def _of_present(present: Path, bad_pages: tuple[int, ...]) -> list[Source]:
    alone = Source("the file without its log", functools.partial(_without_wal, present), present=True)
    salvaged = functools.partial(_salvaged, present, bad_pages)
    return [
        *([alone] if wal_mark(present) and not bad_pages else []),
        Source("what can be read of the file", salvaged, partial=True, present=True),
    ]


def _copies(context: RecoveryContext, budget: Budget) -> list[Source]:
    found = []
    if context.archive.available:
        found.append(Source("archive", functools.partial(_from_archive, context, None)))
        found += [
            Source(
                "archive, before a full copy that may be damaged",
                functools.partial(_before_snapshot, context, age),
            )
            for age in range(SNAPSHOTS_TRIED)
        ]
    found.append(Source("newest verified backup", functools.partial(_from_backups, context, budget)))
    return found


async def _without_wal(present: Path, target: Path) -> tuple[str, ...]:
    await asyncio.to_thread(_copy_privately, present, target)
    return ()


async def _from_archive(context: RecoveryContext, at: float | None, target: Path) -> tuple[str, ...]:
    await context.archive.restore(target, at=at)
    return ()


async def _before_snapshot(context: RecoveryContext, age: int, target: Path) -> tuple[str, ...]:
    """Restore the moment before the newest full copy, or before an older one: damage gets in with those."""
    moments = await context.archive.snapshots()
    if age >= len(moments):
        raise BackupFailed("the archive has no older full copy")
    await context.archive.restore(target, at=moments[-1 - age] - 0.001)
    return ()


async def _from_backups(context: RecoveryContext, budget: Budget, target: Path) -> tuple[str, ...]:
    """Write the newest copy that still passes its check; older ones are tried in turn."""
    await newest_copy_that_fits(context, budget, target)
    return ()


async def _rest_of_a_backup(context: RecoveryContext, budget: Budget, target: Path) -> tuple[str, ...]:
    """Salvage the newest copy that fails its check, unless a newer one is whole, which has all of it."""
    for manifest in itertools.islice(context.backups.manifests(), COPIES_TRIED):
        problem = await _restored(context, budget, manifest.name, target)
        if problem is None:
            await asyncio.to_thread(_remove, target)
            break
        copy = context.backups.folder / manifest.name
        if await asyncio.to_thread(copy.is_file):
            return await _salvaged(copy, (), target)
    raise BackupFailed("no backup is damaged that is newer than a whole one")


async def _restored(context: RecoveryContext, budget: Budget, name: str, target: Path) -> str | None:
    """Write a copy to ``target`` and check it; returns what is wrong with it, and removes it then."""
    try:
        await context.backups.restore_to(name, target, paced=False)
        report = await context.check(target, finished=True, budget=budget)
    except BackupFailed as error:
        return error.detail
    if not report.damaged:
        return None
    await asyncio.to_thread(_remove, target)
    return "; ".join(report.problems[:2])


async def _salvaged(damaged: Path, bad_pages: Sequence[int], target: Path) -> tuple[str, ...]:
    """Write what can be read of a file; returns the tables that may lack rows.

    One without any row of ours is not taken for an empty database, and one that the disk does not give out
    is not taken for damaged.
    """
    task = {"source": str(damaged), "target": str(target), "bad_pages": list(bad_pages)}
    report = SalvageReport.model_validate(await run_child("salvage", task, seconds=SALVAGE_SECONDS))
    if not report.total:
        raise BackupFailed(f"{damaged.name} has no row that could be read")
    if report.unread:
        raise StorageFailed(f"the disk did not answer {report.unread} reads of {damaged.name}")
    return report.incomplete


def _copy_privately(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    target.chmod(0o600)


def _remove(database: Path) -> None:
    for path in parts_of(database):
        path.unlink(missing_ok=True)
