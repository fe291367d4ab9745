"""When sprints begin and end is no secret."""

from __future__ import annotations

from modelus_bot.domain.visibility import everybody

__all__ = ["VISIBLE"]

VISIBLE = (everybody("sprints"),)
