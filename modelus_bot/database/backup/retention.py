"""Which copies may go: a pure decision over their manifests."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from modelus_bot.config import BackupSettings
from modelus_bot.database.backup.manifest import BackupManifest
from modelus_bot.database.backup.naming import Kind

__all__ = ["superfluous"]

HOUR, DAY, WEEK = 3600, 86_400, 604_800
MONDAY = 3 * DAY
"""The first day of 1970 was a Thursday; weeks begin on Mondays."""

KEPT_FOR: dict[Kind, int] = {"manual": 7 * DAY, "pre_migration": 30 * DAY, "pre_restore": 30 * DAY}
"""How many seconds copies stay that were not made by the clock."""

RESTORED_FOR = 30 * DAY
"""How many seconds a copy stays that was put in the database's place."""

FAILED_FOR = 7 * DAY
"""How many seconds a damaged copy stays, for somebody to look at why."""


def superfluous(
    manifests: Sequence[BackupManifest], settings: BackupSettings, age: Callable[[float], float]
) -> tuple[BackupManifest, ...]:
    """Return the copies that may be deleted; ``age`` gives the seconds since a time at which one was made.

    Of each of the last hours, days (UTC) and weeks that have any, the newest copy stays, a verified
    one before a flawed one; copies with a reason stay for as long as the reason may matter, as do those
    that were restored; the newest verified copy and the newest whole one stay whatever their age. Nothing
    goes while there is no verified copy, or while the newest copy is damaged. What is newer is decided by
    the order in which copies were made, so that a clock set back cannot make an old one look new.
    """
    newest_first = sorted(manifests, key=lambda manifest: manifest.order, reverse=True)
    verified = [item for item in newest_first if item.counts]
    whole = [item for item in newest_first if item.whole]
    if not verified or not newest_first[0].whole:
        return ()
    kept = {verified[0].name, whole[0].name}
    kept |= _of_slots(whole, HOUR, settings.keep_hourly)
    kept |= _of_slots(whole, DAY, settings.keep_daily)
    kept |= _of_slots(whole, WEEK, settings.keep_weekly, MONDAY)
    kept |= {item.name for item in newest_first if _has_reason(item, age)}
    return tuple(item for item in newest_first if item.name not in kept)


def _has_reason(manifest: BackupManifest, age: Callable[[float], float]) -> bool:
    """Say whether a copy stays for why it was made, or for being damaged."""
    lasts = KEPT_FOR.get(manifest.kind, 0) if manifest.whole else FAILED_FOR
    restored = manifest.restored_at is not None and age(manifest.restored_at) < RESTORED_FOR
    return restored or (lasts > 0 and age(manifest.created_at) < lasts)


def _of_slots(newest_first: Sequence[BackupManifest], width: int, slots: int, shift: int = 0) -> set[str]:
    """Return one name of each of the newest ``slots`` slots, ``width`` seconds wide, that have any."""
    chosen: dict[int, BackupManifest] = {}
    for item in newest_first:
        slot = int((item.created_at + shift) // width)
        if slot in chosen:
            if item.counts and not chosen[slot].counts:
                chosen[slot] = item
        elif len(chosen) < slots:
            chosen[slot] = item
    return {item.name for item in chosen.values()}
