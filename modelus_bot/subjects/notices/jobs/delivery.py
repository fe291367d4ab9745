"""Brings one message to one person: there once, or told of in the duty channel, or to be tried again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import discord
from loguru import logger

from modelus_bot.runtime.os_errors import in_words
from modelus_bot.subjects.notices.buttons.opening import buttons_together
from modelus_bot.subjects.notices.cards import is_of, notice_card
from modelus_bot.subjects.notices.enclosures import Enclosure, enclosed
from modelus_bot.subjects.notices.model import Notice, Parcel
from modelus_bot.subjects.notices.queries import is_closed_already
from modelus_bot.ui.answering import FAILURES
from modelus_bot.ui.cards import Card
from modelus_bot.ui.sending import find_sent, send

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot
    from modelus_bot.database import Context

__all__ = ["Delivery", "Departure", "Failed", "NotThere"]

INVALID_RECIPIENT = 50033
SKEW = 86_400
"""Seconds that this machine's clock and Discord's may differ: a message looks so much older at most."""
CLOSED = "Your direct messages are closed to the bot."


@dataclass(frozen=True, slots=True)
class Departure:
    """Notices that need not be sent any more, and how they left."""

    ids: tuple[int, ...]
    way: Literal["dm", "closed", "outdated"]


@dataclass(frozen=True, slots=True)
class Failed:
    """Neither the person nor the channel could be told; ``arrived`` is False if that is certain."""

    error: Exception
    arrived: bool | None = None


@dataclass(frozen=True, slots=True)
class NotThere:
    """A message that was only looked for did not arrive."""


Outcome = list[Departure] | Failed | NotThere


class Delivery:
    """Sends what was packed."""

    def __init__(self, bot: ModelUsBot) -> None:
        """Send as ``bot``."""
        self._bot = bot

    async def bring(self, parcel: Parcel, context: Context) -> Outcome:
        """Send a message to its person, or word of it to the duty channel, and return what came of it.

        One that an earlier try may have brought is looked for first. A reminder of what has begun or is
        somebody else's meanwhile is not sent at all.
        """
        try:
            place = await self._bot.mailroom.open(self._bot, parcel.notices[0].user_id)
        except FAILURES as error:
            if _closed(error):
                return await self._tell_in_channel(parcel)
            return Failed(error, arrived=False if parcel.fresh else None)
        try:
            if not parcel.fresh and await self._is_there(place, parcel):
                return [Departure(_ids(parcel.notices), "dm")]
            if parcel.only_look:
                return NotThere()
            return await self._send(place, parcel, context)
        except FAILURES as error:
            return await self._refused(place, parcel, error) if _closed(error) else Failed(error)

    async def _send(self, place: discord.DMChannel, parcel: Parcel, context: Context) -> list[Departure]:
        """Send what is not outdated; raises what Discord or the network raised."""
        items = [(notice, await enclosed(self._bot, notice)) for notice in parcel.notices]
        outdated = [notice for notice, added in items if added.outdated]
        sent = [(notice, added) for notice, added in items if not added.outdated]
        done = [Departure(_ids(outdated), "outdated")] if outdated else []
        if outdated:
            logger.bind(notices=_ids(outdated)).info("notice_outdated")
        if not sent:
            return done
        shown: list[Card] = [added.on(notice_card(notice)) for notice, added in sent]
        content, view = _framing(sent)
        files = [added.file for _, added in sent if added.file is not None]
        message = await send(
            place, key=_key("notice", parcel), content=content, cards=shown, view=view, files=files
        )
        if len(sent) == 1:
            await sent[0][1].remember(message, context)
        return [Departure(_ids([notice for notice, _ in sent]), "dm"), *done]

    async def _is_there(self, place: discord.DMChannel, parcel: Parcel) -> bool:
        found = await find_sent(place, _since(parcel), lambda message: is_of(parcel.notices, message))
        return found is not None

    async def _refused(self, place: discord.DMChannel, parcel: Parcel, closed: Exception) -> Outcome:
        """Tell the channel of closed messages, unless an earlier try had arrived before they were closed."""
        try:
            if await self._is_there(place, parcel):
                return [Departure(_ids(parcel.notices), "dm")]
        except FAILURES as error:
            if not _closed(error):
                return Failed(error)
        logger.bind(person=parcel.notices[0].user_id, error=in_words(closed)).info("direct_messages_closed")
        return await self._tell_in_channel(parcel)

    async def _tell_in_channel(self, parcel: Parcel) -> Outcome:
        """Say in the duty channel, without what it is about or a ping, that something waits in an inbox.

        Said once, until a direct message has reached the person again.
        """
        person = parcel.notices[0].user_id
        done = [Departure(_ids(parcel.notices), "closed")]
        if await self._bot.db.read(is_closed_already, person):
            return done
        channel = self._bot.get_channel(self._bot.settings.server.duty_channel_id or 0)
        if not isinstance(channel, discord.abc.Messageable):
            logger.bind(person=person).warning("closed_messages_not_told_of")
            return done
        text = (
            f"<@{person}>: something waits in your inbox, but your direct messages are closed to the bot."
            " `/inbox list` shows it."
        )
        try:
            told = None
            if not parcel.fresh:
                told = await find_sent(channel, _since(parcel), lambda message: message.content == text)
            if told is None:
                await send(channel, key=_key("word", parcel), content=text)
        except FAILURES as error:
            if not _closed(error):
                return Failed(error)
            logger.bind(person=person, error=in_words(error)).warning("closed_messages_not_told_of")
        return done


def _framing(items: Sequence[tuple[Notice, Enclosure]]) -> tuple[str | None, discord.ui.View | None]:
    """Return the line above the cards and the buttons below them."""
    if len(items) == 1:
        return None, items[0][1].view
    return f"{len(items)} notices for you:", buttons_together(items)


def _closed(error: Exception) -> bool:
    """Say whether somebody, or the channel, cannot be written to at all, now or in a minute."""
    if isinstance(error, discord.HTTPException) and error.code == INVALID_RECIPIENT:
        return True
    return isinstance(error, discord.Forbidden | discord.NotFound)


def _ids(notices: Sequence[Notice]) -> tuple[int, ...]:
    return tuple(item.id for item in notices)


def _since(parcel: Parcel) -> float:
    return (parcel.notices[0].packed_at or time.time()) - SKEW


def _key(kind: str, parcel: Parcel) -> str:
    """Return what makes a message another one, also where a restored database gives a number again."""
    parts = (
        f"{item.id}:{item.user_id}:{item.created_at}:{item.title}:{item.message}" for item in parcel.notices
    )
    return f"{kind}:{parcel.notices[0].packed_at}:{':'.join(parts)}"
