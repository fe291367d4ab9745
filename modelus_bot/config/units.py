"""Units that settings are in."""

from __future__ import annotations

__all__ = ["MEGABYTE", "megabytes"]

MEGABYTE = 1024 * 1024
"""Bytes in each megabyte, of a setting or in a sentence."""


def megabytes(count: float) -> str:
    """Return a number of bytes as people read it."""
    return f"{count / MEGABYTE:,.1f} MB"
