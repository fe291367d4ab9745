"""The messages that show a cover request: posting them, and rewriting all of them on every change.

Where they stand is in the database, so they follow the request after a restart, too. The title of each
links to where the request was asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord
from loguru import logger

from modelus_bot.database import DatabaseError, Write
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.subjects.covers.buttons.steps import link_to, steps_of, view_of
from modelus_bot.subjects.covers.cards import card_of
from modelus_bot.subjects.covers.model import Cover, CoverCard
from modelus_bot.subjects.covers.queries import cards_of
from modelus_bot.subjects.covers.writes.posted import ForgetCards, RememberCard
from modelus_bot.subjects.disciplines.cards import not_shown_card
from modelus_bot.ui import answering
from modelus_bot.ui.answering import FAILURES
from modelus_bot.ui.cards import Card
from modelus_bot.ui.sending import rewrite, send

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = [
    "buttons_of",
    "known_cards",
    "linked",
    "post_beside",
    "post_card",
    "remember_answer",
    "rewrite_cards",
]

LINK_PATIENCE = 3.0
"""Seconds that the duty channel waits for the request that its card links to."""


def buttons_of(cover: Cover) -> discord.ui.View | None:
    """Return the buttons that make sense as the request stands; None when it is decided."""
    return view_of(cover.id, steps_of(cover))


async def post_card(
    bot: ModelUsBot, interaction: discord.Interaction, cover: Cover, names: dict[int, str]
) -> None:
    """Answer with the saved request, and show it in the duty channel whatever becomes of the answer."""
    card = card_of(cover, names)
    await answering.together(
        answering.answer(interaction, card, view=buttons_of(cover)),
        _post(bot, interaction, cover, card, remember_answer(bot, interaction, cover)),
    )
    await _tell_if_not_shown(bot, interaction)


async def post_beside(
    bot: ModelUsBot, interaction: discord.Interaction, cover: Cover, names: dict[int, str]
) -> None:
    """Do the same where only one person would see the answer: the request stands beside it, for everybody."""
    card = card_of(cover, names)
    shown: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    await answering.together(
        _show_beside(bot, interaction, cover, card, shown),
        _post(bot, interaction, cover, card, _soon(shown)),
    )
    await _tell_if_not_shown(bot, interaction)


async def _show_beside(
    bot: ModelUsBot,
    interaction: discord.Interaction,
    cover: Cover,
    card: Card,
    shown: asyncio.Future[int],
) -> None:
    """Show a request and remember the message; ``shown`` is told its number, or cancelled without one."""
    view = buttons_of(cover) or discord.ui.View(timeout=None)
    try:
        message = await answering.ask_here(interaction, card, view, private=False)
        await remember_card(bot, interaction, cover, message.channel.id, message.id)
        shown.set_result(message.id)
    finally:
        shown.cancel()


async def _soon(shown: asyncio.Future[int]) -> int | None:
    await asyncio.wait({shown}, timeout=LINK_PATIENCE)
    return shown.result() if shown.done() and not shown.cancelled() else None


async def _post(
    bot: ModelUsBot,
    interaction: discord.Interaction,
    cover: Cover,
    card: Card,
    shown: Awaitable[int | None],
) -> None:
    """Show a request in the duty channel, too, with a link to the message that was ``shown`` here."""
    here = await shown
    channel = bot.get_channel(bot.settings.server.duty_channel_id or 0)
    if not isinstance(channel, discord.TextChannel) or channel.id == interaction.channel_id:
        return
    copy = card
    if here is not None and interaction.channel_id is not None:
        copy = replace(
            card, link=link_to(interaction.guild_id or channel.guild.id, interaction.channel_id, here)
        )
    key = f"cover:{cover.id}:{interaction.id}"
    try:
        posted = await send(channel, key=key, card=copy, view=buttons_of(cover))
    except FAILURES as error:
        logger.bind(cover=cover.id, error=in_words(error)).warning("cover_not_posted")
    else:
        await remember_card(bot, interaction, cover, channel.id, posted.id)


async def _tell_if_not_shown(bot: ModelUsBot, interaction: discord.Interaction) -> None:
    untold = not_shown_card(bot)
    if untold is not None:
        await answering.tell(interaction, untold)


async def rewrite_cards(
    bot: ModelUsBot,
    interaction: discord.Interaction,
    cover: Cover,
    card: Card,
    *,
    done: int | None = None,
) -> None:
    """Rewrite every message that shows a request, but not the one that is ``done``.

    What was deleted is forgotten; what cannot be rewritten keeps buttons that say how the request stands.
    """
    known = await known_cards(bot, interaction, cover)
    gone = []
    for item in known:
        shown = linked(bot, card, known, item.message_id)
        if item.message_id != done and not await _rewrite(bot, item, cover, shown):
            gone.append(item.message_id)
    if gone:
        await _note(bot, interaction, cover, ForgetCards(message_ids=tuple(gone)), "gone")


async def _rewrite(bot: ModelUsBot, known: CoverCard, cover: Cover, card: Card) -> bool:
    """Rewrite one message; False if it is not there any more."""
    channel = bot.get_channel(known.channel_id) or bot.get_partial_messageable(known.channel_id)
    if not isinstance(channel, discord.abc.Messageable):
        return True
    try:
        message = channel.get_partial_message(known.message_id)
        if known.kind == "card":
            await rewrite(message, card, buttons_of(cover))
        elif not cover.is_pending:
            await message.edit(view=None)
    except discord.NotFound:
        return False
    except FAILURES as error:
        logger.bind(cover=cover.id, error=in_words(error)).warning("cover_card_not_rewritten")
    return True


async def known_cards(
    bot: ModelUsBot, interaction: discord.Interaction, cover: Cover
) -> tuple[CoverCard, ...]:
    """Return the messages that show a request; none while the database does not say."""
    try:
        known = await bot.db.read(cards_of, cover.id)
    except DatabaseError as error:
        logger.bind(cover=cover.id, reference=error.reference).warning("cover_cards_not_read")
        return ()
    if cover.message_id is None or known:
        return known
    # Requests from before messages were remembered with their channel: it was one of these two.
    channels = {bot.settings.server.duty_channel_id, interaction.channel_id} - {None}
    return tuple(CoverCard(cover.message_id, channel, "card") for channel in sorted(filter(None, channels)))


async def remember_answer(bot: ModelUsBot, interaction: discord.Interaction, cover: Cover) -> int | None:
    """Let the message that holds the answer follow the request from now on, and return its number."""
    message_id = answering.message_id(interaction)
    if message_id is not None and interaction.channel_id is not None:
        await remember_card(bot, interaction, cover, interaction.channel_id, message_id)
    return message_id


async def remember_card(
    bot: ModelUsBot, interaction: discord.Interaction, cover: Cover, channel_id: int, message_id: int
) -> None:
    """Let a message follow the request from now on."""
    write = RememberCard(cover_id=cover.id, channel_id=channel_id, message_id=message_id)
    await _note(bot, interaction, cover, write, f"card:{message_id}")


async def _note(
    bot: ModelUsBot, interaction: discord.Interaction, cover: Cover, write: Write[Any], key: str
) -> None:
    """Write what no answer may depend on: the request itself is saved and shown already."""
    try:
        await bot.db.write(write, bot.context(interaction).numbered(f"{interaction.id}:{key}"))
    except DatabaseError as error:
        logger.bind(cover=cover.id, reference=error.reference).warning("cover_message_not_remembered")


def linked(bot: ModelUsBot, card: Card, known: Sequence[CoverCard], message_id: int | None) -> Card:
    """Return the card with its title linking to where the request was asked, except there."""
    first = next((item for item in known if item.kind == "card"), None)
    if first is not None and first.message_id != message_id:
        guild = getattr(bot.get_channel(first.channel_id), "guild", None) or bot.home
        link = link_to(guild.id, first.channel_id, first.message_id) if guild is not None else None
        return replace(card, link=link)
    return card
