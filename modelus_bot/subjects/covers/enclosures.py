"""What a notice is sent with: the steps of a cover request and its link, or asking for cover of a turn."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import discord
from loguru import logger

from modelus_bot.database import Context, DatabaseError
from modelus_bot.domain.calendar import Calendar
from modelus_bot.subjects.covers.buttons import asking_view, link_to, own_steps, view_of
from modelus_bot.subjects.covers.model import Cover, CoverCard
from modelus_bot.subjects.covers.queries import cards_of, cover
from modelus_bot.subjects.covers.writes.posted import RememberCard
from modelus_bot.subjects.notices.model import Notice
from modelus_bot.subjects.reminders.queries import coming_turns
from modelus_bot.subjects.reminders.writes import FURTHEST, REMINDED_OF

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["Enclosure", "enclosure_of"]


class Enclosure:
    """Buttons and a link for one notice; for a notice about anything else it is empty.

    ``outdated`` says that it is not to be sent any more: what it told of has begun or is somebody else's.
    """

    def __init__(
        self,
        bot: ModelUsBot,
        view: discord.ui.View | None = None,
        link: str | None = None,
        cover_id: int | None = None,
        *,
        outdated: bool = False,
    ) -> None:
        """Keep what to add to the message."""
        self.outdated = outdated
        self._bot = bot
        self._link = link
        self._cover_id = cover_id
        self.view = view

    def on(self, card: discord.Embed) -> discord.Embed:
        """Return the card with the link on it."""
        if self._link is not None:
            card.add_field(name="The request", value=f"[Open it]({self._link})", inline=False)
        return card

    async def remember(self, sent: discord.Message, context: Context) -> None:
        """Let the message lose its buttons when the request is decided; nothing else depends on it."""
        if self.view is None or self._cover_id is None:
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
    make = {"overrides": _of_request, REMINDED_OF: _of_turns}.get(notice.ref_table or "")
    if make is None or notice.ref_id is None:
        return Enclosure(bot)
    try:
        return await make(bot, notice.user_id, notice.ref_id)
    except DatabaseError as error:
        logger.bind(notice=notice.id, reference=error.reference).warning("notice_without_buttons")
        return Enclosure(bot)


async def _of_request(bot: ModelUsBot, person: int, cover_id: int) -> Enclosure:
    found = await bot.db.read(cover, cover_id)
    cards = await bot.db.read(cards_of, cover_id)
    return Enclosure(bot, _buttons(found, person), _link(bot, cards), cover_id)


async def _of_turns(bot: ModelUsBot, person: int, sprint_id: int) -> Enclosure:
    """Return a button for each turn of a reminder that is still to come and no cover itself."""
    server = bot.settings.server
    calendar = Calendar(server.timezone, server.handoff_minute)
    coming = await bot.db.read(coming_turns, int(time.time()), calendar, FURTHEST, person)
    turns = [one for one in coming if one.sprint_id == sprint_id]
    view = asking_view((sprint_id, one.discipline, one.label) for one in turns if not one.covering)
    return Enclosure(bot, view, outdated=not turns)


def _buttons(found: Cover | None, person: int) -> discord.ui.View | None:
    return view_of(found.id, own_steps(found, person)) if found is not None else None


def _link(bot: ModelUsBot, cards: tuple[CoverCard, ...]) -> str | None:
    """Return the address of the first card that stands in a channel of a server."""
    for one in cards:
        guild = getattr(bot.get_channel(one.channel_id), "guild", None)
        if one.kind == "card" and guild is not None:
            return link_to(guild.id, one.channel_id, one.message_id)
    return None
