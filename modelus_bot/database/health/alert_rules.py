"""What is watched: how each value is measured, from when on it is too bad, and what people are told then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from modelus_bot.config import HealthSettings
from modelus_bot.config.units import MEGABYTE
from modelus_bot.database.health.overview import Overview
from modelus_bot.database.health.rolling import Percentiles
from modelus_bot.database.health.thresholds import Threshold

__all__ = ["NEAR_LIMIT", "SIGNALS", "Signal", "thresholds"]

ENOUGH = 20
"""Latencies below which one slow operation would speak for all."""
ENOUGH_FOR_SHARE = 50
"""Operations below which a share of failed ones is taken of this number."""
NEAR_LIMIT = "file_size"
"""The signal on which a clean-up is asked for."""


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that is measured; ``begun`` and ``over`` are sentences with ``{value}`` and ``{level}``.

    ``level`` returns the level to raise at, None when nobody wants to know. ``critical`` is for what
    loses data or stops the bot if nobody acts.
    """

    name: str
    called: str
    """What is wrong, in a few words."""
    unit: str
    measure: Callable[[Overview, float], float | None]
    level: Callable[[HealthSettings], float | None]
    begun: str
    advice: str
    over: str
    high: bool = True
    critical: bool = False
    held: bool = True
    """Whether it must last before people are told; what changes slowly need not."""


def thresholds(settings: HealthSettings) -> dict[str, Threshold]:
    """Return the thresholds that the settings ask for, by name."""
    share = settings.clear_percent / 100
    found: dict[str, Threshold] = {}
    for signal in SIGNALS:
        level = signal.level(settings)
        if level is None:
            continue
        clear = level * share if signal.high else level / share
        held = settings.hold_seconds if signal.held else 0.0
        found[signal.name] = Threshold(signal.name, level, clear, held, held)
    return found


def _p99(found: Percentiles) -> float:
    return found.p99 if found.p99 is not None and found.count >= ENOUGH else 0.0


def _failed(seen: Overview, _: float) -> float:
    return 100 * seen.failed_lately / max(ENOUGH_FOR_SHARE, seen.operations_lately)


def _queue(seen: Overview, _: float) -> float | None:
    return 100 * seen.queue_depth / seen.queue_limit if seen.queue_limit else None


def _megabytes(count: int | None) -> float | None:
    return None if count is None else count / MEGABYTE


def _hours_since(moment: float | None, at: float) -> float:
    """Return the age in hours; 0 where nothing is expected, so that what was too old is over."""
    return 0.0 if moment is None else max(0.0, at - moment) / 3600


def _gateway(seen: Overview, _: float) -> float | None:
    seconds = seen.surroundings.gateway
    return None if seconds is None else seconds * 1000


SIGNALS: tuple[Signal, ...] = (
    Signal(
        "errors",
        "The database fails what it is asked for",
        "%",
        _failed,
        lambda settings: settings.error_percent,
        "The database fails {value} of what it is asked for.",
        "Look at /dbhealth for the latest failures; their reference codes are in the log.",
        "The database fails hardly anything any more.",
        critical=True,
    ),
    Signal(
        "slow_reads",
        "Looking things up is slow",
        "ms",
        lambda seen, _: _p99(seen.reads),
        lambda settings: settings.read_milliseconds,
        "Looking things up is slow: one query in a hundred takes {value} or longer.",
        "Look at /dbhealth for what is slow, and whether the machine's disk is busy with something else.",
        "Looking things up is quick again.",
    ),
    Signal(
        "slow_writes",
        "Saving is slow",
        "ms",
        lambda seen, _: _p99(seen.writes),
        lambda settings: settings.write_milliseconds,
        "Saving is slow: one change in a hundred takes {value} or longer.",
        "Look at /dbhealth for what is slow, and whether another program locks the file or the disk is busy.",
        "Saving is quick again.",
    ),
    Signal(
        "reader_waits",
        "Queries wait for their turn",
        "ms",
        lambda seen, _: _p99(seen.reader_waits),
        lambda settings: settings.wait_milliseconds,
        "Queries wait for their turn: one in a hundred for {value} or longer.",
        "Something takes the reader's time; look at /dbhealth for what is slow.",
        "Queries no longer wait for their turn.",
    ),
    Signal(
        "queue",
        "Changes pile up",
        "%",
        _queue,
        lambda settings: settings.queue_percent,
        "Changes pile up: {value} of the places in the queue are taken. When it is full, more are refused.",
        "Look whether another program locks the file, or whether the disk is slow.",
        "Changes no longer pile up.",
        critical=True,
    ),
    Signal(
        "wal_size",
        "The log beside the file is large",
        "MB",
        lambda seen, _: _megabytes(seen.wal_bytes),
        lambda settings: float(settings.wal_megabytes),
        "The log beside the database file has grown to {value}.",
        "Something reads for very long or the archive is behind, so that it cannot be folded in;"
        " close programs that have the file open.",
        "The log beside the database file is small again.",
    ),
    Signal(
        NEAR_LIMIT,
        "The file is near its limit",
        "MB",
        lambda seen, _: _megabytes(seen.file_bytes),
        lambda settings: float(settings.file_limit_megabytes) or None,
        "The database file has grown to {value}, which is near its limit. It is being cleaned up.",
        "If it stays large, raise health.file_limit_megabytes or delete what is no longer needed.",
        "The database file is well below its limit again.",
        held=False,
    ),
    Signal(
        "free_space",
        "Little disk space is free",
        "MB",
        lambda seen, _: _megabytes(seen.free_bytes),
        lambda settings: float(settings.free_megabytes) or None,
        "Only {value} are free on the database's disk. When it is full, nothing can be saved.",
        "Free some space, or move the copies elsewhere.",
        "There is enough free space on the database's disk again.",
        high=False,
        critical=True,
    ),
    Signal(
        "backup_age",
        "The newest copy is old",
        "hours",
        lambda seen, at: _hours_since(seen.surroundings.backups_from, at),
        lambda settings: settings.backup_hours,
        "There has been no new verified copy of the database for {value}.",
        "Make one with /backup create, and look in the log why the clock made none.",
        "There is a new verified copy of the database.",
        critical=True,
        held=False,
    ),
    Signal(
        "drill_age",
        "The last restore drill is old",
        "hours",
        lambda seen, at: _hours_since(seen.surroundings.drills_from, at),
        lambda settings: settings.drill_hours,
        "For {value} nobody has proved that the copies can be restored.",
        "Look in the log why the restore drill by the clock was not made.",
        "A restore drill was made again.",
        held=False,
    ),
    Signal(
        "gateway",
        "Discord answers slowly",
        "ms",
        _gateway,
        lambda settings: settings.gateway_milliseconds,
        "Discord takes {value} to answer, so the bot seems slow although the database is not to blame.",
        "Look at the network of the machine and at Discord's status page.",
        "Discord answers quickly again.",
    ),
    Signal(
        "loop_delay",
        "The bot is held up",
        "ms",
        lambda seen, _: _p99(seen.loop_delay),
        lambda settings: settings.loop_milliseconds,
        "The bot is held up: one time in a hundred it goes on {value} late.",
        "The machine has too little to give; look what else runs on it.",
        "The bot is no longer held up.",
    ),
)
"""Everything that is watched. How far the archive is behind is told of by the archive itself."""
