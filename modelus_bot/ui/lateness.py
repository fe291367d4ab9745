"""Whether an interaction is too old to be answered, by what was seen of others: the clock may be wrong."""

from __future__ import annotations

from collections import deque
from typing import Any

import discord
from loguru import logger

from modelus_bot.clock.clock import since_start
from modelus_bot.database import Alert
from modelus_bot.runtime.tunables import Tunable

__all__ = ["TIMEOUT", "Arrivals", "too_late"]

TIMEOUT = Tunable(2.8)
"""Seconds after which an interaction is dropped: Discord takes no first answer after three."""
WINDOW = 900.0
"""Seconds for which an arrival says how long the way from Discord takes at least."""
IN_A_ROW = 5
"""Interactions in a row that came too late, of which administrators are told."""


class Arrivals:
    """Judges how long each interaction was on its way, by the quickest one of the last minutes.

    How far the machine's clock is from Discord's is in every arrival alike, so it cancels out. Memory and
    time are bounded: of arrivals that a later, quicker one has made useless, none is kept.
    """

    def __init__(self) -> None:
        """Nothing has arrived yet."""
        self._quickest: deque[tuple[float, float]] = deque()
        self.late_in_a_row = 0

    def age(self, created: float, *, steady: float, wall: float) -> float:
        """Take an arrival and return its age in seconds, rather too little than too much.

        ``created`` is when Discord says it came to be, ``wall`` what the machine's clock says, both in UTC
        seconds; ``steady`` are seconds that nobody can set.
        """
        way = steady - created
        while self._quickest and self._quickest[0][0] < steady - WINDOW:
            self._quickest.popleft()
        while self._quickest and self._quickest[-1][1] >= way:
            self._quickest.pop()
        self._quickest.append((steady, way))
        age = min(way - self._quickest[0][1], wall - created)
        self.late_in_a_row = self.late_in_a_row + 1 if age > TIMEOUT.value else 0
        return age


def too_late(interaction: discord.Interaction[Any]) -> bool:
    """Say whether an interaction is too old to be answered; many in a row are told to administrators."""
    arrivals, wall = interaction.client.arrivals, discord.utils.utcnow().timestamp()
    created = interaction.created_at.timestamp()
    age = arrivals.age(created, steady=since_start(), wall=wall)
    if age <= TIMEOUT.value:
        return False
    logger.bind(interaction=interaction.id, seconds=round(age, 1)).warning("interaction_too_old")
    protection = interaction.client.db.protection
    if arrivals.late_in_a_row == IN_A_ROW and protection is not None:
        protection.tell(_alert(age, wall - created))
    return True


def _alert(age: float, apart: float) -> Alert:
    return Alert(
        "interactions_too_old",
        f"{IN_A_ROW} commands or presses in a row came too late to be answered, the last one {age:.1f} s"
        f" after it was made (by this machine's clock {apart:.1f} s)."
        " Look at the network, and whether the machine is overloaded or stands still now and then.",
        "critical",
        {"age": round(age, 1), "apart": round(apart, 1)},
    )
