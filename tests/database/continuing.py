"""What serves people while the database is away, as tests need it: no reserve, and an impatient wait."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from modelus_bot.config import DegradationSettings, SnapshotSettings
from modelus_bot.database.continuity import Continuity
from modelus_bot.domain.reconciling import explain, telling


def continuity_of(
    path: Path,
    *,
    patience: float,
    tables: Sequence[str] = ("settings",),
    snapshot_seconds: float = SnapshotSettings().snapshot_seconds,
) -> Continuity:
    """Return it for the database at ``path``; after ``patience`` seconds nobody waits any more."""
    return Continuity(
        path,
        degradation=DegradationSettings(patience=patience),
        snapshot=SnapshotSettings(snapshot_seconds=snapshot_seconds),
        reserve_megabytes=0,
        tables=tables,
        telling=telling,
        explain=explain,
    )
