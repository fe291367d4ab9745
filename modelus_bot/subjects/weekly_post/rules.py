"""What a week is called. Pure."""

from __future__ import annotations

from datetime import date

__all__ = ["week_of"]


def week_of(day: date) -> str:
    """Return a day's week as the calendar of ISO 8601 counts it, such as ``2026-W49``."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"
