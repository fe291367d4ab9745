"""Connector: logs in however long Discord is away, stays connected, and ends only when waiting is no use."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

import discord
from loguru import logger

from modelus_bot.gateway.endings import ending_of, longer_pause, passing_words
from modelus_bot.gateway.payloads import survive_unreadable
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.runtime.tasks import owned

if TYPE_CHECKING:
    from discord.gateway import DiscordWebSocket

    from modelus_bot.bot import ModelUsBot

__all__ = ["Connector"]

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds until the next attempt; each pause is twice the one before, give or take a fifth."""
PAUSE_WHEN_BANNED = 60.0
LOGIN_PATIENCE = 120.0
"""Seconds that one login may take, registering the commands included."""
TAKEN_OVER_AFTER = 30.0
"""Seconds after which discord.py, whose pauses grow to a quarter of an hour, is not left to itself."""
LOOK_EVERY = 1.0


class _Away(Exception):
    """The connection was lost and did not come back by itself."""


class Connector:
    """Keeps ``bot`` online with ``token``; ``run`` is a task of its own."""

    def __init__(self, bot: ModelUsBot, token: str) -> None:
        """Connect nothing yet."""
        self.bot, self._token = bot, token
        self._logged_in = False
        self._pause = FIRST_PAUSE
        survive_unreadable(bot)

    async def run(self) -> None:
        """Be online until the bot is closed or the task cancelled; raises ``TurnedAway``."""
        while not self.bot.is_closed():
            try:
                if not self._logged_in:
                    await self._log_in()
                await self._stay()
            except Exception as error:
                turned_away = ending_of(error, was_connected=self.bot.link.was_connected)
                if turned_away is not None:
                    raise turned_away from error
                if self.bot.is_closed():
                    return
                await self._wait_after(error)

    async def _log_in(self) -> None:
        await self._forget_session()
        async with asyncio.timeout(LOGIN_PATIENCE):
            await self.bot.login(self._token)
        self._logged_in = True

    async def _forget_session(self) -> None:
        """Close what an attempt before left open; discord.py opens a new one at each login."""
        http = self.bot.http
        await http.close()
        http.connector = discord.utils.MISSING

    async def _stay(self) -> None:
        """Be connected; raises whatever ends it, or ``_Away`` when discord.py did not come back in time."""
        connection = owned(self.bot.connect(), name="discord-connection")
        try:
            while not connection.done():
                await asyncio.wait({connection}, timeout=LOOK_EVERY)
                if self.bot.link.connected:
                    self._pause = FIRST_PAUSE
                elif self.bot.link.was_connected and self.bot.link.away_for > TAKEN_OVER_AFTER:
                    raise _Away
            await connection
        except AttributeError as error:
            # Where the first connection fails, discord.py looks for one before it and hides the cause.
            raise _cause(error) from error
        finally:
            connection.cancel()
            await asyncio.wait({connection})

    async def _wait_after(self, error: Exception) -> None:
        why = self.bot.link.why if isinstance(error, _Away) else None
        why = why or passing_words(error)
        pause = self._next_pause(error)
        log = logger.bind(error=f"{type(error).__name__}: {error}", pause=round(pause, 1), why=why)
        if "cannot be read" in why:
            log.opt(exception=error).error("discord_not_understood")
        else:
            log.warning("discord_away")
        self.bot.link.lost(why)
        await self._close_socket()
        await asyncio.sleep(pause)

    def _next_pause(self, error: Exception) -> float:
        pause = self._pause * random.uniform(0.8, 1.2)
        self._pause = min(LONGEST_PAUSE, self._pause * 2)
        return max(pause, PAUSE_WHEN_BANNED) if longer_pause(error) else pause

    async def _close_socket(self) -> None:
        """End a connection that an error left open; Discord is told that another one follows."""
        socket: DiscordWebSocket | None = self.bot.ws
        if socket is not None and socket.open:
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await socket.close(code=4000)
            except (OSError, TimeoutError) as error:
                logger.bind(error=in_words(error)).debug("socket_not_closed")


def _cause(error: AttributeError) -> Exception:
    hidden = error.__context__
    return hidden if isinstance(hidden, Exception) else error
