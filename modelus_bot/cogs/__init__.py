"""Slash commands, one module per command group, named like its domain module; thin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from modelus_bot.subjects.audit.commands import AuditCommands
from modelus_bot.subjects.backups.commands.approval import RestoreButton
from modelus_bot.subjects.backups.commands.group import BackupCommands
from modelus_bot.subjects.covers.commands.asking import AskButton, TurnButton
from modelus_bot.subjects.covers.commands.group import CoverCommands
from modelus_bot.subjects.covers.commands.pressing import CoverButton
from modelus_bot.subjects.general.commands.group import GeneralCommands
from modelus_bot.subjects.health.commands.group import HealthCommands
from modelus_bot.subjects.maintenance.commands import DatabaseCommands
from modelus_bot.subjects.members.commands import MemberCommands
from modelus_bot.subjects.oncall.commands import OnCallCommands
from modelus_bot.subjects.rosters.commands import RosterCommands
from modelus_bot.subjects.sprints.commands import SprintCommands
from modelus_bot.ui.commands.group import CommandGroup
from modelus_bot.ui.confirm import ConfirmButton
from modelus_bot.ui.paginator import PageButton

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["ALL_COGS", "DYNAMIC_ITEMS", "add_commands"]

ALL_COGS: tuple[type[CommandGroup], ...] = (
    GeneralCommands,
    RosterCommands,
    SprintCommands,
    OnCallCommands,
    CoverCommands,
    MemberCommands,
    AuditCommands,
    HealthCommands,
    BackupCommands,
    DatabaseCommands,
)
DYNAMIC_ITEMS: tuple[type[discord.ui.DynamicItem[Any]], ...] = (
    AskButton,
    ConfirmButton,
    CoverButton,
    PageButton,
    RestoreButton,
    TurnButton,
)


async def add_commands(bot: ModelUsBot) -> None:
    """Add every cog and every button that outlives a restart."""
    for cog in ALL_COGS:
        await bot.add_cog(cog(bot))
    bot.add_dynamic_items(*DYNAMIC_ITEMS)
