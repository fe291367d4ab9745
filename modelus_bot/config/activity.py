"""Settings of what is counted of messages, and when somebody in office counts as inactive."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from modelus_bot.config.section import LIVE, Section

__all__ = ["ActivitySettings"]


class ActivitySettings(Section):
    """Counting messages, never what they say, and judging who holds an office but is not heard."""

    counting: Literal["on", "off"] = Field(
        "on",
        description=(
            "Whether messages are counted by channel, member and day; off does not even ask Discord for them."
        ),
    )
    president_days: int = Field(
        14,
        ge=0,
        le=300,
        description="Days without a message after which a president counts as inactive; 0: never.",
        json_schema_extra=LIVE,
    )
    vice_president_days: int = Field(
        21,
        ge=0,
        le=300,
        description="The same for vice presidents.",
        json_schema_extra=LIVE,
    )
