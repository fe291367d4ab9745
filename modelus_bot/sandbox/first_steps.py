"""Three buttons under the welcome, for somebody who does not know yet what to type."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import discord

from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.permissions import Viewer, standing_of
from modelus_bot.subjects.covers.buttons.asking import AskButton, asking_view
from modelus_bot.subjects.general.commands.help_pages import HELP
from modelus_bot.subjects.oncall.commands import duty_card
from modelus_bot.subjects.oncall.queries import oncall_now
from modelus_bot.ui import answering, cards
from modelus_bot.ui.paginator import send_page_beside
from modelus_bot.ui.presses import admitted

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["FirstSteps"]

FOR_STAFF = (
    "The rota is for staff, and you are looking through the eyes of somebody who is not. Choose for example"
    " *Petra (project manager)* above at **Viewing as**, and press again."
)


class FirstSteps(discord.ui.View):
    """What can I do, who is on duty, and asking for cover; each answer is for the one who pressed."""

    def __init__(self, bot: ModelUsBot) -> None:
        """Show the buttons for as long as the sandbox runs."""
        super().__init__(timeout=None)
        self._bot = bot
        self.add_item(AskButton())

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        """Say at once that the bot is at work."""
        if not await admitted(interaction):
            return False
        await answering.defer(interaction)
        return True

    async def on_error(
        self, interaction: discord.Interaction, error: Exception, _: discord.ui.Item[Any]
    ) -> None:
        """Say what went wrong."""
        await self._bot.error_handler.handle(interaction, error)

    @discord.ui.button(label="What can I do?", style=discord.ButtonStyle.primary)
    async def explain(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        """Show the same as /help."""
        await send_page_beside(self._bot, interaction, HELP, "")

    @discord.ui.button(label="Who is on duty?", style=discord.ButtonStyle.primary)
    async def duty(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        """Show the same as /oncall now."""
        bot = self._bot
        viewer = Viewer(interaction.user.id, bot.context(interaction).discord_admin)
        if not (await bot.db.read(standing_of, viewer)).staff:
            await answering.tell(interaction, cards.info("For staff", FOR_STAFF))
            return
        server = bot.settings.server
        calendar = Calendar(server.timezone, server.handoff_minute)
        found = await bot.db.read(oncall_now, int(time.time()) // 60 * 60, calendar, None)
        card = duty_card("On duty now", found)
        await answering.ask_here(interaction, card, asking_view(), private=True)
