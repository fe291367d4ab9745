"""The messages that show a cover request: posting them, and rewriting all of them on every change.

Where they stand is in the database, so they follow the request after a restart, too. The title of each
links to where the request was asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
from loguru import logger

from modelus_bot.cogs.cover_card import card_of
from modelus_bot.database.errors import DatabaseError
from modelus_bot.database.operation import Write
from modelus_bot.domain.cover_cards import CoverCard, ForgetCards, RememberCard, cards_of
from modelus_bot.domain.covers import Cover
from modelus_bot.ui.cover_buttons import link_to, steps_of, view_of

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["buttons_of", "known_cards", "linked", "post_card", "remember_card", "rewrite_cards"]


def buttons_of(cover: Cover) -> discord.ui.View | None:
    """Return the buttons that make sense as the request stands; None when it is decided."""
    return view_of(cover.id, steps_of(cover))


async def post_card(
    bot: ModelUsBot, interaction: discord.Interaction, cover: Cover, names: dict[int, str]
) -> None:
    """Answer with the saved request, show it in the duty channel too, and remember both messages."""
    card = card_of(cover, names)
    view = buttons_of(cover) or discord.utils.MISSING
    message: discord.Message = await interaction.followup.send(embed=card, view=view, wait=True)
    await remember_card(bot, interaction, cover, message)
    channel = bot.get_channel(bot.settings.server.duty_channel_id or 0)
    if not isinstance(channel, discord.TextChannel) or channel.id == interaction.channel_id:
        return
    copy = card.copy()
    copy.url = link_to(interaction.guild_id or channel.guild.id, message.channel.id, message.id)
    try:
        posted = await channel.send(embed=copy, view=buttons_of(cover) or discord.utils.MISSING)
    except (discord.HTTPException, aiohttp.ClientError) as error:
        logger.bind(cover=cover.id, error=str(error)).warning("cover_not_posted")
    else:
        await remember_card(bot, interaction, cover, posted)


async def rewrite_cards(
    bot: ModelUsBot,
    interaction: discord.Interaction,
    cover: Cover,
    card: discord.Embed,
    *,
    done: int | None = None,
) -> None:
    """Rewrite every message that shows a request, but not the one that is ``done``.

    What was deleted is forgotten; what cannot be rewritten keeps buttons that say how the request stands.
    """
    known = await known_cards(bot, interaction, cover)
    gone = []
    for one in known:
        shown = linked(bot, card, known, one.message_id)
        if one.message_id != done and not await _rewrite(bot, one, cover, shown):
            gone.append(one.message_id)
    if gone:
        await _note(bot, interaction, cover, ForgetCards(message_ids=tuple(gone)), "gone")


async def _rewrite(bot: ModelUsBot, known: CoverCard, cover: Cover, card: discord.Embed) -> bool:
    """Rewrite one message; False if it is not there any more."""
    channel = bot.get_channel(known.channel_id) or bot.get_partial_messageable(known.channel_id)
    if not isinstance(channel, discord.abc.Messageable):
        return True
    try:
        message = channel.get_partial_message(known.message_id)
        if known.kind == "card":
            await message.edit(embed=card, view=buttons_of(cover))
        elif not cover.is_pending:
            await message.edit(view=None)
    except discord.NotFound:
        return False
    except (discord.HTTPException, aiohttp.ClientError) as error:
        logger.bind(cover=cover.id, error=str(error)).warning("cover_card_not_rewritten")
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
    return tuple(CoverCard(cover.message_id, one, "card") for one in sorted(filter(None, channels)))


async def remember_card(
    bot: ModelUsBot, interaction: discord.Interaction, cover: Cover, message: discord.Message
) -> None:
    """Let a message follow the request from now on."""
    write = RememberCard(cover_id=cover.id, channel_id=message.channel.id, message_id=message.id)
    await _note(bot, interaction, cover, write, f"card:{message.id}")


async def _note(
    bot: ModelUsBot, interaction: discord.Interaction, cover: Cover, write: Write[Any], key: str
) -> None:
    """Write what no answer may depend on: the request itself is saved and shown already."""
    try:
        await bot.db.write(write, bot.context(interaction).numbered(f"{interaction.id}:{key}"))
    except DatabaseError as error:
        logger.bind(cover=cover.id, reference=error.reference).warning("cover_message_not_remembered")


def linked(
    bot: ModelUsBot, card: discord.Embed, known: Sequence[CoverCard], message_id: int | None
) -> discord.Embed:
    """Return the card with its title linking to where the request was asked, except there."""
    first = next((one for one in known if one.kind == "card"), None)
    copy = card.copy()
    if first is not None and first.message_id != message_id:
        channel = bot.get_channel(first.channel_id)
        guild = getattr(channel, "guild", None)
        guild_id = guild.id if guild is not None else bot.settings.server.guild_id
        copy.url = link_to(guild_id, first.channel_id, first.message_id) if guild_id else None
    return copy
