"""/nation-admin alias: other names by which a nation is found."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands

from modelus_bot.subjects.nations.cards.changes import alias_card
from modelus_bot.subjects.nations.commands.acting import ActsForNations
from modelus_bot.subjects.nations.commands.administering import DRY_RUN, WHICH, WHY, Reason
from modelus_bot.subjects.nations.queries.names import aliases_of
from modelus_bot.subjects.nations.writes.aliases import AddAlias, RemoveAlias
from modelus_bot.text.escaping import bare
from modelus_bot.ui.commands.suggestions import Choices, choices, suggested

__all__ = ["GivesAliases"]

AliasAction = Literal["add", "remove"]


class GivesAliases(ActsForNations):
    """The command of administrators about aliases."""

    @app_commands.command(
        name="alias", description="Let a nation be found by another name, too, or no longer by one"
    )
    @app_commands.describe(
        action="Whether the name is added or removed",
        nation=WHICH,
        name="The other name, like an abbreviation",
        reason=WHY,
        dry_run=DRY_RUN,
    )
    async def alias(
        self,
        interaction: discord.Interaction,
        action: AliasAction,
        nation: str,
        name: app_commands.Range[str, 1, 50],
        reason: Reason | None = None,
        dry_run: bool = False,
    ) -> None:
        """Save it, or show it."""
        await self.begin(interaction, None)
        number = await self.nation_id(nation, archived=action == "remove")
        write: AddAlias | RemoveAlias = (
            AddAlias(nation_id=number, name=name)
            if action == "add"
            else RemoveAlias(nation_id=number, name=name)
        )
        await self.carry_out_as(interaction, write, alias_card, reason=reason, dry_run=dry_run)

    @alias.autocomplete("nation")
    async def _to_be_called(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_nations(
            interaction, typed, archived=interaction.namespace.action == "remove"
        )

    @alias.autocomplete("name")
    async def _aliases(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Suggest the aliases of the nation that was chosen so far, where one of them is to be removed."""
        number = await self.chosen_nation(interaction)
        if interaction.namespace.action != "remove" or number is None:
            return []
        found = await suggested(interaction, aliases_of, number)
        return choices(((bare(name), name) for name in found or ()), typed)
