"""Slash commands, one module per command group, named like its domain module; thin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from modelus_bot.cogs.audit import Audit
from modelus_bot.cogs.backup import Backup
from modelus_bot.cogs.cover import Cover
from modelus_bot.cogs.cover_asking import AskButton, TurnButton
from modelus_bot.cogs.cover_message import CoverButton
from modelus_bot.cogs.dbhealth import DatabaseHealth
from modelus_bot.cogs.general import General
from modelus_bot.cogs.group import CommandGroup
from modelus_bot.cogs.maintenance import DatabaseGroup
from modelus_bot.cogs.member import MemberGroup
from modelus_bot.cogs.oncall import OnCallGroup
from modelus_bot.cogs.roster import Roster
from modelus_bot.cogs.sprint import SprintGroup
from modelus_bot.ui.confirm import ConfirmButton
from modelus_bot.ui.paginator import PageButton

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["ALL_COGS", "DYNAMIC_ITEMS", "add_commands"]

ALL_COGS: tuple[type[CommandGroup], ...] = (
    General,
    Roster,
    SprintGroup,
    OnCallGroup,
    Cover,
    MemberGroup,
    Audit,
    DatabaseHealth,
    Backup,
    DatabaseGroup,
)
DYNAMIC_ITEMS: tuple[type[discord.ui.DynamicItem[Any]], ...] = (
    AskButton,
    ConfirmButton,
    CoverButton,
    PageButton,
    TurnButton,
)


async def add_commands(bot: ModelUsBot) -> None:
    """Add every cog and every button that outlives a restart."""
    for cog in ALL_COGS:
        await bot.add_cog(cog(bot))
    bot.add_dynamic_items(*DYNAMIC_ITEMS)
