"""/nation, put together: looking at nations, and what those who lead one decide."""

from __future__ import annotations

from discord.ext import commands

from modelus_bot.subjects.nations.commands.flags import CarriesFlags
from modelus_bot.subjects.nations.commands.history import ShowsHistory
from modelus_bot.subjects.nations.commands.leading import LeadsNations
from modelus_bot.subjects.nations.commands.mapping import ShowsMap
from modelus_bot.subjects.nations.commands.naming import NamesNations
from modelus_bot.subjects.nations.commands.viewing import ShowsNations

__all__ = ["NationCommands"]


class NationCommands(
    ShowsNations,
    ShowsHistory,
    ShowsMap,
    NamesNations,
    LeadsNations,
    CarriesFlags,
    commands.GroupCog,
    name="nation",
    description="The nations of this server",
):
    """The commands about nations."""
