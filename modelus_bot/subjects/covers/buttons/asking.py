"""Asking for cover without typing: a button under duty cards, one's own turns to choose from, a form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

import discord

from modelus_bot.subjects.covers.buttons.steps import turn_id
from modelus_bot.subjects.covers.buttons.turn_form import (
    TurnForm,
    request_cover,
    turns,
    turns_in_time,
    typed_fields,
)
from modelus_bot.text.escaping import bare
from modelus_bot.ui import answering, cards
from modelus_bot.ui.forms import FORM_PATIENCE, form
from modelus_bot.ui.presses import answered

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["AskButton", "TurnButton", "asking_view"]

MOST = 10
"""How many turns are offered; those further away can be named with the command."""
TURN = r"cover_turn:(?P<sprint>\d{1,18}):(?P<discipline>.{1,32})"
"""The id of a turn's button, and of the form that it opens."""


def asking_view() -> discord.ui.View:
    """Return the button that asks for cover of a turn of whoever presses it."""
    view = discord.ui.View(timeout=None)
    view.add_item(AskButton())
    return view


class AskButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"cover_ask"):
    """Offers the turns of whoever presses it."""

    def __init__(self) -> None:
        """Make the button."""
        super().__init__(discord.ui.Button(label="Ask for cover", custom_id="cover_ask"))

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction, __: discord.ui.Item[Any], ___: re.Match[str], /
    ) -> Self:
        """There is only one."""
        return cls()

    @answered
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Offer the turns in a form; where they cannot be had in time for one, as buttons that open one."""
        bot: ModelUsBot = interaction.client
        found = await turns_in_time(bot, interaction.user.id)
        if found:
            await answering.show_form(interaction, TurnForm(found))
            return
        await answering.defer(interaction)
        if found is None:
            found = await turns(bot, interaction.user.id)
        if not found:
            text = "You have no turns planned. `/oncall mine` shows them when you do."
            await answering.tell(interaction, cards.info("No turns of yours", text))
            return
        view = discord.ui.View(timeout=None)
        for item in found[:MOST]:
            view.add_item(TurnButton(item.sprint.id, item.discipline, f"{item.label}, {item.sprint.name}"))
        card = cards.question("Which turn?", "Anybody on its roster can take it, and a manager approves.")
        await answering.ask_here(interaction, card, view, private=True)


class TurnButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=TURN,
):
    """Asks for cover of one turn."""

    def __init__(self, sprint_id: int, discipline: str, label: str = "Turn") -> None:
        """Make the button of a turn."""
        custom_id = turn_id(sprint_id, discipline)
        super().__init__(discord.ui.Button(label=cards.clip(bare(label), 60), custom_id=custom_id))
        self.sprint_id, self.discipline = sprint_id, discipline

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction, __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its id."""
        return cls(int(match["sprint"]), match["discipline"])

    @answered
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Ask why, and for which days."""
        await answering.show_form(interaction, ReasonForm(self.sprint_id, self.discipline))


class ReasonForm(discord.ui.Modal, title="Ask for cover of this turn"):
    """Asks why, and for which days."""

    def __init__(self, sprint_id: int, discipline: str) -> None:
        """Ask about one turn."""
        super().__init__(custom_id=turn_id(sprint_id, discipline), timeout=FORM_PATIENCE)
        for field in typed_fields():
            self.add_item(field)


@form(TURN)
async def _asked(match: re.Match[str], interaction: discord.Interaction[Any], fields: dict[str, str]) -> None:
    """Save the request with what was typed, and post it where the button was pressed."""
    bot: ModelUsBot = interaction.client
    await answering.defer(interaction)
    await request_cover(bot, interaction, int(match["sprint"]), match["discipline"], fields)
