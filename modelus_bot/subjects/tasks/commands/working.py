"""/task start, progress, done, assign, bulk-assign: how far tasks are, and whose."""

from __future__ import annotations

import discord
from discord import app_commands

from modelus_bot.subjects.people.queries import everybody
from modelus_bot.subjects.tasks.buttons.pressing import words_for
from modelus_bot.subjects.tasks.cards.task_cards import bulk_text
from modelus_bot.subjects.tasks.cards.words import Words
from modelus_bot.subjects.tasks.choices import task_number, task_numbers
from modelus_bot.subjects.tasks.commands.saving import SavesTasks
from modelus_bot.subjects.tasks.writes.assigning import AssignTask, BulkAssign
from modelus_bot.subjects.tasks.writes.moving import MoveTask, SetProgress
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.group import not_a_bot
from modelus_bot.ui.commands.suggestions import Choices
from modelus_bot.ui.confirm import Ask, Confirmed, ask, confirmed

__all__ = ["WorksOnTasks"]


class WorksOnTasks(SavesTasks):
    """The commands that move tasks on and hand them out."""

    @app_commands.command(name="start", description="Start a task; one that nobody has is yours then")
    @app_commands.describe(task="Which")
    async def start(self, interaction: discord.Interaction, task: str) -> None:
        """Move its card to those in progress."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        await self.save_task(interaction, MoveTask(task_id=task_number(task), to="in_progress"))

    @app_commands.command(name="progress", description="Say how far a task is")
    @app_commands.describe(task="Which", percent="How much of it is done")
    async def progress(
        self, interaction: discord.Interaction, task: str, percent: app_commands.Range[int, 0, 100]
    ) -> None:
        """Save the percent."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        await self.save_task(interaction, SetProgress(task_id=task_number(task), progress=percent))

    @app_commands.command(name="done", description="Finish a task and get the next one")
    @app_commands.describe(
        task="Which",
        take_next="Whether its owner gets the next task of their role or discipline; yes if left out",
    )
    async def done(self, interaction: discord.Interaction, task: str, take_next: bool = True) -> None:
        """Finish it, and show what comes next."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        write = MoveTask(task_id=task_number(task), to="done", take_next=take_next)
        await self.save_task(interaction, write)

    @app_commands.command(name="assign", description="Give a task to somebody, or back")
    @app_commands.describe(task="Which", user="To whom; back to its role or discipline if left out")
    async def assign(
        self, interaction: discord.Interaction, task: str, user: discord.Member | None = None
    ) -> None:
        """Change its owner."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        person = not_a_bot(user).id if user is not None else None
        await self.save_task(interaction, AssignTask(task_id=task_number(task), user_id=person))

    @app_commands.command(name="bulk-assign", description="Give many tasks to somebody")
    @app_commands.describe(
        tasks="Which, by their numbers: 12, 15-18",
        user="To whom",
        dry_run="Only show what becomes of each",
    )
    async def bulk_assign(
        self,
        interaction: discord.Interaction,
        tasks: app_commands.Range[str, 1, 300],
        user: discord.Member,
        dry_run: bool = False,
    ) -> None:
        """Show what becomes of each, confirm, assign."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        write = BulkAssign(task_ids=task_numbers(tasks), user_id=not_a_bot(user).id)
        words = await words_for(self.bot, interaction)
        context = self.bot.context(interaction)
        tried = await self.bot.db.preview(write, context)
        text = bulk_text(tried, words)
        if dry_run:
            await answering.answer(interaction, cards.info("Only a preview", text))
        elif not tried.assigned:
            await answering.answer(interaction, cards.warning("None of them can be assigned", text))
        else:
            card = cards.question(f"Assign {len(tried.assigned)} of {len(write.task_ids)} tasks?", text)
            await ask(self.bot, interaction, context, Ask("task_bulk", card, "Assign", write))

    @start.autocomplete("task")
    @progress.autocomplete("task")
    @done.autocomplete("task")
    @assign.autocomplete("task")
    async def _open(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_tasks(interaction, typed)


@confirmed("task_bulk", BulkAssign)
async def _assigned(press: Confirmed) -> Card:
    """Assign what can be assigned now, which may differ from what was shown, and say so of each."""
    words = Words(await press.bot.db.read(everybody))
    saved = await press.bot.db.write(press.change, press.context)
    make = cards.warning if saved.failed else cards.success
    return make("Assigned" if saved.assigned else "None was assigned", bulk_text(saved, words))
