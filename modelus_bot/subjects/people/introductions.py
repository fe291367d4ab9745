"""Learning the name of somebody who acts before anybody has named them, such as the server's owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from loguru import logger

from modelus_bot.database import DatabaseError
from modelus_bot.subjects.people.queries import member
from modelus_bot.subjects.people.writes import RegisterMember
from modelus_bot.ui.cards import clip

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["introduce"]


async def introduce(bot: ModelUsBot, interaction: discord.Interaction) -> None:
    """Note the name of whoever has just acted, where the bot knew their number only.

    Done after the step and its answer: whatever happens here takes nothing back.
    """
    user = interaction.user
    try:
        known = await bot.db.read(member, user.id)
        if known is None or known.username != f"Member {user.id}":
            return
        write = RegisterMember(discord_id=user.id, username=clip(user.display_name, 100))
        await bot.db.write(write, bot.context(interaction).numbered(f"{interaction.id}:name"))
    except DatabaseError as error:
        logger.bind(actor=user.id, reference=error.reference).warning("name_not_noted")
