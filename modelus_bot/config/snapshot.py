"""Settings of what is answered without asking the database: the snapshot and the cached reads."""

from __future__ import annotations

from pydantic import Field

from modelus_bot.config.section import LIVE, Seconds, Section

__all__ = ["SnapshotSettings"]


class SnapshotSettings(Section):
    """Answers that need no database: the snapshot for when it is away, the cache while it is there."""

    snapshot_seconds: Seconds = Field(
        1.0,
        description="Least seconds between two snapshots, from which the bot answers without a database.",
        json_schema_extra=LIVE,
    )
    hot_reads: int = Field(
        512,
        ge=0,
        le=100_000,
        description="Answers kept in memory until the next change; 0 asks the database every time.",
        json_schema_extra=LIVE,
    )
