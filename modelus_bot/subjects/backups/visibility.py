"""Administrators see which copies there are."""

from __future__ import annotations

from modelus_bot.domain.visibility import ADMIN, those

__all__ = ["VISIBLE"]

VISIBLE = (those("backups", ADMIN, reported=True),)
