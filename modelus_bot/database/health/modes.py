"""Changes of the mode: each told once with what still works; a mode that keeps changing is told of seldom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from modelus_bot.database.engine import Mode
from modelus_bot.database.health.incidents import AlertPace

__all__ = ["NOTHING_SEEN", "ModeNews", "ModeWatch", "Said", "watched"]

_RANK = {Mode.NORMAL: 0, Mode.READ_ONLY: 1, Mode.DEGRADED: 2}


class Said(Enum):
    """What is to be told."""

    CHANGED = "changed"
    FLAPPING = "flapping"
    SETTLED = "settled"
    LASTING = "lasting"


@dataclass(frozen=True, slots=True)
class ModeNews:
    """Something to tell: the mode now, since when it is not normal (UTC seconds), how often it changed."""

    said: Said
    mode: Mode
    since: float
    changes: int


@dataclass(frozen=True, slots=True)
class ModeWatch:
    """What was seen and told of the mode; an episode lasts until the mode has stayed for the quiet time."""

    seen: Mode = Mode.NORMAL
    changed: float = float("-inf")
    told: frozenset[Mode] = frozenset()
    """Modes that were told of in this episode."""
    changes: int = 0
    flapping: bool = False
    began: float = 0.0
    """When the mode left normal at the beginning of the episode."""
    reminder: float = 0.0
    """When people were told last, or reminded."""
    reminded: int = 0


NOTHING_SEEN = ModeWatch()


def watched(watch: ModeWatch, mode: Mode, at: float, pace: AlertPace) -> tuple[ModeWatch, ModeNews | None]:
    """Return what is known after seeing ``mode``, and what is to be told.

    In an episode each mode is told of once. When one comes again the mode is flapping: that is told, then
    nothing but a worse mode and reminders, until it has stayed the same for ``pace.quiet`` seconds.
    """
    if mode is not watch.seen:
        return _changed(_calmed(watch, at, pace), mode, at)
    if watch.flapping and at - watch.changed >= pace.quiet:
        news = ModeNews(Said.SETTLED, mode, watch.began, watch.changes)
        return replace(_rested(watch), reminder=at, reminded=0), news
    return _reminded(_calmed(watch, at, pace), at, pace)


def _changed(watch: ModeWatch, mode: Mode, at: float) -> tuple[ModeWatch, ModeNews | None]:
    begins = watch.seen is Mode.NORMAL and watch.changes == 0
    began = at if begins else watch.began
    watch = replace(watch, seen=mode, changed=at, changes=watch.changes + 1, began=began)
    worse = all(_RANK[mode] > _RANK[item] for item in watch.told)
    if mode not in watch.told and (worse or not watch.flapping):
        watch = replace(watch, told=watch.told | {mode}, reminder=at, reminded=0)
        return watch, ModeNews(Said.CHANGED, mode, watch.began, watch.changes)
    if watch.flapping:
        return watch, None
    return replace(watch, flapping=True, reminder=at, reminded=0), ModeNews(
        Said.FLAPPING, mode, watch.began, watch.changes
    )


def _calmed(watch: ModeWatch, at: float, pace: AlertPace) -> ModeWatch:
    """End an episode that ended quietly: the mode was told and has stayed."""
    return _rested(watch) if not watch.flapping and at - watch.changed >= pace.quiet else watch


def _rested(watch: ModeWatch) -> ModeWatch:
    told = frozenset[Mode]() if watch.seen is Mode.NORMAL else frozenset({watch.seen})
    return replace(watch, told=told, changes=0, flapping=False)


def _reminded(watch: ModeWatch, at: float, pace: AlertPace) -> tuple[ModeWatch, ModeNews | None]:
    if watch.seen is Mode.NORMAL:
        return watch, None
    if at - watch.reminder < pace.pause(watch.reminded):
        return watch, None
    said = Said.FLAPPING if watch.flapping else Said.LASTING
    news = ModeNews(said, watch.seen, watch.began, watch.changes)
    return replace(watch, reminder=at, reminded=watch.reminded + 1), news
