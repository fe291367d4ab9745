"""Gives the bot the commands of all subjects, and the buttons and menus that outlive a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelus_bot.domain.subject import Screens
from modelus_bot.ui.confirm import ConfirmButton
from modelus_bot.ui.paginator import PageButton, PageMenu

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["SHARED_BUTTONS", "add_commands"]

SHARED_BUTTONS = (ConfirmButton, PageButton, PageMenu)
"""What outlives a restart and belongs to no subject."""


async def add_commands(bot: ModelUsBot, screens: Screens) -> None:
    """Add every command group and every button that outlives a restart."""
    for group in screens.commands:
        await bot.add_cog(group(bot))
    bot.add_dynamic_items(*SHARED_BUTTONS, *screens.buttons)
