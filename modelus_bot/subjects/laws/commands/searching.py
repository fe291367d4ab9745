"""/law search: laws found by their words."""

from __future__ import annotations

import discord
from discord import app_commands

from modelus_bot.subjects.laws.buttons.found import FOUND, SEARCH_LIMIT, found_argument
from modelus_bot.subjects.laws.choices import PicksLaws
from modelus_bot.ui import answering
from modelus_bot.ui.commands.suggestions import Choices
from modelus_bot.ui.paginator import send_page

__all__ = ["SearchesLaws"]


class SearchesLaws(PicksLaws):
    """The command that finds laws."""

    @app_commands.command(name="search", description="Find public laws by words of their text, name or tags")
    @app_commands.describe(
        text="Words that all occur; the last may be a beginning",
        nation="Only of this nation",
        tag="Only under this tag",
    )
    async def search(
        self,
        interaction: discord.Interaction,
        text: app_commands.Range[str, 1, SEARCH_LIMIT],
        nation: str | None = None,
        tag: str | None = None,
    ) -> None:
        """List them, ten a page."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        number = await self.nation_id(nation, archived=True) if nation is not None else None
        tag_id = await self.tag_id(tag) if tag is not None else None
        await send_page(self.bot, interaction, FOUND, found_argument(text, number, tag_id))

    @search.autocomplete("nation")
    async def _nations_searched(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_nations(interaction, typed, archived=True)

    @search.autocomplete("tag")
    async def _tags_searched(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_tags(interaction, typed)
