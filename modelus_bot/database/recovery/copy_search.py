"""Restores the newest copy that fits, whatever lies in the folder; each refusal is named and ends nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loguru import logger

from modelus_bot.database.backup import BackupListing, BackupManifest, Unlisted, newer_migrations
from modelus_bot.database.core.child_process import ChildFailed, Report
from modelus_bot.database.core.errors import BackupFailed
from modelus_bot.database.core.sidecar_paths import parts_of
from modelus_bot.database.integrity import Budget, CheckReport
from modelus_bot.database.recovery.recovery_context import RecoveryContext

__all__ = ["Limits", "in_order", "newest_copy_that_fits"]

LATER = "it is looked at again at the end: a copy with a manifest holds newer changes"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a search may cost: copies that are written out and checked whole, and seconds in all."""

    whole: int = 100
    seconds: float = 900.0


@dataclass(slots=True)
class _Search:
    """One search: what was refused and why, in the order of looking."""

    context: RecoveryContext
    budget: Budget
    tell: Report
    limits: Limits
    total: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    tried: int = 0
    started: float = field(default_factory=time.monotonic)

    def refuse(self, name: str, why: str) -> None:
        """Name a copy that is not used, in the log and to whoever waits."""
        self.refused[name] = why
        logger.bind(name=name, why=why).warning("backup_refused")
        self.tell({"step": "looking at copies", "done": len(self.refused), "total": self.total})

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.limits.seconds - (time.monotonic() - self.started)

    @property
    def over(self) -> str | None:
        """Say which limit was reached."""
        if self.tried >= self.limits.whole:
            return f"{self.tried} copies were checked whole"
        return f"{self.limits.seconds:.0f} s are over" if self.left <= 0 else None


async def newest_copy_that_fits(
    context: RecoveryContext,
    budget: Budget,
    target: Path,
    *,
    on_progress: Report | None = None,
    limits: Limits | None = None,
) -> str:
    """Write the newest copy that passes every check to ``target`` and return its name.

    Copies without a usable manifest count, too, once a full check has passed them. One of another schema, of
    a newer version, of another program or with other bytes than it was made with is refused at little cost.
    Raises ``BackupFailed`` that names what was refused, and why.
    """
    listing = await asyncio.to_thread(context.backups.listing)
    search = _Search(context, budget, on_progress or (lambda _: None), limits or Limits())
    for item in listing.unlisted:
        if not item.adoptable:
            search.refuse(item.name, item.why)
    queue = in_order(listing)
    search.total = len(queue) + len(search.refused)
    known = max((manifest.audit_id for manifest in listing.manifests if manifest.whole), default=0)
    name = await _first(search, _worth_a_look(search, queue), target, known)
    if name is None:
        raise BackupFailed(_told(search, listing))
    logger.bind(name=name, refused=len(search.refused)).info("backup_chosen")
    return name


def in_order(listing: BackupListing) -> tuple[BackupManifest | Unlisted, ...]:
    """Return the copies to try, newest first: those known to be whole, then others, then failed ones.

    One without a manifest that is newer than all those comes first: it may hold what none of them does.
    """
    whole = [manifest for manifest in listing.manifests if manifest.whole]
    others = [item for item in listing.unlisted if item.adoptable]
    newest = max((item.created_at for item in whole), default=float("-inf"))
    return (
        *(other for other in others if other.made_at > newest),
        *whole,
        *(other for other in others if other.made_at <= newest),
        *(manifest for manifest in listing.manifests if not manifest.whole),
    )


def _worth_a_look(
    search: _Search, queue: Iterable[BackupManifest | Unlisted]
) -> list[BackupManifest | Unlisted]:
    """Refuse what its manifest alone speaks against."""
    kept = []
    for item in queue:
        newer = None
        if isinstance(item, BackupManifest):
            newer = newer_migrations(frozenset(item.migrations), search.context.validator)
        if newer is None:
            kept.append(item)
        else:
            search.refuse(item.name, newer)
    return kept


async def _first(
    search: _Search, queue: Sequence[BackupManifest | Unlisted], target: Path, known: int
) -> str | None:
    """Try one after the other; ``known`` is the newest change that a copy with a manifest holds."""
    postponed: list[BackupManifest | Unlisted] = []
    while queue and search.over is None:
        name = await _next_fit(search, queue)
        if name is None:
            break
        at = next(number for number, item in enumerate(queue) if item.name == name)
        one, queue = queue[at], queue[at + 1 :]
        search.tried += 1
        report = await _restored(search, one, target)
        if report is None:
            continue
        if isinstance(one, Unlisted) and report.audit_id < known:
            search.refuse(name, LATER)
            postponed.append(one)
            await asyncio.to_thread(_remove, target)
            continue
        return name
    if postponed and search.over is None:
        return await _first(search, postponed, target, 0)
    return None


async def _next_fit(search: _Search, queue: Sequence[BackupManifest | Unlisted]) -> str | None:
    """Let one child look at all that is left, until one fits; those before it are refused."""
    task = {"folder": str(search.context.backups.folder), "copies": [_expected(item) for item in queue]}

    def on_progress(said: dict[str, Any]) -> None:
        search.refuse(said["name"], said["why"])

    try:
        seconds = max(1.0, search.left)
        found = await search.budget.child("first_fit", task, on_progress=on_progress, seconds=seconds)
    except ChildFailed as error:
        logger.bind(error=error.detail).warning("backups_not_looked_at")
        return None
    name: str | None = found["name"]
    return name


def _expected(manifest: BackupManifest | Unlisted) -> dict[str, Any]:
    if isinstance(manifest, Unlisted):
        return {"name": manifest.name, "bytes": None, "sha256": None}
    return {"name": manifest.name, "bytes": manifest.bytes, "sha256": manifest.sha256}


async def _restored(search: _Search, manifest: BackupManifest | Unlisted, target: Path) -> CheckReport | None:
    """Write a copy to ``target`` and check it whole; refused, it is removed again."""
    search.tell({"step": f"checking {manifest.name}", "done": len(search.refused), "total": search.total})
    try:
        await search.context.backups.restore_to(manifest.name, target, paced=False)
        report = await search.context.check(target, finished=True, budget=search.budget)
    except (BackupFailed, ChildFailed) as error:
        search.refuse(manifest.name, error.detail)
        return None
    if report.readable:
        return report
    await asyncio.to_thread(_remove, target)
    search.refuse(manifest.name, "; ".join(report.problems[:2]))
    return None


def _told(search: _Search, listing: BackupListing) -> str:
    """Say why nothing was found: the folder, the limits, and of each kind of refusal one name."""
    if listing.empty:
        return "there is no verified backup"
    words = [listing.trouble] if listing.trouble else []
    if (over := search.over) is not None:
        words.append(f"the search was ended: {over}")
    by_reason: dict[str, list[str]] = {}
    for name, why in search.refused.items():
        by_reason.setdefault(why, []).append(name)
    for why, names in list(by_reason.items())[:5]:
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        words.append(f"{names[0]}{more}: {why}")
    return "; ".join(words)


def _remove(database: Path) -> None:
    for path in parts_of(database):
        path.unlink(missing_ok=True)
