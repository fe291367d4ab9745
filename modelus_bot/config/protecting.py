"""Settings of what protects the database: copies, the continuous archive, looking for damage."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from modelus_bot.config.section import LIVE, Duration, Seconds, Section

__all__ = ["ArchiveSettings", "BackupSettings", "IntegritySettings"]


class BackupSettings(Section):
    """Verified copies of the database: where they land, how often, how many are kept."""

    folder: Path = Field(
        Path("backups"),
        description="Folder of the copies; relative paths start at config.toml's folder.",
    )
    schedule: Literal["on", "off"] = Field(
        "on", description="Whether copies are made by the clock.", json_schema_extra=LIVE
    )
    every: Duration = Field(
        3600.0, description="Seconds between two scheduled copies.", json_schema_extra=LIVE
    )
    keep_hourly: int = Field(
        24, ge=1, le=1000, description="Hours of which one copy each is kept.", json_schema_extra=LIVE
    )
    keep_daily: int = Field(
        30, ge=0, le=1000, description="Days of which one copy each is kept.", json_schema_extra=LIVE
    )
    keep_weekly: int = Field(
        8, ge=0, le=1000, description="Weeks of which one copy each is kept.", json_schema_extra=LIVE
    )
    attempts: int = Field(
        3,
        ge=1,
        le=20,
        description="Attempts at a copy before administrators are told.",
        json_schema_extra=LIVE,
    )
    megabytes_per_second: float = Field(
        16.0,
        gt=0,
        le=10_000,
        description="Fastest rate at which a copy is written and read back, in megabytes a second.",
        json_schema_extra=LIVE,
    )
    drill_every: Duration = Field(
        21_600.0,
        description="Seconds between two drills, which prove that the copies can be restored.",
        json_schema_extra=LIVE,
    )


class ArchiveSettings(Section):
    """The continuous archive, from which any second of the retention can be restored."""

    mode: Literal["auto", "off"] = Field(
        "auto", description="auto archives where the program litestream is found; off never does."
    )
    binary: str = Field("litestream", description="Name or path of the program.")
    folder: Path = Field(
        Path("backups/archive"), description="Folder of the archive when no bucket is configured."
    )
    url: str = Field(
        "",
        max_length=500,
        description="S3-compatible bucket such as s3://bucket/prefix; empty: the folder.",
    )
    endpoint: str = Field(
        "", max_length=500, description="Address of an S3-compatible service other than Amazon's."
    )
    region: str = Field("us-east-1", max_length=100, description="Region of the bucket.")
    retention_hours: int = Field(
        72, ge=1, le=8760, description="Hours that can be gone back to; each second within the last day."
    )
    snapshot_minutes: int = Field(
        60, ge=1, le=1440, description="Minutes between two snapshots.", json_schema_extra=LIVE
    )
    sync_milliseconds: int = Field(
        200, ge=10, le=60_000, description="Milliseconds between a commit and its copy in the archive."
    )
    lag_alert: Seconds = Field(
        30.0, description="Seconds behind after which administrators are told.", json_schema_extra=LIVE
    )


class IntegritySettings(Section):
    """Looking for damage, and what happens when some is found."""

    check_every: Duration = Field(
        900.0, description="Seconds between two full checks while the bot runs.", json_schema_extra=LIVE
    )
    watch_every: Seconds = Field(
        5.0,
        description="Seconds between two looks at whether the file is still there and untouched.",
        json_schema_extra=LIVE,
    )
    recovery: Literal["auto", "off"] = Field(
        "auto",
        description="auto restores the newest good state by itself; off waits for an operator.",
        json_schema_extra=LIVE,
    )
    confirm_after: Seconds = Field(
        3.0,
        description="Seconds after which damage must look the same before anything is done about it.",
        json_schema_extra=LIVE,
    )
    quarantine: Path = Field(
        Path("data/quarantine"),
        description="Folder for damaged files; the bot never deletes them.",
    )
