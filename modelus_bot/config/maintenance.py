"""Settings of maintenance: when it is due, and how much disk space is held back."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from modelus_bot.config.section import LIVE, Section, TimeOfDay, Weekday, minute_of, weekday_number

__all__ = ["MaintenanceSettings", "Weekday"]


class MaintenanceSettings(Section):
    """Pruning, optimising and vacuuming by the clock, and a reserve for the day the disk is full."""

    schedule: Literal["on", "off"] = Field(
        "on",
        description="Whether maintenance runs by the clock and when the file gets too large.",
        json_schema_extra=LIVE,
    )
    weekday: Weekday = Field(
        "sunday", description="Day of the week, in the server's time zone.", json_schema_extra=LIVE
    )
    time: TimeOfDay = Field(
        "05:00",
        description="Time of that day (HH:MM), in the server's time zone.",
        json_schema_extra=LIVE,
    )
    vacuum: Literal["auto", "off"] = Field(
        "auto",
        description="auto rewrites the file when much of it is empty and the disk has space; off never does.",
        json_schema_extra=LIVE,
    )
    keep_conversations: int = Field(
        365,
        ge=0,
        le=3650,
        description=("Days that what was said about a report is kept after it was closed; 0: for ever."),
        json_schema_extra=LIVE,
    )
    keep_events: int = Field(
        365,
        ge=0,
        le=3650,
        description=("Days that what happened is kept for `/feed recent`; 0: for ever."),
        json_schema_extra=LIVE,
    )
    keep_activity: int = Field(
        365,
        ge=0,
        le=3650,
        description=(
            "Days that it is kept who wrote how many messages in which channel on a day; 0: for ever. Fewer"
            " than the days after which somebody in office counts as inactive make no sense."
        ),
        json_schema_extra=LIVE,
    )
    reserve_megabytes: int = Field(
        32,
        ge=0,
        le=4096,
        description="Disk space held back, so that the bot can work on when the disk is full; 0: none.",
        json_schema_extra=LIVE,
    )

    @property
    def weekday_number(self) -> int:
        """The day as ``date.weekday()`` counts it: Monday is 0."""
        return weekday_number(self.weekday)

    @property
    def minute(self) -> int:
        """Minutes after midnight."""
        return minute_of(self.time)
