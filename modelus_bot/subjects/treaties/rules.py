"""How long a proposal waits, and what kinds and states of treaties are called. Pure."""

from __future__ import annotations

from typing import get_args

from modelus_bot.subjects.treaties.model import Treaty, TreatyKind, TreatyStatus

__all__ = ["A_KIND", "KINDS", "LASTS", "STATES", "lasted"]

DAY = 86_400
LASTS = 14 * DAY
"""Seconds for which a proposal can be answered."""
KINDS: dict[TreatyKind, str] = {
    "alliance": "Alliance",
    "trade": "Trade agreement",
    "non_aggression": "Non-aggression pact",
    "defense": "Defense pact",
}
A_KIND: dict[TreatyKind, str] = {
    kind: f"{'an' if name[0] in 'AEIOU' else 'a'} {name[0].lower()}{name[1:]}" for kind, name in KINDS.items()
}
"""Within a sentence."""
STATES: dict[TreatyStatus, str] = {
    "pending": "Proposed",
    "active": "In force",
    "declined": "Declined",
    "withdrawn": "Withdrawn",
    "expired": "Expired",
    "ended": "Ended",
}

if set(KINDS) != set(get_args(TreatyKind)) or set(STATES) != set(get_args(TreatyStatus)):
    raise ValueError("every kind and state of treaties needs its words")


def lasted(treaty: Treaty, now: int) -> str:
    """Say for how long a treaty was in force."""
    days = treaty.days(now)
    return "less than a day" if days == 0 else "1 day" if days == 1 else f"{days:,} days"
