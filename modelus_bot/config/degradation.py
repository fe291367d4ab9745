"""Settings of what goes on while the database is away."""

from __future__ import annotations

from pydantic import Field

from modelus_bot.config.section import LIVE, Seconds, Section

__all__ = ["DegradationSettings"]


class DegradationSettings(Section):
    """Changes that are saved for later while the database is away."""

    patience: Seconds = Field(
        2.0,
        description=(
            "Seconds after which a change is saved for later, or an answer taken from the snapshot,"
            " instead of waiting for the database."
        ),
        json_schema_extra=LIVE,
    )
    journal_megabytes: int = Field(
        16,
        ge=1,
        le=1024,
        description="Size up to which changes are saved for later, in megabytes; then they are refused.",
        json_schema_extra=LIVE,
    )
    journal_hours: int = Field(
        72,
        ge=1,
        le=144,
        description=(
            "Hours after which a saved change is not applied any more, and its author is told; while the"
            " oldest waits for longer, no others are saved."
        ),
        json_schema_extra=LIVE,
    )
    journal_retries: int = Field(
        20,
        ge=1,
        le=1000,
        description="Times a saved change is tried before it is refused; its author is told.",
        json_schema_extra=LIVE,
    )
