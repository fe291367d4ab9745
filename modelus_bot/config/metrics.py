"""Settings of the page that other programs read: figures for Prometheus, and whether the bot is well."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from modelus_bot.config.section import Section

__all__ = ["MetricsSettings"]


class MetricsSettings(Section):
    """Figures and health over HTTP, for monitoring and for a container's probe."""

    serve: Literal["on", "off"] = Field(
        "on", description="Whether /metrics and /health are served; the sandbox never serves them."
    )
    host: str = Field(
        "127.0.0.1",
        min_length=1,
        max_length=255,
        description="Address they are served at; whoever can reach it can read them.",
    )
    port: int = Field(
        9464,
        ge=0,
        le=65535,
        description="Their port; 0 takes a free one. One that is taken is logged, and the bot goes on.",
    )
