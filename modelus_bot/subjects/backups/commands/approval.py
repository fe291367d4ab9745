"""A restore is decided by a second administrator, where there is one, within ten minutes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord
from loguru import logger

from modelus_bot.database.administration import RestorePlan
from modelus_bot.domain.permissions import Viewer
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.subjects.backups.cards import plan_card, restored_card
from modelus_bot.subjects.backups.commands.asking import (
    administrators,
    asked_card,
    nobody_reached_card,
    post_question,
)
from modelus_bot.text.escaping import plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.needs_admin import require_admin
from modelus_bot.ui.notice import begin
from modelus_bot.ui.presses import admitted
from modelus_bot.ui.question import QuestionView
from modelus_bot.ui.sending import rewrite

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["ask_for_approval"]

PATIENCE = 10.0
"""Seconds that rewriting one message may take."""


class Approval(QuestionView):
    """Two buttons for administrators; ``alone`` when the one who asked is the only one there is."""

    patience = 600.0
    closed = "Nobody decided within ten minutes, so the database was not changed."

    def __init__(
        self, bot: ModelUsBot, plan: RestorePlan, asked_by: int, guild: discord.Guild | None, *, alone: bool
    ) -> None:
        """Let administrators of ``guild`` decide about ``plan``; ``shown`` are all messages about it."""
        super().__init__(bot)
        self.shown: list[discord.Message] = []
        self._guild = guild
        self._plan = plan
        self._asked_by = asked_by
        self._alone = alone

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        """Answer at once, then let only administrators press: asking who is one may take a while."""
        if not await admitted(interaction):
            return False
        await answering.defer(interaction)
        await self._require_admin(interaction)
        return True

    async def on_timeout(self) -> None:
        """Close the question wherever it is told of."""
        if self._working:
            return
        await super().on_timeout()
        begin(self._bot.db)
        await self._rewrite(cards.info("Closed", self.closed))

    @discord.ui.button(label="Restore", style=discord.ButtonStyle.danger)
    async def restore(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        """Replace the database by the plan's state."""
        if interaction.user.id == self._asked_by and not self._alone:
            card = cards.failure("Not allowed", "Another administrator has to decide about this.")
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
        await self._say(interaction, restored_card(done))

    @discord.ui.button(label="Cancel", style=discord.ButtonStyle.secondary)
    async def cancel(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        """Leave everything as it is."""
        if self._working or self.is_finished():
            return
        self.stop()
        card = cards.info(
            "Cancelled", f"{plain(interaction.user.display_name)} decided that the database stays as it is."
        )
        await self._say(interaction, card)

    async def _require_admin(self, interaction: discord.Interaction) -> None:
        """Let only administrators decide; in direct messages Discord does not say who manages the server."""
        if interaction.guild_id is None and self._guild is not None:
            known, _ = await administrators(self._bot, self._guild)
            if interaction.user.id in known:
                return
        context = self._bot.context(interaction)
        await require_admin(self._bot, Viewer(interaction.user.id, context.discord_admin))

    async def _say(self, interaction: discord.Interaction, card: Card) -> None:
        """Show what was decided where the button was pressed, and wherever else the question is told of."""
        await answering.together(
            answering.answer(interaction, card), self._rewrite(card, but=interaction.message)
        )

    async def _rewrite(self, card: Card, *, but: discord.Message | None = None) -> None:
        """Let every message that tells of the question say what became of it."""
        done = but.id if but is not None else None
        await asyncio.gather(*(_rewritten(one, card) for one in self.shown if one.id != done))


async def _rewritten(message: discord.Message, card: Card) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            await rewrite(message, card)
    except answering.FAILURES as error:
        logger.bind(message=message.id, error=in_words(error)).info("question_not_closed")


async def ask_for_approval(
    bot: ModelUsBot, interaction: discord.Interaction, plan: RestorePlan, reason: str
) -> None:
    """Put the question where administrators read: to the asker alone, in the alert channel, or to each.

    In the channel where the command was used only the one who asked reads of it.
    """
    others = await _others(bot, interaction)
    alone = others is not None and not others
    view = Approval(bot, plan, interaction.user.id, interaction.guild, alone=alone)
    card = replace(plan_card(plan), title="Restore the database?")
    who, asker = _who_decides(others), plain(interaction.user.display_name)
    card = card.with_field("Asked by", f"{asker}: {plain(cards.clip(reason, 300))}")
    card = card.with_footer(
        f"{who} Within ten minutes. The present state is backed up first, so this can be undone."
    )
    if alone:
        view.message = await answering.ask_here(interaction, card, view, private=True)
        return
    questions, pointers = await post_question(bot, interaction.id, others or (), card, view)
    if not questions:
        view.stop()
        await answering.tell(interaction, nobody_reached_card())
        return
    view.shown = [*questions, *pointers]
    view.shown.append(await answering.ask_here(interaction, asked_card(questions), private=True))


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
    known, read = await administrators(bot, interaction.guild)
    others = known - {interaction.user.id}
    return others if others or read else None
