"""/nation rename, prefix: what a nation is called."""

from __future__ import annotations

import discord
from discord import app_commands

from modelus_bot.subjects.nations.commands.acting import ActsForNations
from modelus_bot.subjects.nations.rules.names import PREFIXES
from modelus_bot.subjects.nations.writes.naming import RenameNation, SetPrefix
from modelus_bot.ui.commands.suggestions import Choices, choices

__all__ = ["NamesNations"]

OTHER = "Another nation, for administrators; your own if left out"


class NamesNations(ActsForNations):
    """The commands about names."""

    @app_commands.command(
        name="rename", description="Give your nation another name; the old one goes on finding it"
    )
    @app_commands.describe(new_name="What it is called from now on", nation=OTHER)
    async def rename(
        self,
        interaction: discord.Interaction,
        new_name: app_commands.Range[str, 1, 50],
        nation: str | None = None,
    ) -> None:
        """Save the name."""
        number = await self.begin(interaction, nation)
        await self.carry_out(interaction, RenameNation(name=new_name, nation_id=number))

    @app_commands.command(
        name="prefix", description="Put something like “Republic of” before your nation's name"
    )
    @app_commands.describe(prefix="One of the list; none if left out", nation=OTHER)
    async def prefix(
        self, interaction: discord.Interaction, prefix: str | None = None, nation: str | None = None
    ) -> None:
        """Save the prefix."""
        number = await self.begin(interaction, nation)
        await self.carry_out(interaction, SetPrefix(prefix=prefix, nation_id=number))

    @prefix.autocomplete("prefix")
    async def _prefixes(self, _: discord.Interaction, typed: str) -> Choices:
        return choices(((prefix, prefix) for prefix in PREFIXES), typed)

    @rename.autocomplete("nation")
    @prefix.autocomplete("nation")
    async def _named(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_nations(interaction, typed)
