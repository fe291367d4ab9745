"""/nation-admin, put together: what administrators do with nations, and who leads them."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from modelus_bot.subjects.nations.commands.administering import AdministersNations
from modelus_bot.subjects.nations.commands.aliases import GivesAliases
from modelus_bot.subjects.nations.commands.offices import GivesOffices
from modelus_bot.subjects.nations.commands.undoing import UndoesChanges

__all__ = ["NationAdminCommands"]


@app_commands.default_permissions(manage_guild=True)
class NationAdminCommands(
    AdministersNations,
    UndoesChanges,
    GivesAliases,
    GivesOffices,
    commands.GroupCog,
    name="nation-admin",
    description="Founding, changing and archiving nations, and who leads them",
):
    """The commands of administrators about nations."""
