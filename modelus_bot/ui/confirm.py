"""Asking before something is done: only the asked person answers, and silence means no."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import discord

from modelus_bot.ui import embeds

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["Confirm", "ask"]

Answer = Callable[[discord.Interaction], Awaitable[discord.Embed]]
PATIENCE = 120.0
"""Seconds until the question closes by itself."""


class Confirm(discord.ui.View):
    """Two buttons for one person; ``yes`` does the work and returns the card that replaces the question."""

    message: discord.Message | None = None

    def __init__(self, bot: ModelUsBot, asked: int, label: str, yes: Answer, *, danger: bool) -> None:
        """Ask the member with id ``asked``; ``label`` is the button that does it."""
        super().__init__(timeout=PATIENCE)
        self._bot = bot
        self._asked = asked
        self._yes = yes
        self.confirm.label = label
        self.confirm.style = discord.ButtonStyle.danger if danger else discord.ButtonStyle.success

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        """Let nobody else answer."""
        if interaction.user.id == self._asked:
            return True
        await interaction.response.send_message("This question is for somebody else.", ephemeral=True)
        return False

    @discord.ui.button(label="Confirm")
    async def confirm(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        """Do it."""
        await interaction.response.defer()
        card = await self._yes(interaction)
        self.stop()
        await interaction.edit_original_response(embed=card, view=None)

    @discord.ui.button(label="Cancel", style=discord.ButtonStyle.secondary)
    async def cancel(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        """Do nothing."""
        self.stop()
        await interaction.response.edit_message(
            embed=embeds.info("Cancelled", "Nothing was changed."), view=None
        )

    async def on_timeout(self) -> None:
        """Close the question."""
        if self.message is not None:
            card = embeds.info("Closed", "Nobody answered within two minutes, so nothing was changed.")
            await self.message.edit(embed=card, view=None)

    async def on_error(
        self, interaction: discord.Interaction, error: Exception, _: discord.ui.Item[Any]
    ) -> None:
        """Say what went wrong; the question stays open."""
        await self._bot.error_handler.handle(interaction, error)


async def ask(
    bot: ModelUsBot,
    interaction: discord.Interaction,
    card: discord.Embed,
    label: str,
    yes: Answer,
    *,
    danger: bool = False,
) -> None:
    """Show a question under an interaction that was deferred."""
    view = Confirm(bot, interaction.user.id, label, yes, danger=danger)
    view.message = await interaction.followup.send(embed=card, view=view, ephemeral=True, wait=True)
