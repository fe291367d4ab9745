"""Administrators see the bot's settings."""

from __future__ import annotations

from modelus_bot.domain.visibility import ADMIN, those

__all__ = ["VISIBLE"]

VISIBLE = (those("settings", ADMIN, reported=True),)
