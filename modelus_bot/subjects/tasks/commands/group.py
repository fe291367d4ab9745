"""/task, put together: making tasks, working on them, looking at them."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from modelus_bot.subjects.tasks.commands.burning import DrawsBurndown
from modelus_bot.subjects.tasks.commands.making import MakesTasks
from modelus_bot.subjects.tasks.commands.viewing import ShowsTasks
from modelus_bot.subjects.tasks.commands.working import WorksOnTasks
from modelus_bot.ui.commands.needs import FOR_STAFF

__all__ = ["TaskCommands"]


@app_commands.default_permissions(**FOR_STAFF)
class TaskCommands(
    MakesTasks,
    WorksOnTasks,
    ShowsTasks,
    DrawsBurndown,
    commands.GroupCog,
    name="task",
    description="Work of the staff",
):
    """The commands about tasks."""
