"""/economy, put together: the books of the nations, and the clock that moves them."""

from __future__ import annotations

from discord.ext import commands

from modelus_bot.subjects.ledger.commands.books import ShowsBooks
from modelus_bot.subjects.ledger.commands.turning import TurnsClock

__all__ = ["EconomyCommands"]


class EconomyCommands(
    ShowsBooks, TurnsClock, commands.GroupCog, name="economy", description="The money of the nations"
):
    """The commands about money."""
