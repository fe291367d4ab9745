"""How things stand with Discord at present: connected or not, since when, why, and the last heartbeat."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["DiscordLink", "LinkStanding", "standing"]

LATE = 1.5
"""A heartbeat that was not answered for this many of its intervals is missing."""
LEAST_LATE = 5.0
"""Seconds that any heartbeat may take."""


class DiscordLink:
    """What the connection's events have told; ``why`` says in a sentence what keeps the bot from Discord."""

    def __init__(self, bot: ModelUsBot) -> None:
        """Listen to the bot's events; nothing is connected yet."""
        self.connected = False
        self.was_connected = False
        self.changed_at = time.monotonic()
        self.why: str | None = None
        for name in ("on_connect", "on_resumed"):
            bot.add_listener(self._came, name)
        bot.add_listener(self._went, "on_disconnect")

    async def _came(self) -> None:
        self.connected, self.why = True, None
        self.was_connected = True
        self.changed_at = time.monotonic()

    async def _went(self) -> None:
        if self.was_connected:
            self.lost("The connection to Discord was lost; the bot is connecting again.")

    def lost(self, why: str) -> None:
        """Note that there is no connection."""
        if self.connected:
            self.changed_at = time.monotonic()
        self.connected, self.why = False, why

    @property
    def away_for(self) -> float:
        """Seconds without a connection; 0 while there is one."""
        return 0.0 if self.connected else time.monotonic() - self.changed_at


@dataclass(frozen=True, slots=True)
class LinkStanding:
    """Whether commands can reach the bot, and if not, why; ``heartbeat`` is the age of the last answer."""

    reachable: bool
    why: str | None
    heartbeat: float | None


def standing(bot: ModelUsBot) -> LinkStanding:
    """Look at connection, heartbeat and server."""
    link = bot.link
    age, interval = _heartbeat(bot)
    if not link.connected:
        return LinkStanding(reachable=False, why=link.why, heartbeat=age)
    if age is not None and interval is not None and age > max(LEAST_LATE, LATE * interval):
        why = f"Discord has not answered for {age:.0f} seconds, though the connection stands."
        return LinkStanding(reachable=False, why=why, heartbeat=age)
    why_not = _not_at_home(bot)
    return LinkStanding(why_not is None, why_not, age)


def _not_at_home(bot: ModelUsBot) -> str | None:
    """Say why the server's commands do not reach the bot, once it knows in which servers it is."""
    if not bot.is_ready():
        return None
    named, guild = bot.settings.server.guild_id, bot.home
    if guild is None and named is not None:
        return f"The bot is not in the server {named} any more. Invite it again."
    if guild is None and bot.guilds:
        return f"The bot is in {len(bot.guilds)} servers. Say in server.guild_id which one it serves."
    if guild is None:
        return "The bot is in no server. Invite it."
    return "Discord says that the server is unavailable at present." if guild.unavailable else None


def _heartbeat(bot: ModelUsBot) -> tuple[float | None, float | None]:
    """Return the age of the last answered heartbeat and the pause between two, if there is a connection."""
    keeper: Any = getattr(bot.ws, "_keep_alive", None)  # discord.py tells of its latency only
    if keeper is None:
        return None, None
    return max(0.0, time.perf_counter() - keeper._last_ack), keeper.interval  # noqa: SLF001
