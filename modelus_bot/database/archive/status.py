"""What the archive is doing, in figures and in words."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LOST_WITHOUT", "ArchiveStatus"]

LOST_WITHOUT = (
    "Copies are still made on schedule, but if the disk is lost, everything since the last copy is lost"
    " with it, and moments between two copies cannot be restored."
)
"""What people have to know when nothing is archived."""


@dataclass(frozen=True, slots=True)
class ArchiveStatus:
    """One look at the archive; times are UTC seconds, durations are seconds."""

    available: bool
    """True when the program is there, fits, and is not switched off."""
    running: bool
    """True while the program works and reports that it does."""
    target: str
    """The folder or bucket."""
    version: str = ""
    lag: float | None = None
    """Age of the newest moment that is known to be archived; None before the first."""
    last_sync: float | None = None
    behind: bool = False
    """True from the moment administrators were told of a lag until it is over."""
    restarts: int = 0
    last_snapshot: float | None = None
    snapshots_held: bool = False
    """True when the last snapshot was not made because the database did not pass its check."""
    why: str = ""
    """Why it is not available or not running, or what is wrong; empty when all is well."""

    @property
    def words(self) -> str:
        """One or two sentences for an operator."""
        if not self.available:
            return f"Nothing is archived. {self.why} {LOST_WITHOUT}"
        if not self.running:
            return f"Nothing is being archived in {self.target}: {self.why}"
        behind = "" if self.lag is None else f", {self.lag:.1f} s behind"
        held = " No snapshot is made until the database passes its check." if self.snapshots_held else ""
        return f"Every change is archived in {self.target}{behind}.{held}"
