"""What serves people while the database is away, as tests need it: no reserve, and an impatient wait."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from modelus_bot.config import DegradationSettings, SnapshotSettings
from modelus_bot.database.offline.fallback import Fallback
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.notices.writes.saved_changes import explain, telling


def continuity_of(
    path: Path,
    *,
    patience: float,
    tables: Sequence[str] = ("settings",),
    snapshot_seconds: float = SnapshotSettings().snapshot_seconds,
) -> Fallback:
    """Return it for the database at ``path``; after ``patience`` seconds nobody waits any more."""
    return Fallback(
        path,
        degradation=DegradationSettings(patience=patience),
        snapshot=SnapshotSettings(snapshot_seconds=snapshot_seconds),
        reserve_megabytes=0,
        tables=tables,
        telling=telling,
        explain=explain,
        visibility=DECLARED.visibility,
    )
