"""The buttons of items; what a press does is in ``pressing``.

A button's id has the step, the item and the version that was shown; version 0 stands below a notice,
which stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import discord

from modelus_bot.subjects.triage.model import TriageItem

__all__ = ["LABELS", "NOTICE", "Step", "rating_view", "staff_steps", "step_id", "view_of"]

Step = Literal["claim", "release", "reply", "note", "resolve", "reject", "talk", "answer"]
NOTICE = 0
"""The version in the ids of buttons below a notice."""
LABELS: dict[Step, tuple[str, discord.ButtonStyle]] = {
    "claim": ("Claim", discord.ButtonStyle.primary),
    "release": ("Release", discord.ButtonStyle.secondary),
    "reply": ("Reply", discord.ButtonStyle.primary),
    "note": ("Note", discord.ButtonStyle.secondary),
    "resolve": ("Resolve", discord.ButtonStyle.success),
    "reject": ("Reject", discord.ButtonStyle.danger),
    "talk": ("What was said", discord.ButtonStyle.secondary),
    "answer": ("Answer", discord.ButtonStyle.primary),
}


def staff_steps(item: TriageItem) -> list[Step]:
    """Return the steps that staff may take as an item stands."""
    if not item.is_open:
        return ["talk"]
    first: Step = "claim" if item.status == "pending" else "release"
    return [first, "reply", "note", "resolve", "reject", "talk"]


def view_of(item: TriageItem, steps: Iterable[Step], version: int) -> discord.ui.View | None:
    """Return buttons for steps; None without any.

    Presses go by the buttons' ids, also after a restart, so nothing is kept of the view itself.
    """
    view = discord.ui.View(timeout=None)
    for step in steps:
        label, style = LABELS[step]
        view.add_item(discord.ui.Button(label=label, style=style, custom_id=step_id(step, item.id, version)))
    view.stop()
    return view if view.children else None


def rating_view(item: TriageItem) -> discord.ui.View:
    """Return the five buttons with which the reporter rates."""
    view = discord.ui.View(timeout=None)
    for stars in range(1, 6):
        view.add_item(discord.ui.Button(label="★" * stars, custom_id=f"triage_rate:{item.id}:{stars}"))
    view.stop()
    return view


def step_id(step: Step, item: int, version: int) -> str:
    """Return the id of a step's button, and of the form that it opens."""
    return f"triage:{step}:{item}:{version}"
