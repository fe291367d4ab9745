"""Everybody knows the turn."""

from __future__ import annotations

from modelus_bot.domain.visibility import everybody

__all__ = ["VISIBLE"]

VISIBLE = (everybody("simulation_clock"),)
