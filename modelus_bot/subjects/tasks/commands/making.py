"""/task add, edit, cancel: what there is to do."""

from __future__ import annotations

import discord
from discord import app_commands

from modelus_bot.domain.fields import StaffRole
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.subjects.tasks.buttons.pressing import words_for
from modelus_bot.subjects.tasks.cards.task_cards import task_card, task_name
from modelus_bot.subjects.tasks.cards.words import STATUSES, Words
from modelus_bot.subjects.tasks.choices import task_number
from modelus_bot.subjects.tasks.commands.saving import SavesTasks
from modelus_bot.subjects.tasks.writes.editing import AddTask, CancelTask, EditTask
from modelus_bot.text.escaping import plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.group import not_a_bot
from modelus_bot.ui.commands.suggestions import Choices
from modelus_bot.ui.confirm import Ask, Confirmed, ask, confirmed

__all__ = ["MakesTasks"]

Title = app_commands.Range[str, 1, 200]
Label = app_commands.Range[str, 1, 50]
Priority = app_commands.Range[int, 0, 3]
Hours = app_commands.Range[int, 1, 400]
Description = app_commands.Range[str, 1, 4000]
PRIORITY = "0 can wait, 1 normal, 2 important, 3 urgent"


class MakesTasks(SavesTasks):
    """The commands that make tasks, change what they are about, and call them off."""

    @app_commands.command(name="add", description="Add a task")
    @app_commands.describe(
        title="What is to be done",
        start="The day it begins",
        end="The day it is due",
        role="Whose role may take it",
        user="Who has it; nobody if left out",
        discipline="Whose roster may take it",
        priority=PRIORITY,
        epic="The large thing it is part of",
        story="The part of that",
        estimate="How many hours it takes",
        description="What exactly",
    )
    async def add(
        self,
        interaction: discord.Interaction,
        title: Title,
        start: str,
        end: str,
        role: StaffRole | None = None,
        user: discord.Member | None = None,
        discipline: str | None = None,
        priority: Priority = 1,
        epic: Label | None = None,
        story: Label | None = None,
        estimate: Hours | None = None,
        description: Description | None = None,
    ) -> None:
        """Save the task and show it."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        write = AddTask(
            title=title,
            start=self.day(start),
            end=self.day(end),
            role=role,
            user_id=not_a_bot(user).id if user is not None else None,
            discipline=(await self.require_discipline(discipline)).key if discipline else None,
            importance=priority,
            epic=epic,
            story=story,
            estimate_h=estimate,
            description=description or "",
        )
        await self.save_task(interaction, write)

    @app_commands.command(name="edit", description="Change what a task is about; what is left out stays")
    @app_commands.describe(
        task="Which",
        title="What is to be done",
        start="The day it begins",
        end="The day it is due",
        role="Whose role may take it",
        discipline="Whose roster may take it",
        priority=PRIORITY,
        epic="The large thing it is part of",
        story="The part of that",
        estimate="How many hours it takes",
        description="What exactly",
    )
    async def edit(
        self,
        interaction: discord.Interaction,
        task: str,
        title: Title | None = None,
        start: str | None = None,
        end: str | None = None,
        role: StaffRole | None = None,
        discipline: str | None = None,
        priority: Priority | None = None,
        epic: Label | None = None,
        story: Label | None = None,
        estimate: Hours | None = None,
        description: Description | None = None,
    ) -> None:
        """Save what is new, and show it as before → after."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        write = EditTask(
            task_id=task_number(task),
            title=title,
            start=self.day(start) if start else None,
            end=self.day(end) if end else None,
            role=role,
            discipline=(await self.require_discipline(discipline)).key if discipline else None,
            importance=priority,
            epic=epic,
            story=story,
            estimate_h=estimate,
            description=description,
        )
        await self.save_task(interaction, write)

    @app_commands.command(name="cancel", description="Call a task off; its history stays")
    @app_commands.describe(task="Which", reason="Why")
    async def cancel(
        self, interaction: discord.Interaction, task: str, reason: app_commands.Range[str, 1, 300]
    ) -> None:
        """Show the task, confirm, call it off."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        write = CancelTask(task_id=task_number(task), reason=reason)
        words = await words_for(self.bot, interaction)
        context = self.bot.context(interaction, reason)
        change = await self.bot.db.preview(write, context)
        found = change.before or change.after
        text = f"{task_card(found, words, self.task_day()).text}\n\n**Reason:** {plain(reason)}"
        card = cards.question(f"Call off {task_name(found)}?", text)
        same = write.model_copy(update={"version": found.version})
        await ask(self.bot, interaction, context, Ask("task", card, "Call it off", same, danger=True))

    @edit.autocomplete("task")
    @cancel.autocomplete("task")
    async def _open_tasks(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_tasks(interaction, typed)

    @add.autocomplete("start")
    @add.autocomplete("end")
    @edit.autocomplete("start")
    @edit.autocomplete("end")
    async def _task_days(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_days(interaction, typed)

    @add.autocomplete("discipline")
    @edit.autocomplete("discipline")
    async def _task_disciplines(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_disciplines(interaction, typed)

    @add.autocomplete("epic")
    @edit.autocomplete("epic")
    async def _task_epics(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_epics(interaction, typed)


@confirmed("task", CancelTask)
async def _called_off(press: Confirmed) -> Card:
    """Call the task off that was shown."""
    words = Words(await press.bot.db.read(everybody))
    saved = await press.bot.db.write(press.change, press.context)
    before = STATUSES[saved.before.status] if saved.before is not None else "Open"
    text = f"{before} → {STATUSES[saved.after.status]}\n**Of:** {words.owner(saved.after)}"
    return cards.success(task_name(saved.after), text)
