"""What the commands share that change one task: save, and show what is different, with the task's buttons."""

from __future__ import annotations

from datetime import date

import discord

from modelus_bot.database import Write
from modelus_bot.subjects.people.introductions import introduce
from modelus_bot.subjects.tasks.buttons.pressing import tell_of_next, words_for
from modelus_bot.subjects.tasks.buttons.steps import task_view
from modelus_bot.subjects.tasks.cards.task_cards import change_card
from modelus_bot.subjects.tasks.choices import PicksTasks
from modelus_bot.subjects.tasks.model import TaskChange
from modelus_bot.subjects.tasks.rules.risk import task_day
from modelus_bot.ui import answering

__all__ = ["SavesTasks"]


class SavesTasks(PicksTasks):
    """A command group that changes tasks."""

    def task_day(self) -> date:
        """Return the day that tasks are in."""
        return task_day(self.now(), self.calendar.zone)

    async def save_task(
        self, interaction: discord.Interaction, write: Write[TaskChange], reason: str | None = None
    ) -> None:
        """Save a change under a deferred interaction, and show it."""
        words = await words_for(self.bot, interaction)
        change = await self.bot.db.write(write, self.bot.context(interaction, reason))
        card = change_card(change, words, self.task_day())
        await answering.together(
            answering.answer(interaction, card, view=task_view(change.after)),
            tell_of_next(self.bot, interaction, change.given, words),
        )
        await introduce(self.bot, interaction)
