"""Is the bot well? Decided from what it is doing and what its database can do; pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from modelus_bot.database import Mode

__all__ = ["Phase", "Wellness", "wellness"]

OK, UNAVAILABLE = 200, 503


class Phase(StrEnum):
    """Where the bot is in its life."""

    STARTING = "starting"
    """The database is being opened, or Discord has not answered the login yet."""
    AWAY = "away"
    """Commands cannot reach the bot: no connection to Discord, or the server is not there."""
    RUNNING = "running"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Wellness:
    """The answer: one word, and the HTTP status that says it to programs which read nothing else."""

    status: Literal["starting", "ready", "degraded", "disconnected", "closed"]
    code: int


def wellness(phase: Phase, mode: Mode | None, *, strict: bool = False) -> Wellness:
    """Return how the bot is.

    Without Discord nobody is answered. With a database that is not well people are answered, and starting
    the bot again would not help: that is ``degraded`` and counts as well, except for ``strict`` askers.
    """
    if phase is Phase.CLOSED:
        return Wellness("closed", UNAVAILABLE)
    if phase is Phase.AWAY:
        return Wellness("disconnected", UNAVAILABLE)
    if phase is Phase.STARTING or mode is None:
        return Wellness("starting", UNAVAILABLE)
    if mode is Mode.NORMAL:
        return Wellness("ready", OK)
    return Wellness("degraded", UNAVAILABLE if strict else OK)
