"""Tasks and epics as people pick or type them."""

from __future__ import annotations

import re

import discord

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.disciplines.choices import PicksDisciplines
from modelus_bot.subjects.tasks.queries.lists import epics, task_names
from modelus_bot.subjects.tasks.writes.assigning import BULK
from modelus_bot.text.escaping import bare, plain
from modelus_bot.ui.cards import clip
from modelus_bot.ui.commands.suggestions import Choices, choices, picks, suggested
from modelus_bot.ui.picks import unpicked

__all__ = ["PicksTasks", "task_number", "task_numbers"]

_RANGE = re.compile(r"#?(\d{1,18})(?: ?[-–—] ?#?(\d{1,18}))?", re.ASCII)
LONGEST = 40
"""Characters of what was typed that are looked for."""


class PicksTasks(PicksDisciplines):
    """A command group whose commands take a task."""

    async def suggest_tasks(
        self, interaction: discord.Interaction, typed: str, *, closed: bool = False
    ) -> Choices:
        """Suggest tasks that the member may see by title or number, newest first."""
        found = await suggested(
            interaction, task_names, self.viewer(interaction), typed.strip()[:LONGEST], closed=closed
        )
        return picks("task", ((f"{item.id}: {bare(item.title)}", item.id) for item in found or ()), "")

    async def suggest_epics(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Suggest epics; what is typed is one, too."""
        found = await suggested(interaction, epics, self.viewer(interaction))
        return choices(((bare(epic), epic) for epic in found or ()), typed)


def task_number(value: str) -> int:
    """Return the number of the task that was picked, or whose number was typed."""
    digits = unpicked("task", value) or value.partition(":")[0].strip().lstrip("#")
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 18 or int(digits) < 1:
        raise InvalidInput(
            f"“{plain(clip(value, 60))}” is not a task. Pick one from the list or type its number.",
            rule="task.unknown",
        )
    return int(digits)


def task_numbers(text: str) -> tuple[int, ...]:
    """Return the numbers in “12, 15-18 20”; raises ``InvalidInput`` with how they can be written."""
    numbers: list[int] = []
    for part in re.split(r"[,;\s]+", re.sub(r"\s*[-–—]\s*", "-", text.strip())):
        match = _RANGE.fullmatch(part)
        if match is None or int(match[1]) < 1:
            raise InvalidInput(
                f"“{plain(clip(part, 40))}” is no number of a task. Write them as “12, 15-18”.",
                rule="task.numbers",
            )
        first, last = int(match[1]), int(match[2] or match[1])
        numbers += range(first, min(last, first + BULK) + 1)
    found = tuple(dict.fromkeys(numbers))
    if not 1 <= len(found) <= BULK:
        raise InvalidInput(f"At most {BULK} tasks can be assigned at once. Give fewer.", rule="task.numbers")
    return found
