"""Tells administrators once that what is kept beside the database cannot be written, and when it can."""

from __future__ import annotations

from modelus_bot.database.recovery.recovery_context import RecoveryContext
from modelus_bot.runtime.os_errors import in_words

__all__ = ["SidecarWatch"]


class SidecarWatch:
    """Remembers of which of them administrators were told."""

    def __init__(self, context: RecoveryContext) -> None:
        """Begin with none in trouble."""
        self._context = context
        self._told: set[str] = set()

    def look(self) -> None:
        """Tell of those that came into trouble since, or out of it."""
        for sidecar in self._context.sidecars:
            name, error = sidecar.kind.name, sidecar.trouble
            if error is not None and name not in self._told:
                self._told.add(name)
                self._context.alert(
                    "sidecar_not_written",
                    f"The {name} beside the database cannot be written: {in_words(error)}. Changes are saved"
                    f" as ever, but {sidecar.kind.without}. What was kept before is not used then.",
                    "warning",
                    sidecar=name,
                    error=in_words(error),
                )
            elif error is None and name in self._told:
                self._told.discard(name)
                self._context.alert(
                    "sidecar_written_again", f"The {name} can be written again.", "info", sidecar=name
                )
