"""/law, put together: reading laws, finding them, writing them, and deciding about them."""

from __future__ import annotations

from discord.ext import commands

from modelus_bot.subjects.laws.commands.reading import ReadsLaws
from modelus_bot.subjects.laws.commands.searching import SearchesLaws
from modelus_bot.subjects.laws.commands.standing import DecidesLaws
from modelus_bot.subjects.laws.commands.writing import WritesLaws

__all__ = ["LawCommands"]


class LawCommands(
    ReadsLaws,
    SearchesLaws,
    WritesLaws,
    DecidesLaws,
    commands.GroupCog,
    name="law",
    description="The laws of the nations",
):
    """The commands about laws."""
