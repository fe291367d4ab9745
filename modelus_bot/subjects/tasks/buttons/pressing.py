"""Pressing the buttons of a task: its id says which step, of which task, as it was shown."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import discord

from modelus_bot.database import Write
from modelus_bot.subjects.disciplines.queries import disciplines
from modelus_bot.subjects.people.introductions import introduce
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.subjects.tasks.buttons.steps import LABELS, Step, task_view
from modelus_bot.subjects.tasks.cards.task_cards import task_card
from modelus_bot.subjects.tasks.cards.words import Words
from modelus_bot.subjects.tasks.model import BoardColumn, StaffTask, TaskChange
from modelus_bot.subjects.tasks.rules.risk import task_day
from modelus_bot.subjects.tasks.writes.assigning import AssignTask
from modelus_bot.subjects.tasks.writes.moving import MoveTask
from modelus_bot.ui import answering
from modelus_bot.ui.presses import answered

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["TaskButton", "show_change", "tell_of_next", "words_for"]

TARGETS: dict[str, BoardColumn] = {
    "start": "in_progress",
    "done": "done",
    "back": "todo",
    "reopen": "in_progress",
}


class TaskButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"task:(?P<step>take|start|done|back|reopen):(?P<id>\d{1,18}):(?P<version>\d{1,9})",
):
    """One step of one task; the rules are in ``writes``."""

    def __init__(self, step: Step, task_id: int, version: int) -> None:
        """Make the button for a step of a task as it was shown."""
        label, style = LABELS[step]
        custom_id = f"task:{step}:{task_id}:{version}"
        super().__init__(discord.ui.Button(label=label, style=style, custom_id=custom_id))
        self.step, self.task_id, self.version = step, task_id, version

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction, __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its id."""
        step: Any = match["step"]
        return cls(step, int(match["id"]), int(match["version"]))

    @answered
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Take the step and show the task as it stands then."""
        bot: ModelUsBot = interaction.client
        await answering.defer(interaction)
        words = await words_for(bot, interaction)
        change = await bot.db.write(self._write(interaction.user.id), bot.context(interaction))
        await show_change(bot, interaction, change, words)

    def _write(self, presser: int) -> Write[TaskChange]:
        if self.step == "take":
            return AssignTask(task_id=self.task_id, user_id=presser, version=self.version)
        return MoveTask(task_id=self.task_id, to=TARGETS[self.step], version=self.version)


async def words_for(bot: ModelUsBot, interaction: discord.Interaction[Any]) -> Words:
    """Return the names that cards of tasks need; asked before a write, so that nothing fails after it."""
    user = interaction.user
    names = {user.id: user.display_name} | await bot.db.read(everybody)
    labels = {item.key: item.label for item in await bot.db.read(disciplines, active_only=False)}
    return Words(names, labels)


async def show_change(
    bot: ModelUsBot, interaction: discord.Interaction[Any], change: TaskChange, words: Words
) -> None:
    """Answer a press with the task's card and its new buttons, and name what comes next beside it."""
    day = task_day(int(time.time()), bot.settings.server.timezone)
    await answering.together(
        answering.answer(interaction, task_card(change.after, words, day), view=task_view(change.after)),
        tell_of_next(bot, interaction, change.given, words),
    )
    await introduce(bot, interaction)


async def tell_of_next(
    bot: ModelUsBot, interaction: discord.Interaction[Any], given: StaffTask | None, words: Words
) -> None:
    """Show the task that somebody was given, with its buttons, beside the answer; nothing without one."""
    if given is None:
        return
    day = task_day(int(time.time()), bot.settings.server.timezone)
    card = task_card(given, words, day)
    own = given.user_id == interaction.user.id
    title = f"{'Next for you' if own else 'Next for its owner'}: {card.title}"
    await answering.ask_here(interaction, replace(card, title=title), task_view(given), private=True)
