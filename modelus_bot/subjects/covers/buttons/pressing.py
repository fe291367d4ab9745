"""Pressing the buttons of a cover request, and showing one.

A button's id says which step of which request it is, so it goes on working after a restart.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

import discord

from modelus_bot.database import Write
from modelus_bot.domain.permissions import Viewer, check_part
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.covers.buttons.posting import (
    buttons_of,
    known_cards,
    linked,
    remember_answer,
    rewrite_cards,
)
from modelus_bot.subjects.covers.buttons.steps import LABELS
from modelus_bot.subjects.covers.cards import card_of
from modelus_bot.subjects.covers.model import CoverChange
from modelus_bot.subjects.covers.queries import cover
from modelus_bot.subjects.covers.writes.steps import (
    ApproveCover,
    DeclineCover,
    RefuseCover,
    TakeCover,
    WithdrawCover,
)
from modelus_bot.subjects.disciplines.cards import role_line
from modelus_bot.subjects.people.introductions import introduce
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.text.escaping import plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.forms import FORM_PATIENCE, form
from modelus_bot.ui.presses import answered

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["CoverButton", "show_card"]

WRITES: dict[str, type[TakeCover | ApproveCover | RefuseCover | WithdrawCover]] = {
    "take": TakeCover,
    "approve": ApproveCover,
    "refuse": RefuseCover,
    "withdraw": WithdrawCover,
}


class CoverButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"cover:(?P<step>show|take|approve|decline|refuse|withdraw):(?P<id>\d{1,18})",
):
    """One step of one request; the rules are in ``writes``."""

    def __init__(self, step: str, cover_id: int) -> None:
        """Make the button for a step of request number ``cover_id``."""
        label, style = LABELS[step]
        custom_id = f"cover:{step}:{cover_id}"
        super().__init__(discord.ui.Button(label=label.format(cover_id), style=style, custom_id=custom_id))
        self.step, self.cover_id = step, cover_id

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction, __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its id."""
        return cls(match["step"], int(match["id"]))

    @answered
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Take the step, then rewrite the messages; declining asks for a reason first."""
        if self.step == "show":
            await answering.defer(interaction)
            await show_card(interaction.client, interaction, self.cover_id, public=False)
            return
        if self.step == "decline":
            await answering.show_form(interaction, DeclineForm(self.cover_id))
            return
        await answering.defer(interaction)
        await _take_step(interaction.client, interaction, WRITES[self.step](cover_id=self.cover_id))


class DeclineForm(discord.ui.Modal, title="Decline this request"):
    """Asks why, and declines."""

    reason: discord.ui.TextInput[Any] = discord.ui.TextInput(
        label="Reason (the requester reads it)",
        custom_id="reason",
        style=discord.TextStyle.paragraph,
        required=False,
        max_length=300,
    )

    def __init__(self, cover_id: int) -> None:
        """Ask about request number ``cover_id``."""
        super().__init__(custom_id=f"cover:decline:{cover_id}", timeout=FORM_PATIENCE)


@form(r"cover:decline:(?P<id>\d{1,18})")
async def _declined(
    match: re.Match[str], interaction: discord.Interaction[Any], fields: dict[str, str]
) -> None:
    """Decline with the reason that was typed."""
    await answering.defer(interaction)
    reason = fields.get("reason", "").strip() or None
    await _take_step(
        interaction.client, interaction, DeclineCover(cover_id=int(match["id"]), reason=reason), reason
    )


async def _take_step(
    bot: ModelUsBot, interaction: discord.Interaction, write: Write[CoverChange], reason: str | None = None
) -> None:
    """Write a step, then rewrite the message it was pressed on and the other ones."""
    names = {interaction.user.id: interaction.user.display_name} | await bot.db.read(everybody)
    change = await bot.db.write(write, bot.context(interaction, reason))
    card = card_of(change.cover, names, change.before)
    pressed = interaction.message
    here = pressed.id if pressed is not None else None
    shown = linked(bot, card, await known_cards(bot, interaction, change.cover), here)
    await answering.together(
        _show_step(bot, interaction, change, shown),
        rewrite_cards(bot, interaction, change.cover, card, done=here),
    )
    await introduce(bot, interaction)


async def _show_step(
    bot: ModelUsBot, interaction: discord.Interaction, change: CoverChange, card: Card
) -> None:
    await answering.answer(interaction, card, view=buttons_of(change.cover))
    if change.duty_changed:
        text = f"{plain(change.cover.duty)} changed hands at once. `/oncall now` shows who is on duty."
        text += await role_line(bot, change.cover.discipline)
        await answering.tell(interaction, cards.success("On duty changed", text))


async def show_card(
    bot: ModelUsBot, interaction: discord.Interaction, cover_id: int, *, public: bool
) -> None:
    """Show a request and its buttons under a deferred interaction, for those who take part in the rota.

    As a ``public`` answer it follows the request from now on; beside a button only its presser sees it.
    """
    viewer = Viewer(interaction.user.id, bot.context(interaction).discord_admin)
    await bot.db.read(check_part, viewer)
    found = await bot.db.read(cover, cover_id)
    if found is None:
        raise NotFound(
            f"There is no cover request number {cover_id}. `/cover list` shows them.", rule="cover.unknown"
        )
    card = linked(
        bot, card_of(found, await bot.db.read(everybody)), await known_cards(bot, interaction, found), None
    )
    view = buttons_of(found)
    if public:
        await answering.answer(interaction, card, view=view)
        await remember_answer(bot, interaction, found)
    elif view is not None:
        await answering.ask_here(interaction, card, view, private=True)
    else:
        await answering.tell(interaction, card)
