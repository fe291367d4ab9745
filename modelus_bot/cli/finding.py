"""What the doctor finds: how it is meant, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "Grade"]


class Grade(StrEnum):
    """How a finding is meant."""

    FINE = "✓"
    NOTE = "!"
    BAD = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: how it is, and what to do if it is not well."""

    grade: Grade
    text: str
