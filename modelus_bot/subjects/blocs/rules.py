"""How long an invitation waits, in how many blocs a nation is, and names that blocs may have. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.blocs.model import BlocMember
from modelus_bot.text.escaping import NAMELESS, bare

__all__ = ["LASTS", "MOST_BLOCS", "MOST_IN_BLOC", "checked_name", "next_leader"]

LASTS = 14 * 86_400
"""Seconds for which an invitation can be answered."""
MOST_BLOCS = 2
"""In how many blocs a nation is at most."""
MOST_IN_BLOC = 100
"""How many belong to a bloc or are invited to it, so that its card can name them."""


def checked_name(typed: str) -> str:
    """Return a bloc's name without spaces around it; raises ``InvalidInput`` where nothing can be seen."""
    name = " ".join(typed.split())
    if bare(name) == NAMELESS or not any(letter.isalnum() for letter in name):
        raise InvalidInput("A bloc's name needs letters that can be seen.", rule="bloc.name")
    return name


def next_leader(members: Sequence[BlocMember]) -> BlocMember | None:
    """Return who leads after a leader who left: the member of longest standing; None if there is none."""
    return min(members, key=lambda one: (one.at, one.nation_id), default=None)
