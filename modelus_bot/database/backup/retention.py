"""Which copies may go: a pure decision over their manifests."""

from __future__ import annotations

from collections.abc import Sequence

from modelus_bot.config import BackupSettings
from modelus_bot.database.backup.manifest import Kind, Manifest

__all__ = ["superfluous"]

HOUR, DAY, WEEK = 3600, 86_400, 604_800
KEPT_FOR: dict[Kind, int] = {"manual": 7 * DAY, "pre_migration": 30 * DAY, "pre_restore": 30 * DAY}
"""How many seconds copies stay that were not made by the clock."""


def superfluous(manifests: Sequence[Manifest], settings: BackupSettings, now: float) -> tuple[Manifest, ...]:
    """Return the copies that may be deleted at ``now`` (UTC seconds).

    Of each of the last hours, days and weeks that have any, the newest verified copy stays; copies
    with a reason stay for as long as the reason may matter; the newest verified copy stays whatever
    its age. Nothing goes while there is no verified copy, or while the newest copy is not verified.
    """
    newest_first = sorted(manifests, key=lambda one: (one.created_at, one.name), reverse=True)
    good = [one for one in newest_first if one.counts]
    if not good or not newest_first[0].counts:
        return ()
    kept = {good[0].name}
    for width, slots in (
        (HOUR, settings.keep_hourly),
        (DAY, settings.keep_daily),
        (WEEK, settings.keep_weekly),
    ):
        kept |= _newest_of_slots(good, width, slots)
    kept |= {one.name for one in good if now - one.created_at < KEPT_FOR.get(one.kind, 0)}
    return tuple(one for one in newest_first if one.name not in kept)


def _newest_of_slots(newest_first: Sequence[Manifest], width: int, slots: int) -> set[str]:
    chosen: dict[int, str] = {}
    for one in newest_first:
        slot = int(one.created_at // width)
        if slot not in chosen and len(chosen) < slots:
            chosen[slot] = one.name
    return set(chosen.values())
