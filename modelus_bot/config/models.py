"""What can be configured: every setting with its default, its range and what it does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

__all__ = [
    "ArchiveSettings",
    "BackupSettings",
    "DatabaseSettings",
    "IntegritySettings",
    "LoggingSettings",
    "SandboxSettings",
    "ServerSettings",
    "Settings",
]

Seconds = Annotated[float, Field(gt=0, le=3600)]
Duration = Annotated[float, Field(ge=1, le=31 * 86_400)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _not_yes_or_no(cls, value: Any) -> Any:
        if isinstance(value, bool):
            raise ValueError("is not a yes-or-no setting")  # noqa: TRY004 - pydantic reports a ValueError
        return value


class ServerSettings(_Section):
    """The community server and its calendar."""

    guild_id: int | None = Field(
        None,
        ge=1,
        description=(
            "Discord id of the server; without it commands are registered everywhere,"
            " which takes Discord up to an hour."
        ),
    )
    timezone: str = Field(
        "America/New_York", description="IANA time zone of the server's calendar days and hand-overs."
    )
    handoff: str = Field(
        "08:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="Time of day (HH:MM) at which duty passes to the next sprint's holders.",
    )
    admin_ids: tuple[int, ...] = Field(
        (), description="Discord ids of members who are administrators of the bot whatever their roles."
    )
    duty_channel_id: int | None = Field(
        None, ge=1, description="Discord id of the channel for cover requests and hand-overs."
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("is not a time zone") from None
        return value

    @property
    def handoff_minute(self) -> int:
        """Minutes after midnight at which duty passes on."""
        hours, minutes = self.handoff.split(":")
        return int(hours) * 60 + int(minutes)


class DatabaseSettings(_Section):
    """The database file, how durable writes are, and how long everything may wait."""

    path: Path = Field(
        Path("data/modelus.db"),
        description="The SQLite file; relative paths start at the folder of config.toml.",
    )
    synchronous: Literal["FULL", "NORMAL"] = Field(
        "FULL",
        description="FULL keeps acknowledged writes through a power cut, NORMAL through a crash of the bot.",
    )
    busy_slice: Seconds = Field(0.25, description="Seconds one attempt waits for another program's lock.")
    write_deadline: Seconds = Field(
        8.0, description="Seconds a write may wait before its author is told that the database is busy."
    )
    read_deadline: Seconds = Field(5.0, description="Seconds a query may take.")
    long_read_deadline: Seconds = Field(
        60.0, description="Seconds a long query (search, export, verification) may take."
    )
    queue_limit: int = Field(
        2000, ge=1, le=100_000, description="Writes that may wait; one more is refused at once."
    )
    group_limit: int = Field(256, ge=1, le=4096, description="Writes that one COMMIT carries at most.")
    close_deadline: Seconds = Field(
        5.0, description="Seconds closing may take before what hangs is left behind."
    )
    breaker_failures: int = Field(
        5,
        ge=1,
        le=1000,
        description="Failures in a row after which operations are refused at once while it is probed.",
    )
    breaker_probe_first: Seconds = Field(
        1.0, description="Seconds until the first probe; the pause doubles from there."
    )
    breaker_probe_cap: Seconds = Field(5.0, description="Longest pause between two probes in seconds.")
    reopen_attempts: int = Field(
        5,
        ge=1,
        le=100,
        description="Attempts at reopening a lost connection before it counts as lost for good.",
    )
    reopen_base: Seconds = Field(1.0, description="Seconds before the second attempt; doubles from there.")
    reopen_cap: Seconds = Field(30.0, description="Longest pause between two attempts in seconds.")
    slow_operation: Seconds = Field(
        0.25, description="Operations that take at least this many seconds are logged as slow."
    )


class BackupSettings(_Section):
    """Verified copies of the database: where they land, how often, how many are kept."""

    folder: Path = Field(
        Path("backups"),
        description="Folder of the copies; relative paths start at config.toml's folder.",
    )
    schedule: Literal["on", "off"] = Field("on", description="Whether copies are made by the clock.")
    every: Duration = Field(3600.0, description="Seconds between two scheduled copies.")
    keep_hourly: int = Field(24, ge=1, le=1000, description="Hours of which one copy each is kept.")
    keep_daily: int = Field(30, ge=0, le=1000, description="Days of which one copy each is kept.")
    keep_weekly: int = Field(8, ge=0, le=1000, description="Weeks of which one copy each is kept.")
    attempts: int = Field(3, ge=1, le=20, description="Attempts at a copy before administrators are told.")
    megabytes_per_second: float = Field(
        100.0, gt=0, le=10_000, description="Fastest rate at which a copy is written, in megabytes a second."
    )
    drill_every: Duration = Field(
        21_600.0,
        description="Seconds between two drills, which prove that the copies can be restored.",
    )


class ArchiveSettings(_Section):
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
    snapshot_minutes: int = Field(60, ge=1, le=1440, description="Minutes between two snapshots.")
    sync_milliseconds: int = Field(
        200, ge=10, le=60_000, description="Milliseconds between a commit and its copy in the archive."
    )
    lag_alert: Seconds = Field(30.0, description="Seconds behind after which administrators are told.")


class IntegritySettings(_Section):
    """Looking for damage, and what happens when some is found."""

    check_every: Duration = Field(900.0, description="Seconds between two full checks while the bot runs.")
    watch_every: Seconds = Field(
        5.0, description="Seconds between two looks at whether the file is still there and untouched."
    )
    recovery: Literal["auto", "off"] = Field(
        "auto", description="auto restores the newest good state by itself; off waits for an operator."
    )
    quarantine: Path = Field(
        Path("data/quarantine"),
        description="Folder for damaged files; the bot never deletes them.",
    )


class LoggingSettings(_Section):
    """What is logged and where."""

    level: Literal["TRACE", "DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO",
        description="Least important level that is logged; DEBUG adds every database operation.",
    )
    file: Path | None = Field(
        None, description="File for JSON lines, rotated; without it only the terminal is written to."
    )
    rotation_megabytes: int = Field(
        10, ge=1, le=10_000, description="Size at which the file is rotated, in megabytes."
    )
    retention_days: int = Field(14, ge=1, le=3650, description="Days rotated files are kept.")


class SandboxSettings(_Section):
    """The bot in a browser page, without a Discord account."""

    host: str = Field("127.0.0.1", description="Address the page is served at; keep it on this machine.")
    port: int = Field(8765, ge=0, le=65535, description="Port of the page; 0 takes a free one.")
    path: Path = Field(Path("data/sandbox.db"), description="The sandbox's own SQLite file.")


class Settings(_Section):
    """Everything that can be configured."""

    server: ServerSettings = ServerSettings()
    database: DatabaseSettings = DatabaseSettings()
    backup: BackupSettings = BackupSettings()
    archive: ArchiveSettings = ArchiveSettings()
    integrity: IntegritySettings = IntegritySettings()
    logging: LoggingSettings = LoggingSettings()
    sandbox: SandboxSettings = SandboxSettings()
    token: SecretStr | None = Field(None, exclude=True)
