"""Administrators see how the database does."""

from __future__ import annotations

from modelus_bot.domain.visibility import ADMIN, those

__all__ = ["VISIBLE"]

VISIBLE = (
    those("db_errors", ADMIN, reported=True),
    those("health_samples", ADMIN, reported=True),
)
