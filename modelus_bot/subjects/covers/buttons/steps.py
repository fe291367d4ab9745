"""The buttons of cover requests, and where their messages are; what a press does is in ``pressing``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import discord

from modelus_bot.subjects.covers.model import Cover
from modelus_bot.text.escaping import bare
from modelus_bot.ui.cards import clip

__all__ = ["LABELS", "Step", "link_to", "own_steps", "steps_of", "turn_id", "turns_view", "view_of"]

Step = Literal["show", "take", "approve", "decline", "refuse", "withdraw"]
LABELS: dict[str, tuple[str, discord.ButtonStyle]] = {
    "show": ("Request {}", discord.ButtonStyle.secondary),
    "take": ("Take", discord.ButtonStyle.primary),
    "approve": ("Approve", discord.ButtonStyle.success),
    "decline": ("Decline", discord.ButtonStyle.danger),
    "refuse": ("I can't", discord.ButtonStyle.secondary),
    "withdraw": ("Withdraw", discord.ButtonStyle.secondary),
}


def steps_of(cover: Cover) -> list[Step]:
    """Return the steps that make sense as a request stands; none when it is decided."""
    if not cover.is_pending:
        return []
    steps: list[Step] = ["decline", "withdraw"]
    if cover.replacement_id is not None:
        steps = ["approve", "decline", "refuse", "withdraw"]
    if cover.status == "open":
        steps.insert(0, "take")
    return steps


def own_steps(cover: Cover, person: int) -> list[Step]:
    """Return the steps that are one person's own: stepping in, saying no, taking the request back."""
    mine: set[Step] = set()
    if person == cover.replacement_id:
        mine |= {"take", "refuse"}
    if person in {cover.requested_by, cover.original_id}:
        mine.add("withdraw")
    return [step for step in steps_of(cover) if step in mine]


def view_of(cover_id: int, steps: Iterable[Step]) -> discord.ui.View | None:
    """Return buttons for steps; None without any.

    Presses go by the buttons' ids, also after a restart, so nothing is kept of the view itself.
    """
    view = discord.ui.View(timeout=None)
    for step in steps:
        label, style = LABELS[step]
        custom_id = f"cover:{step}:{cover_id}"
        view.add_item(discord.ui.Button(label=label.format(cover_id), style=style, custom_id=custom_id))
    view.stop()
    return view if view.children else None


def turns_view(turns: Iterable[tuple[int, str, str]]) -> discord.ui.View | None:
    """Return buttons that ask for cover of turns: each is a sprint's number, a discipline and its name."""
    view = discord.ui.View(timeout=None)
    for sprint_id, discipline, label in turns:
        text = clip(f"Ask for cover: {bare(label)}", 80)
        view.add_item(discord.ui.Button(label=text, custom_id=turn_id(sprint_id, discipline)))
    view.stop()
    return view if view.children else None


def turn_id(sprint_id: int, discipline: str) -> str:
    """Return the id of a button that asks for cover of a turn, and of the form that it opens."""
    return f"cover_turn:{sprint_id}:{discipline}"


def link_to(guild_id: int, channel_id: int, message_id: int) -> str:
    """Return the address of a message."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"
