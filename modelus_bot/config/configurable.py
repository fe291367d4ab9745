"""What every part of the running bot has that is told of edited settings."""

from __future__ import annotations

from typing import Protocol

from modelus_bot.config.models import Settings

__all__ = ["Configurable"]


class Configurable(Protocol):
    """A part that goes on with edited settings."""

    def apply(self, settings: Settings) -> None:
        """Go on with these; what is read at the start alone stays as it was. Must not block."""
