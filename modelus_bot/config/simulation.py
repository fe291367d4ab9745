"""Settings of the simulation."""

from __future__ import annotations

from pydantic import Field

from modelus_bot.config.section import LIVE, Section

__all__ = ["SimulationSettings"]


class SimulationSettings(Section):
    """How the simulated world goes on."""

    turn_minutes: int = Field(
        1440,
        ge=1,
        le=525_600,
        description=(
            "Minutes of a turn, which is one simulated month: income, interest and instalments come with it."
            " An edit counts from the turn after the next."
        ),
        json_schema_extra=LIVE,
    )
