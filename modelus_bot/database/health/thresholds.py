"""Thresholds with hysteresis: pure decisions about when a value is too bad, and when it is well again."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Level", "Threshold", "judged"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """Raised by values at ``raise_at`` or beyond, cleared by values at ``clear_at`` or better.

    Either must hold without a break, for ``for_seconds`` and ``clear_after``. Which way is worse
    follows from the two levels; raises ``ValueError`` when they are the same.
    """

    name: str
    raise_at: float
    clear_at: float
    for_seconds: float = 0.0
    clear_after: float = 0.0

    def __post_init__(self) -> None:
        """Refuse levels between which there is nothing."""
        if self.raise_at == self.clear_at:
            raise ValueError(f"{self.name}: the levels to raise and to clear at must differ")

    @property
    def high(self) -> bool:
        """Whether higher values are worse."""
        return self.raise_at > self.clear_at

    def beyond(self, value: float) -> bool:
        """Say whether a value is too bad."""
        return value >= self.raise_at if self.high else value <= self.raise_at

    def well(self, value: float) -> bool:
        """Say whether a value is good enough for all to be over."""
        return value <= self.clear_at if self.high else value >= self.clear_at


@dataclass(frozen=True, slots=True)
class Level:
    """Whether a threshold is raised, and since when values speak for the opposite."""

    raised: bool = False
    turning_since: float | None = None


def judged(threshold: Threshold, level: Level, value: float | None, at: float) -> Level:
    """Return the level after a value that was measured ``at`` seconds; None proves nothing."""
    if value is None or not (threshold.well(value) if level.raised else threshold.beyond(value)):
        return Level(level.raised)
    since = level.turning_since
    if since is None or at < since:
        since = at
    held = threshold.clear_after if level.raised else threshold.for_seconds
    return Level(not level.raised) if at - since >= held else Level(level.raised, since)
