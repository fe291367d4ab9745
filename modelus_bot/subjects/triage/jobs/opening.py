"""Finding and opening the thread of an item: never a second one, also after a kill in between."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Literal

import discord
from loguru import logger

from modelus_bot.subjects.triage.model import TriageItem
from modelus_bot.text.escaping import bare
from modelus_bot.ui.cards import clip

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["TIMEOUT", "Unavailable", "channel_for_threads", "opened_thread", "thread_of"]

TIMEOUT = 10.0
"""Seconds that Discord may take for one step."""
AGE_TOLERANCE = 60
"""Seconds by which Discord's clock may be behind when a thread is compared with its item."""
OLD = 3600
"""Seconds after which an item's thread may be archived already."""
WEEK: Literal[10080] = 10080
"""Minutes without a word after which Discord puts a thread away."""
_MARKS = re.compile(r"[^\w\s,!?'()-]|_")
"""What a name does without: it stands in lists and messages of Discord's own."""
NO_ROOM = 160_006
"""Discord's code for a server that has as many active threads as it may."""


class Unavailable(Exception):
    """An item's thread cannot be had; ``state`` is what its row says then."""

    def __init__(self, state: str) -> None:
        """Keep the state."""
        super().__init__(state)
        self.state = state


def channel_for_threads(bot: ModelUsBot) -> discord.TextChannel:
    """Return the configured channel; raises ``Unavailable``."""
    number = bot.settings.server.triage_channel_id
    if number is None:
        raise Unavailable("unset")
    found = bot.get_channel(number)
    if not isinstance(found, discord.TextChannel):
        raise Unavailable("refused")
    return found


async def opened_thread(bot: ModelUsBot, item: TriageItem, now: int) -> discord.Thread:
    """Return the thread of an item that has none yet: one that was opened before a kill, or a new one.

    Raises ``Unavailable`` where the bot may not, else what Discord or the network raised.
    """
    channel = channel_for_threads(bot)
    try:
        async with asyncio.timeout(TIMEOUT):
            async for thread in _candidates(channel, item, now):
                if _belongs(thread, item, channel, bot):
                    logger.bind(item=item.id, thread=thread.id).info("triage_thread_found_again")
                    return thread
            return await channel.create_thread(
                name=_name(item),
                type=discord.ChannelType.private_thread,
                invitable=False,
                auto_archive_duration=WEEK,
            )
    except discord.Forbidden as error:
        raise Unavailable("refused") from error
    except discord.HTTPException as error:
        if error.code == NO_ROOM:
            raise Unavailable("refused") from error
        raise


async def thread_of(bot: ModelUsBot, item: TriageItem) -> discord.Thread:
    """Return the thread that an item has; raises ``Unavailable`` where it is gone or closed to the bot."""
    number = item.thread_id or 0
    guild = bot.home
    known = guild.get_thread(number) if guild is not None else None
    if known is not None:
        return known
    try:
        async with asyncio.timeout(TIMEOUT):
            found = await bot.fetch_channel(number)
    except discord.NotFound as error:
        raise Unavailable("deleted") from error
    except discord.Forbidden as error:
        raise Unavailable("refused") from error
    if not isinstance(found, discord.Thread):
        raise Unavailable("deleted")
    return found


async def _candidates(
    channel: discord.TextChannel, item: TriageItem, now: int
) -> AsyncIterator[discord.Thread]:
    """Yield threads that may have been opened for an item."""
    for thread in await channel.guild.active_threads():
        yield thread
    if now - item.created_at < OLD:
        return
    try:
        async for thread in channel.archived_threads(private=True, joined=True, limit=100):
            yield thread
    except discord.Forbidden:
        logger.bind(item=item.id).info("archived_threads_not_readable")


def _belongs(thread: discord.Thread, item: TriageItem, channel: discord.TextChannel, bot: ModelUsBot) -> bool:
    """Say whether a thread is this item's, by its number; after a restore another one may have had that.

    The rest of a name is not compared: Discord may write it its own way.
    """
    own = bot.user is not None and thread.owner_id == bot.user.id
    opened = discord.utils.snowflake_time(thread.id).timestamp()
    return (
        own
        and thread.parent_id == channel.id
        and thread.name.partition(" ")[0] == str(item.id)
        and opened >= item.created_at - AGE_TOLERANCE
    )


def _name(item: TriageItem) -> str:
    """Return what an item's thread is called: its number and the words of its title, without any marks."""
    words = " ".join(_MARKS.sub(" ", bare(item.title)).split()) or "report"
    return clip(f"{item.id} {words}", 100)
