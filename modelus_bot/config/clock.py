"""Settings of when the machine's clock is believed."""

from __future__ import annotations

from pydantic import Field

from modelus_bot.config.section import LIVE, Section

__all__ = ["ClockSettings"]


class ClockSettings(Section):
    """When the machine's clock is believed; while it is not, nothing is done or deleted by the clock."""

    jump_seconds: float = Field(
        300.0,
        ge=10,
        le=86_400,
        description=(
            "Seconds by which the machine's clock may be set, or differ from Discord's, before it is doubted."
        ),
        json_schema_extra=LIVE,
    )
    absence_hours: float = Field(
        72.0,
        ge=1,
        le=8760,
        description=(
            "Hours since the last run after which, when the machine was started anew meanwhile, the clock is"
            " doubted until Discord confirms it."
        ),
        json_schema_extra=LIVE,
    )
    steady_minutes: float = Field(
        60.0,
        ge=1,
        le=10_080,
        description=(
            "Minutes after which a clock that was set is believed although nobody has confirmed it, unless"
            " Discord contradicts it. Its jump is left out of all ages."
        ),
        json_schema_extra=LIVE,
    )
