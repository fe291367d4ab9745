"""A restore is decided by a second administrator, where there is one, within ten minutes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
from loguru import logger

from modelus_bot.cogs.backup_cards import plan_card, restored_card
from modelus_bot.cogs.needs_admin import require_admin
from modelus_bot.database.errors import DatabaseError
from modelus_bot.database.recovery.restoring import Plan
from modelus_bot.domain.members import members
from modelus_bot.domain.permissions import Viewer
from modelus_bot.escaping import plain
from modelus_bot.os_errors import in_words
from modelus_bot.ui import answering, embeds
from modelus_bot.ui.presses import admitted
from modelus_bot.ui.question import Question
from modelus_bot.ui.sending import send

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["ask_for_approval"]

DIRECT_PATIENCE = 10.0
"""Seconds that telling one administrator may take."""


class Approval(Question):
    """Two buttons for administrators; ``alone`` when the one who asked is the only one there is."""

    patience = 600.0
    closed = "Nobody decided within ten minutes, so the database was not changed."

    def __init__(self, bot: ModelUsBot, plan: Plan, asked_by: int, *, alone: bool) -> None:
        """Let administrators decide about ``plan``."""
        super().__init__(bot)
        self._plan = plan
        self._asked_by = asked_by
        self._alone = alone

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        """Answer at once, then let only administrators press: asking who is one may take a while."""
        if not await admitted(interaction):
            return False
        await answering.defer(interaction)
        context = self._bot.context(interaction)
        await require_admin(self._bot, Viewer(interaction.user.id, context.discord_admin))
        return True

    @discord.ui.button(label="Restore", style=discord.ButtonStyle.danger)
    async def restore(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        """Replace the database by the plan's state."""
        if interaction.user.id == self._asked_by and not self._alone:
            card = embeds.failure("Not allowed", "Another administrator has to decide about this.")
            await answering.tell(interaction, card)
            return
        protection = self._bot.db.protection
        if self._working or self.is_finished() or protection is None or protection.restorer is None:
            return
        self._working = True
        try:
            done = await protection.restorer.apply(self._plan.token)
        finally:
            self._working = False
        self.stop()
        logger.bind(
            asked_by=self._asked_by, decided_by=interaction.user.id, source=self._plan.source
        ).warning("restore_decided")
        await answering.answer(interaction, restored_card(done))

    @discord.ui.button(label="Cancel", style=discord.ButtonStyle.secondary)
    async def cancel(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        """Leave everything as it is."""
        if self._working or self.is_finished():
            return
        self.stop()
        card = embeds.info("Cancelled", "The database was not changed.")
        await answering.answer(interaction, card)


async def ask_for_approval(
    bot: ModelUsBot, interaction: discord.Interaction, plan: Plan, reason: str
) -> None:
    """Post the question where the command was used, for every administrator to see."""
    others = await _others(bot, interaction)
    alone = others is not None and not others
    view = Approval(bot, plan, interaction.user.id, alone=alone)
    card = plan_card(plan)
    card.title = "Restore the database?"
    who = _who_decides(others)
    card.add_field(
        name="Asked by", value=f"<@{interaction.user.id}>: {plain(embeds.clip(reason, 300))}", inline=False
    )
    card.set_footer(
        text=f"{who} Within ten minutes. The present state is backed up first, so this can be undone."
    )
    view.message = await answering.ask_here(interaction, card, view, private=alone)
    await asyncio.gather(
        *(_tell(bot, one, interaction, view.message.jump_url) for one in sorted(others or ()))
    )


async def _tell(bot: ModelUsBot, number: int, interaction: discord.Interaction, where: str) -> None:
    """Let an administrator know by direct message that they are asked; who cannot be reached is logged."""
    card = embeds.warning(
        "Restore the database?",
        f"<@{interaction.user.id}> asks to put the database back to an earlier state, and another"
        f" administrator has to decide within ten minutes: [look at the question]({where}).",
    )
    try:
        async with asyncio.timeout(DIRECT_PATIENCE):
            person = bot.get_user(number) or await bot.fetch_user(number)
            await send(person, key=f"restore:{interaction.id}:{number}", embed=card)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        logger.bind(to=number, error=in_words(error)).warning("restore_question_not_delivered")


def _who_decides(others: set[int] | None) -> str:
    if others is None:
        return (
            "It cannot be seen at the moment who else is an administrator, so another one has to decide;"
            " on the bot's machine “modelus-bot backup restore” does it without."
        )
    return "Another administrator decides." if others else "You are the only administrator, so you decide."


async def _others(bot: ModelUsBot, interaction: discord.Interaction) -> set[int] | None:
    """Return who else may decide: by role, by the settings, by what Discord lets them do.

    None when nobody else was found and the administrators of the database could not be read.
    """
    known = set(bot.settings.server.admin_ids)
    if interaction.guild is not None:
        known |= _managing(interaction.guild)
    read = True
    try:
        known |= {one.discord_id for one in await bot.db.read(members) if one.role == "admin"}
    except DatabaseError as error:
        read = False
        logger.bind(error=error.detail).info("admins_not_read")
    others = known - {interaction.user.id}
    return others if others or read else None


def _managing(guild: discord.Guild) -> set[int]:
    """Return the owner and everybody the bot knows who may manage the server; bots decide nothing."""
    found = {
        one.id
        for one in guild.members
        if not one.bot and (one.guild_permissions.administrator or one.guild_permissions.manage_guild)
    }
    return found if guild.owner_id is None else found | {guild.owner_id}
