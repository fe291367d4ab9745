"""What a notice about a cover request is sent with: the reader's own buttons, and a link to its card."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from loguru import logger

from modelus_bot.database import Context, DatabaseError
from modelus_bot.subjects.covers.buttons.steps import link_to, own_steps, view_of
from modelus_bot.subjects.covers.model import Cover, CoverCard
from modelus_bot.subjects.covers.queries import cards_of, cover
from modelus_bot.subjects.covers.writes.posted import RememberCard
from modelus_bot.subjects.notices.enclosures import Enclosure
from modelus_bot.subjects.notices.model import Notice
from modelus_bot.ui.cards import Card, CardSection, Link

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["CoverEnclosure", "enclosure_of"]


class CoverEnclosure(Enclosure):
    """The reader's own buttons and a link to the request's card."""

    stands_alone = True

    def __init__(
        self, bot: ModelUsBot, view: discord.ui.View | None, link: str | None, cover_id: int
    ) -> None:
        """Keep what to add to the message."""
        self._bot = bot
        self._link = link
        self._cover_id = cover_id
        self.view = view

    def on(self, card: Card) -> Card:
        """Return the card with the link on it."""
        if self._link is not None:
            return card.with_section(CardSection("The request", beside=Link("Open it", self._link)))
        return card

    async def remember(self, sent: discord.Message, context: Context) -> None:
        """Let the message lose its buttons when the request is decided; nothing else depends on it."""
        if self.view is None:
            return
        write = RememberCard(
            cover_id=self._cover_id, channel_id=sent.channel.id, message_id=sent.id, kind="notice"
        )
        try:
            await self._bot.db.write(write, context)
        except DatabaseError as error:
            logger.bind(cover=self._cover_id, reference=error.reference).warning("notice_not_remembered")


async def enclosure_of(bot: ModelUsBot, notice: Notice) -> Enclosure:
    """Return what goes with a notice; a database that does not answer costs the buttons, not the notice."""
    if notice.ref_id is None:
        return Enclosure()
    try:
        found = await bot.db.read(cover, notice.ref_id)
        cards = await bot.db.read(cards_of, notice.ref_id)
    except DatabaseError as error:
        logger.bind(notice=notice.id, reference=error.reference).warning("notice_without_buttons")
        return Enclosure()
    return CoverEnclosure(bot, _buttons(found, notice.user_id), _link(bot, cards), notice.ref_id)


def _buttons(found: Cover | None, person: int) -> discord.ui.View | None:
    return view_of(found.id, own_steps(found, person)) if found is not None else None


def _link(bot: ModelUsBot, cards: tuple[CoverCard, ...]) -> str | None:
    """Return the address of the first card that stands in a channel of a server."""
    for card in cards:
        guild = getattr(bot.get_channel(card.channel_id), "guild", None)
        if card.kind == "card" and guild is not None:
            return link_to(guild.id, card.channel_id, card.message_id)
    return None
