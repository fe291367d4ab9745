"""Everybody's names, for command groups that show them."""

from __future__ import annotations

import discord

from modelus_bot.subjects.people.queries import everybody
from modelus_bot.ui.commands.group import CommandGroup

__all__ = ["NamesPeople"]


class NamesPeople(CommandGroup):
    """A command group that writes people's names."""

    async def names(self, *present: discord.Member | discord.User) -> dict[int, str]:
        """Return everybody's name by id, those ``present`` by what Discord calls them if not known.

        Asked before a write, so that nothing can fail between the write and saying what was saved.
        """
        return {item.id: item.display_name for item in present} | await self.bot.db.read(everybody)
