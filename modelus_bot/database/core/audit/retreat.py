"""That audit entries were given up: the database went back to an older state."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Retreat"]


@dataclass(frozen=True, slots=True)
class Retreat:
    """Another state was put in place: it ends with audit entry ``back_to``, ``reached`` was there before."""

    reached: int
    back_to: int
    source: str
    at: int
