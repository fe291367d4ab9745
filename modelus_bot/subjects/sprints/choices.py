"""Sprints as people pick or type them."""

from __future__ import annotations

import discord

from modelus_bot.subjects.sprints.cards import choice_of
from modelus_bot.subjects.sprints.queries.sprints import sprints
from modelus_bot.ui.commands.group import CommandGroup
from modelus_bot.ui.commands.suggestions import Choices, picks, suggested
from modelus_bot.ui.picks import Named, meant

__all__ = ["PicksSprints"]


class PicksSprints(CommandGroup):
    """A command group whose commands take a sprint."""

    async def sprint_id(self, value: str) -> int:
        """Return the sprint that was picked, or whose name, alone or with its days, was typed."""
        known = [
            Named(sprint.id, sprint.name, choice_of(sprint)) for sprint in await self.bot.db.read(sprints)
        ]
        return meant("sprint", value, known, "a sprint", "sprint.unknown")

    async def suggest_sprints(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Suggest sprints that have not ended."""
        known = await suggested(interaction, sprints, self.today())
        return picks("sprint", ((choice_of(item), item.id) for item in known or ()), typed)
