"""Why Discord turns the bot away for good, told from what passes when one waits; pure."""

from __future__ import annotations

import aiohttp
import discord

from modelus_bot.gateway.turned_away import WAS_RESET, Ending, TurnedAway

__all__ = ["ending_of", "longer_pause", "passing_words"]


BY_CLOSE_CODE = {
    4004: Ending.TOKEN,
    4010: Ending.SHARDING,
    4011: Ending.SHARDING,
    4012: Ending.VERSION,
    4013: Ending.INTENTS,
    4014: Ending.INTENTS,
}

TOO_MANY, FORBIDDEN, SERVER_FAULTS = 429, 403, 500


def ending_of(error: BaseException, *, was_connected: bool) -> TurnedAway | None:
    """Return why it is over for good; None when waiting may help."""
    if isinstance(error, TurnedAway):
        return error
    ending = None
    if isinstance(error, discord.LoginFailure):
        ending = Ending.TOKEN
    elif isinstance(error, discord.PrivilegedIntentsRequired):
        ending = Ending.INTENTS
    elif isinstance(error, discord.ConnectionClosed):
        ending = BY_CLOSE_CODE.get(error.code or 0)
    if ending is None:
        return None
    return TurnedAway(ending, WAS_RESET if ending is Ending.TOKEN and was_connected else None)


def passing_words(error: BaseException) -> str:
    """Say in a sentence what keeps the bot from Discord for now."""
    if isinstance(error, discord.HTTPException):
        if error.status >= SERVER_FAULTS:
            return f"Discord has trouble of its own (HTTP {error.status})."
        if error.status == TOO_MANY:
            return "Discord asks the bot to wait before it logs in again (HTTP 429)."
        return f"Discord refused the login (HTTP {error.status}); the log says more."
    if isinstance(error, aiohttp.WSServerHandshakeError):
        return f"Discord's gateway does not answer (HTTP {error.status})."
    if isinstance(error, aiohttp.ClientError | OSError | TimeoutError | discord.GatewayNotFound):
        return "Discord cannot be reached. Check the network if this lasts."
    if isinstance(error, discord.ConnectionClosed):
        return f"Discord closed the connection (code {error.code})."
    return f"Something came from Discord that cannot be read ({type(error).__name__}); the log says more."


def longer_pause(error: BaseException) -> bool:
    """Say whether asking again soon would make it worse: Discord bans addresses that do not stop asking."""
    return isinstance(error, discord.HTTPException) and error.status in {TOO_MANY, FORBIDDEN}
