"""What the bot sends by itself: each message once, however often sending it has to be tried."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import discord
from loguru import logger

from modelus_bot.runtime.os_errors import in_words
from modelus_bot.runtime.tunables import Pauses
from modelus_bot.ui.answering import FAILURES, may_have_arrived, passes
from modelus_bot.ui.cards import Card
from modelus_bot.ui.rendering import embed_of, embeds_of

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["Mailroom", "channel_of", "find_sent", "nonce_of", "rewrite", "send"]

TIMEOUT = 8.0
"""Seconds that sending to one place may take, its tries and Discord's rate limits included."""
FINDING_PATIENCE = 5.0
"""Seconds that asking for a channel may take."""
OPENING_PATIENCE = 2.0
"""Seconds that opening somebody's direct messages may take; only one is opened at a time."""
LATELY = 100
"""Messages that are looked through for one that may have been sent."""
PAUSES = Pauses((0.5, 1.5))
"""Seconds between the tries; whoever wants it sent after that tries again later, under the same key."""


def nonce_of(key: str) -> str:
    """Return a message's nonce, at most 25 characters: a message that repeats it is the same to Discord."""
    return hashlib.blake2b(key.encode(), digest_size=12).hexdigest()


async def send(
    place: discord.abc.Messageable,
    *,
    key: str,
    content: str | None = None,
    card: Card | None = None,
    cards: Sequence[Card] = (),
    view: discord.ui.View | None = None,
    files: Sequence[Callable[[], discord.File]] = (),
    unsure: Callable[[], None] = lambda: None,
) -> discord.Message:
    """Send a message, of one card or several, and return it.

    The same ``key`` is there once, also if it is sent again minutes later: it says everything that makes it
    another message. ``files`` make what is attached, for each try. ``unsure`` is called when a try that
    failed may have arrived. Raises what Discord or the network raised, ``TimeoutError`` included.
    """
    drawn = embeds_of([card] if card is not None else cards)
    parts: dict[str, Any] = {"content": content, "embeds": drawn or None, "view": view}
    message = {name: part for name, part in parts.items() if part is not None}

    def attached() -> dict[str, Any]:
        return {"files": [make() for make in files]} if files else {}

    async with asyncio.timeout(TIMEOUT):
        for pause in PAUSES.value:
            try:
                return await place.send(**message, **attached(), nonce=nonce_of(key))
            except FAILURES as error:
                if not passes(error):
                    raise
                if may_have_arrived(error):
                    unsure()
                logger.bind(error=in_words(error)).info("message_sent_again")
            await asyncio.sleep(pause)
        return await place.send(**message, **attached(), nonce=nonce_of(key))


async def find_sent(
    place: discord.abc.Messageable, since: float, fits: Callable[[discord.Message], bool]
) -> discord.Message | None:
    """Return what the bot sent somewhere lately, not before ``since`` (UTC seconds), if something fits.

    Discord remembers nonces for minutes only. Raises what Discord or the network raised.
    """
    async with asyncio.timeout(TIMEOUT):
        async for message in place.history(limit=LATELY):
            if message.created_at.timestamp() < since:
                return None
            if fits(message):
                return message
    return None


async def channel_of(
    bot: ModelUsBot, number: int, *, seconds: float = FINDING_PATIENCE
) -> discord.abc.Messageable | None:
    """Return the channel ``number``; None when nothing can be sent there. Raises what Discord raises."""
    async with asyncio.timeout(seconds):
        found = bot.get_channel(number) or await bot.fetch_channel(number)
    return found if isinstance(found, discord.abc.Messageable) else None


async def rewrite(
    message: discord.Message | discord.PartialMessage, card: Card, view: discord.ui.View | None = None
) -> None:
    """Let a message show another card; without ``view`` it loses its buttons. Raises as ``send`` does."""
    await message.edit(embed=embed_of(card), view=view)


class Mailroom:
    """Opens people's direct messages, one after the other: Discord lets a bot open one at a time.

    Somebody whose direct messages cannot be opened holds up the others for ``OPENING_PATIENCE`` at most.
    """

    def __init__(self) -> None:
        """Open nobody's yet."""
        self._opening = asyncio.Lock()

    async def open(self, bot: ModelUsBot, person: int) -> discord.DMChannel:
        """Return somebody's direct messages; raises what Discord or the network raised."""
        async with self._opening, asyncio.timeout(OPENING_PATIENCE):
            return await bot.create_dm(discord.Object(person))
