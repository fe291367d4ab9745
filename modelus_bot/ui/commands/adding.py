"""Gives the bot the commands and lasting buttons of all subjects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelus_bot.domain.subject import Screens
from modelus_bot.ui.confirm import ConfirmButton
from modelus_bot.ui.paginator import PageButton

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["add_commands"]


async def add_commands(bot: ModelUsBot, screens: Screens) -> None:
    """Add every command group and every button that outlives a restart."""
    for group in screens.commands:
        await bot.add_cog(group(bot))
    bot.add_dynamic_items(ConfirmButton, PageButton, *screens.buttons)
