"""What surrounds the database and is looked up by the clock: copies, archive, Discord."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["NOTHING_KNOWN", "Environment"]


@dataclass(frozen=True, slots=True)
class Environment:
    """One look around; moments are UTC seconds, durations seconds, None is not known.

    ``backups_from`` and ``drills_from`` are the newest verified copy and the newest drill, or when the
    bot started if there is none yet; None where none is expected.
    """

    backup_at: int | None = None
    backups_from: float | None = None
    drill_at: int | None = None
    drill_ok: bool | None = None
    drills_from: float | None = None
    archive_lag: float | None = None
    gateway: float | None = None
    """How long Discord takes to answer a heartbeat."""


NOTHING_KNOWN = Environment()
