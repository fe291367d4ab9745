"""Treaties are public, proposals too: everybody sees all of them."""

from __future__ import annotations

from modelus_bot.domain.visibility import everybody

__all__ = ["VISIBLE"]

VISIBLE = (everybody("treaties"),)
