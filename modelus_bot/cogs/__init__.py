"""Slash commands, one module per command group, named like its domain module; thin."""

from typing import Any

import discord

from modelus_bot.cogs.audit import Audit
from modelus_bot.cogs.backup import Backup
from modelus_bot.cogs.cover import Cover
from modelus_bot.cogs.cover_message import CoverButton
from modelus_bot.cogs.dbhealth import DatabaseHealth
from modelus_bot.cogs.general import General
from modelus_bot.cogs.group import CommandGroup
from modelus_bot.cogs.maintenance import DatabaseGroup
from modelus_bot.cogs.member import MemberGroup
from modelus_bot.cogs.oncall import OnCallGroup
from modelus_bot.cogs.roster import Roster
from modelus_bot.cogs.sprint import SprintGroup
from modelus_bot.ui.paginator import PageButton

__all__ = ["ALL_COGS", "DYNAMIC_ITEMS"]

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
DYNAMIC_ITEMS: tuple[type[discord.ui.DynamicItem[Any]], ...] = (CoverButton, PageButton)
