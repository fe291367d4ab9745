"""Settings of the health monitor: from when on administrators are told that something is wrong."""

from __future__ import annotations

from pydantic import Field

from modelus_bot.config.section import LIVE, Section

__all__ = ["HealthSettings"]


class HealthSettings(Section):
    """Levels at which administrators are told, and how often; figures are of the last five minutes."""

    error_percent: float = Field(
        5.0,
        gt=0,
        le=100,
        description="Operations that the database fails, in per cent, from which on administrators are told.",
        json_schema_extra=LIVE,
    )
    read_milliseconds: float = Field(
        500.0,
        gt=0,
        le=600_000,
        description="Milliseconds that 99 of 100 queries should take at most.",
        json_schema_extra=LIVE,
    )
    write_milliseconds: float = Field(
        1000.0,
        gt=0,
        le=600_000,
        description="Milliseconds that 99 of 100 changes should take at most.",
        json_schema_extra=LIVE,
    )
    wait_milliseconds: float = Field(
        500.0,
        gt=0,
        le=600_000,
        description="Milliseconds that 99 of 100 queries should wait before they run at most.",
        json_schema_extra=LIVE,
    )
    queue_percent: float = Field(
        50.0,
        gt=0,
        le=100,
        description="Part of database.queue_limit that may wait, in per cent.",
        json_schema_extra=LIVE,
    )
    wal_megabytes: int = Field(
        64,
        ge=1,
        le=1_000_000,
        description="Size that the log beside the database file should not reach, in megabytes.",
        json_schema_extra=LIVE,
    )
    file_limit_megabytes: int = Field(
        2048,
        ge=0,
        le=1_000_000,
        description="Size of the database file at which it is cleaned up, in megabytes; 0: no limit.",
        json_schema_extra=LIVE,
    )
    free_megabytes: int = Field(
        512,
        ge=0,
        le=1_000_000,
        description="Megabytes that should be free on the database's disk; 0 does not look.",
        json_schema_extra=LIVE,
    )
    backup_hours: float = Field(
        3.0,
        gt=0,
        le=8760,
        description="Hours that the newest verified copy may be old while backup.schedule is on.",
        json_schema_extra=LIVE,
    )
    drill_hours: float = Field(
        24.0,
        gt=0,
        le=8760,
        description="Hours that the newest restore drill may be old.",
        json_schema_extra=LIVE,
    )
    gateway_milliseconds: float = Field(
        2000.0,
        gt=0,
        le=600_000,
        description="Milliseconds in which Discord should answer a heartbeat.",
        json_schema_extra=LIVE,
    )
    loop_milliseconds: float = Field(
        250.0,
        gt=0,
        le=600_000,
        description="Milliseconds by which the bot's work may be held up once in a hundred times.",
        json_schema_extra=LIVE,
    )
    clear_percent: float = Field(
        80.0,
        ge=1,
        le=95,
        description="Part of a level, in per cent, at which what was wrong counts as well again.",
        json_schema_extra=LIVE,
    )
    hold_seconds: float = Field(
        60.0,
        ge=0,
        le=3600,
        description="Seconds that something must be wrong without a break before administrators are told.",
        json_schema_extra=LIVE,
    )
    quiet_minutes: float = Field(
        10.0,
        ge=1,
        le=1440,
        description="Minutes of quiet after which it is over; what comes back before joins the same alert.",
        json_schema_extra=LIVE,
    )
    reminder_minutes: float = Field(
        60.0,
        ge=1,
        le=1440,
        description="Minutes until the first reminder of what lasts; each pause is twice the one before.",
        json_schema_extra=LIVE,
    )
