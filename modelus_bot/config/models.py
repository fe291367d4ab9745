"""What can be configured: every setting with its default, its range and what it does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, field_validator

from modelus_bot.config.activity import ActivitySettings
from modelus_bot.config.clock import ClockSettings
from modelus_bot.config.degradation import DegradationSettings
from modelus_bot.config.health import HealthSettings
from modelus_bot.config.maintenance import MaintenanceSettings
from modelus_bot.config.metrics import MetricsSettings
from modelus_bot.config.protecting import ArchiveSettings, BackupSettings, IntegritySettings
from modelus_bot.config.section import (
    LIVE,
    DiscordId,
    Seconds,
    Section,
    TimeOfDay,
    Weekday,
    minute_of,
    weekday_number,
)
from modelus_bot.config.simulation import SimulationSettings
from modelus_bot.config.snapshot import SnapshotSettings

__all__ = ["DatabaseSettings", "LoggingSettings", "SandboxSettings", "ServerSettings", "Settings"]


class ServerSettings(Section):
    """The community server and its calendar."""

    guild_id: DiscordId | None = Field(
        None,
        description=(
            "Discord id of the server; without it commands are registered everywhere,"
            " which takes Discord up to an hour."
        ),
    )
    timezone: str = Field(
        "America/New_York",
        description="IANA time zone of the server's calendar days and hand-overs.",
        json_schema_extra=LIVE,
    )
    handoff: TimeOfDay = Field(
        "08:00",
        description="Time of day (HH:MM) at which duty passes to the next sprint's holders.",
        json_schema_extra=LIVE,
    )
    reminder_days: tuple[Annotated[int, Field(ge=1, le=60)], ...] = Field(
        (7, 1),
        max_length=5,
        description=(
            "Days before a turn begins at which its holder is reminded, at the hand-over's time of day;"
            " without any nobody is."
        ),
        json_schema_extra=LIVE,
    )
    heads_up: TimeOfDay = Field(
        "17:00",
        description=(
            "Time of day (HH:MM) at which, on the last working day before a hand-over, those who pass duty on"
            " or get it are told."
        ),
        json_schema_extra=LIVE,
    )
    admin_ids: tuple[DiscordId, ...] = Field(
        (),
        description="Discord ids of members who are administrators of the bot whatever their roles.",
        json_schema_extra=LIVE,
    )
    duty_channel_id: DiscordId | None = Field(
        None,
        description="Discord id of the channel for cover requests and hand-overs.",
        json_schema_extra=LIVE,
    )
    alert_channel_id: DiscordId | None = Field(
        None,
        description="Discord id of the channel in which administrators also read what is wrong.",
        json_schema_extra=LIVE,
    )
    weekly_channel_id: DiscordId | None = Field(
        None,
        description=(
            "Discord id of the channel in which is posted once a week who is on duty; without it nothing is."
        ),
        json_schema_extra=LIVE,
    )
    weekly_day: Weekday = Field(
        "monday",
        description="Day of the week of that post, in the server's time zone.",
        json_schema_extra=LIVE,
    )
    weekly_time: TimeOfDay = Field(
        "09:00",
        description="Time of that day (HH:MM), in the server's time zone.",
        json_schema_extra=LIVE,
    )
    triage_channel_id: DiscordId | None = Field(
        None,
        description=(
            "Discord id of the channel in which each report gets a private thread;"
            " without it reports are dealt with in direct messages."
        ),
        json_schema_extra=LIVE,
    )
    archive_channel_id: DiscordId | None = Field(
        None,
        description=(
            "Discord id of the channel in which pictures are kept that must not expire, such as flags;"
            " without it nations cannot have flags."
        ),
        json_schema_extra=LIVE,
    )
    feed_channel_id: DiscordId | None = Field(
        None,
        description=(
            "Discord id of the channel in which is posted what happens to nations, laws and wars;"
            " without it nothing is, and `/feed recent` shows it all the same."
        ),
        json_schema_extra=LIVE,
    )
    feed_hours: int = Field(
        24,
        ge=1,
        le=168,
        description=(
            "Hours after which what happened is not posted any more, so that a channel that could not be used"
            " for long is not flooded."
        ),
        json_schema_extra=LIVE,
    )

    map_file: Path | None = Field(
        None,
        description=(
            "SVG or GeoJSON file with the regions of the server's own map, each with its name; without it the"
            " map of tiles that ships with the bot is shown."
        ),
        json_schema_extra=LIVE,
    )
    stop_patience: Seconds = Field(
        5.0,
        description="Seconds that stopping waits for those who are being answered.",
        json_schema_extra=LIVE,
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
        return minute_of(self.handoff)

    @property
    def heads_up_minute(self) -> int:
        """Minutes after midnight at which people hear of a hand-over."""
        return minute_of(self.heads_up)

    @property
    def weekly_minute(self) -> int:
        """Minutes after midnight of the weekly post."""
        return minute_of(self.weekly_time)

    @property
    def weekly_day_number(self) -> int:
        """The day of the weekly post as ``date.weekday()`` counts it: Monday is 0."""
        return weekday_number(self.weekly_day)


class DatabaseSettings(Section):
    """The database file, how durable writes are, and how long everything may wait."""

    path: Path = Field(
        Path("data/modelus.db"),
        description="The SQLite file; relative paths start at the folder of config.toml.",
    )
    synchronous: Literal["FULL", "NORMAL"] = Field(
        "FULL",
        description="FULL keeps acknowledged writes through a power cut, NORMAL through a crash of the bot.",
    )
    busy_slice: Seconds = Field(
        0.25, description="Seconds one attempt waits for another program's lock.", json_schema_extra=LIVE
    )
    write_deadline: Seconds = Field(
        8.0,
        description="Seconds a write may wait before its author is told that the database is busy.",
        json_schema_extra=LIVE,
    )
    read_deadline: Seconds = Field(5.0, description="Seconds a query may take.", json_schema_extra=LIVE)
    long_read_deadline: Seconds = Field(
        60.0,
        description="Seconds a long query (search, export, verification) may take.",
        json_schema_extra=LIVE,
    )
    queue_limit: int = Field(
        2000,
        ge=1,
        le=100_000,
        description="Writes that may wait; one more is refused at once.",
        json_schema_extra=LIVE,
    )
    group_limit: int = Field(
        256, ge=1, le=4096, description="Writes that one COMMIT carries at most.", json_schema_extra=LIVE
    )
    close_deadline: Seconds = Field(
        5.0, description="Seconds closing may take before what hangs is left behind.", json_schema_extra=LIVE
    )
    breaker_failures: int = Field(
        5,
        ge=1,
        le=1000,
        description="Failures in a row after which operations are refused at once while it is probed.",
        json_schema_extra=LIVE,
    )
    breaker_probe_first: Seconds = Field(
        1.0,
        description="Seconds until the first probe; the pause doubles from there.",
        json_schema_extra=LIVE,
    )
    breaker_probe_cap: Seconds = Field(
        5.0, description="Longest pause between two probes in seconds.", json_schema_extra=LIVE
    )
    reopen_attempts: int = Field(
        5,
        ge=1,
        le=100,
        description="Attempts at reopening a lost connection before it counts as lost for good.",
        json_schema_extra=LIVE,
    )
    reopen_base: Seconds = Field(
        1.0, description="Seconds before the second attempt; doubles from there.", json_schema_extra=LIVE
    )
    reopen_cap: Seconds = Field(
        30.0, description="Longest pause between two attempts in seconds.", json_schema_extra=LIVE
    )
    slow_operation: Seconds = Field(
        0.25,
        description="Operations that take at least this many seconds are logged as slow.",
        json_schema_extra=LIVE,
    )


class LoggingSettings(Section):
    """What is logged and where."""

    level: Literal["TRACE", "DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO",
        description="Least important level that is logged; DEBUG adds every database operation.",
        json_schema_extra=LIVE,
    )
    file: Path | None = Field(
        None,
        description="File for JSON lines, rotated; without it only the terminal is written to.",
        json_schema_extra=LIVE,
    )
    rotation_megabytes: int = Field(
        10,
        ge=1,
        le=10_000,
        description="Size at which the file is rotated, in megabytes.",
        json_schema_extra=LIVE,
    )
    retention_days: int = Field(
        14, ge=1, le=3650, description="Days rotated files are kept.", json_schema_extra=LIVE
    )
    statistics_minutes: int = Field(
        15,
        ge=0,
        le=1440,
        description="Minutes between two log events with the database's counts and latencies; 0: none.",
        json_schema_extra=LIVE,
    )

    @property
    def shows_operations(self) -> bool:
        """Whether every operation of the database is logged, with its fields."""
        return self.level in ("TRACE", "DEBUG")


class SandboxSettings(Section):
    """The bot in a browser page, without a Discord account."""

    host: str = Field("127.0.0.1", description="Address the page is served at; keep it on this machine.")
    port: int = Field(8765, ge=0, le=65535, description="Port of the page; 0 takes a free one.")
    path: Path = Field(Path("data/sandbox.db"), description="The sandbox's own SQLite file.")


class Settings(Section):
    """Everything that can be configured."""

    server: ServerSettings = ServerSettings()
    activity: ActivitySettings = ActivitySettings()
    database: DatabaseSettings = DatabaseSettings()
    backup: BackupSettings = BackupSettings()
    archive: ArchiveSettings = ArchiveSettings()
    integrity: IntegritySettings = IntegritySettings()
    degradation: DegradationSettings = DegradationSettings()
    snapshot: SnapshotSettings = SnapshotSettings()
    health: HealthSettings = HealthSettings()
    maintenance: MaintenanceSettings = MaintenanceSettings()
    metrics: MetricsSettings = MetricsSettings()
    clock: ClockSettings = ClockSettings()
    simulation: SimulationSettings = SimulationSettings()
    logging: LoggingSettings = LoggingSettings()
    sandbox: SandboxSettings = SandboxSettings()
    token: SecretStr | None = Field(None, exclude=True)
