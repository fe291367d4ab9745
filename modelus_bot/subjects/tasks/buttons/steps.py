"""Which buttons a task has as it stands; what a press does is in ``pressing``."""

from __future__ import annotations

from typing import Literal

import discord

from modelus_bot.subjects.tasks.model import StaffTask

__all__ = ["LABELS", "Step", "steps_of", "task_view"]

Step = Literal["take", "start", "done", "back", "reopen"]
LABELS: dict[Step, tuple[str, discord.ButtonStyle]] = {
    "take": ("Take it", discord.ButtonStyle.primary),
    "start": ("Start", discord.ButtonStyle.primary),
    "done": ("Done", discord.ButtonStyle.success),
    "back": ("Back to do", discord.ButtonStyle.secondary),
    "reopen": ("Not done after all", discord.ButtonStyle.secondary),
}


def steps_of(found: StaffTask) -> list[Step]:
    """Return the steps that make sense as a task stands; none for a cancelled one."""
    if found.status == "cancelled":
        return []
    if found.status == "done":
        return ["reopen"]
    steps: list[Step] = ["start", "done"] if found.status == "todo" else ["done", "back"]
    return [*steps, "take"] if found.user_id is None else steps


def task_view(found: StaffTask) -> discord.ui.View | None:
    """Return a task's buttons; None without any.

    Presses go by the buttons' ids, also after a restart, so nothing is kept of the view itself.
    """
    view = discord.ui.View(timeout=None)
    for step in steps_of(found):
        label, style = LABELS[step]
        custom_id = f"task:{step}:{found.id}:{found.version}"
        view.add_item(discord.ui.Button(label=label, style=style, custom_id=custom_id))
    view.stop()
    return view if view.children else None
