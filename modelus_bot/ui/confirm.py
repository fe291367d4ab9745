"""Asking before something is done: only the asked person answers, once, and silence means no."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import discord
from loguru import logger

from modelus_bot.database.context import Context
from modelus_bot.database.journal import WriteDeferred
from modelus_bot.domain.errors import Refusal
from modelus_bot.ui import embeds
from modelus_bot.ui.errors import reply_for
from modelus_bot.ui.notice import begin
from modelus_bot.ui.question import Question

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["Confirm", "ask"]

Answer = Callable[[Context], Awaitable[discord.Embed]]


class Confirm(Question):
    """Two buttons for one person; ``yes`` does the work and returns the card that replaces the question.

    Every press of the first button is the same request, so that pressing again after an answer that
    did not arrive does nothing twice.
    """

    patience = 120.0
    closed = "Nobody answered within two minutes, so nothing was changed. Run the command again."

    def __init__(self, bot: ModelUsBot, context: Context, label: str, yes: Answer, *, danger: bool) -> None:
        """Ask the author of ``context``; ``label`` is the button that does it."""
        super().__init__(bot)
        self._context = context
        self._yes = yes
        self.confirm.label = label
        self.confirm.style = discord.ButtonStyle.danger if danger else discord.ButtonStyle.success

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        """Let nobody else answer."""
        begin(self._bot.db)
        if interaction.user.id == self._context.actor:
            return True
        card = embeds.failure("Not allowed", "This question is for somebody else.")
        await interaction.response.send_message(embed=card, ephemeral=True)
        return False

    @discord.ui.button(label="Confirm")
    async def confirm(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        """Do it; a second press while it is being done only waits."""
        await interaction.response.defer()
        if self._working or self.is_finished():
            return
        self._working = True
        try:
            card = await self._yes(self._now(interaction))
        except Refusal as refusal:
            card = reply_for(refusal).embed()
            logger.bind(actor=interaction.user.id, rule=refusal.rule).info("refused")
        except WriteDeferred as deferred:
            card = reply_for(deferred).embed()
            logger.bind(actor=interaction.user.id, number=deferred.number).info("change_deferred")
        finally:
            self._working = False
        self.stop()
        await interaction.edit_original_response(embed=card, view=None)

    @discord.ui.button(label="Cancel", style=discord.ButtonStyle.secondary)
    async def cancel(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        """Do nothing."""
        if self._working or self.is_finished():
            await interaction.response.defer()
            return
        self.stop()
        card = embeds.info("Cancelled", "Nothing was changed.")
        await interaction.response.edit_message(embed=card, view=None)

    def _now(self, interaction: discord.Interaction) -> Context:
        """Return who asks with today's rights and clock, under the request id of the question."""
        asked = self._context
        return self._bot.context(interaction, asked.reason).numbered(asked.request_id or str(interaction.id))


async def ask(
    bot: ModelUsBot,
    interaction: discord.Interaction,
    context: Context,
    card: discord.Embed,
    label: str,
    yes: Answer,
    *,
    danger: bool = False,
) -> None:
    """Show a question under a deferred interaction; ``yes`` is given the context to write under."""
    view = Confirm(bot, context, label, yes, danger=danger)
    view.message = await interaction.followup.send(embed=card, view=view, ephemeral=True, wait=True)
