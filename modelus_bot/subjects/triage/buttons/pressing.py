"""Pressing the buttons of an item, and sending the forms that they open.

A button's id says which step of which item it is, so it goes on working after a restart.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Self, cast

import discord

from modelus_bot.database import Write
from modelus_bot.domain.permissions import Viewer
from modelus_bot.subjects.people.introductions import introduce
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.subjects.triage.buttons.pages import TALK
from modelus_bot.subjects.triage.buttons.steps import LABELS, NOTICE, Step, staff_steps, step_id, view_of
from modelus_bot.subjects.triage.cards.items import card_of, thread_link
from modelus_bot.subjects.triage.model import TriageItem
from modelus_bot.subjects.triage.queries.items import item_for
from modelus_bot.subjects.triage.writes.closing import (
    RESOLUTION_LIMIT,
    RateItem,
    RejectItem,
    ResolveItem,
)
from modelus_bot.subjects.triage.writes.steps import ClaimItem, ReleaseItem
from modelus_bot.subjects.triage.writes.talking import LONGEST_TEXT, AddNote, AnswerStaff, ReplyToReporter
from modelus_bot.ui import answering, cards
from modelus_bot.ui.forms import FORM_PATIENCE, form
from modelus_bot.ui.giving_back import or_given_back
from modelus_bot.ui.paginator import send_page_beside
from modelus_bot.ui.presses import answered

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["RateButton", "StepButton", "stars_card"]

ID = r"(?P<id>\d{1,18}):(?P<version>\d{1,9})"
QUESTIONS: dict[str, tuple[str, str, int]] = {
    "reply": ("Reply to the reporter", "The reporter reads this as a direct message", LONGEST_TEXT),
    "note": ("Note for staff", "The reporter never reads this", LONGEST_TEXT),
    "resolve": ("Resolve", "What was done (the reporter reads it)", RESOLUTION_LIMIT),
    "reject": ("Reject and close", "Why (the reporter reads it)", RESOLUTION_LIMIT),
    "answer": ("Answer the staff", "Whoever has your report reads this", LONGEST_TEXT),
}
"""For each form its title, the question, and the longest answer."""
DONE = {
    "claim": "It is yours",
    "release": "Released",
    "reply": "The reporter gets your reply",
    "note": "Noted for staff",
    "resolve": "Resolved; the reporter is told",
    "reject": "Rejected; the reporter is told",
    "answer": "The staff get your answer",
}


class StepButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=rf"triage:(?P<step>claim|release|reply|note|resolve|reject|talk|answer):{ID}",
):
    """One step of one item; the rules are in ``writes``."""

    def __init__(self, step: Step, item_id: int, version: int) -> None:
        """Make the button for a step of item number ``item_id``."""
        label, style = LABELS[step]
        custom_id = step_id(step, item_id, version)
        super().__init__(discord.ui.Button(label=label, style=style, custom_id=custom_id))
        self.step: Step = step
        self.item_id, self.version = item_id, version

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction, __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its id."""
        return cls(cast("Step", match["step"]), int(match["id"]), int(match["version"]))

    @answered
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Take the step, open its form, or show what was said."""
        bot: ModelUsBot = interaction.client
        if self.step in QUESTIONS:
            await answering.show_form(interaction, TextForm(self.step, self.item_id, self.version))
            return
        await answering.defer(interaction)
        if self.step == "talk":
            await send_page_beside(bot, interaction, TALK, str(self.item_id))
            return
        await _take_step(bot, interaction, self.step, self.item_id, self.version, "")


class TextForm(discord.ui.Modal):
    """Asks for the words of a step."""

    def __init__(self, step: Step, item_id: int, version: int) -> None:
        """Ask about item number ``item_id``."""
        title, question, longest = QUESTIONS[step]
        super().__init__(
            title=f"{title}: {item_id}", custom_id=step_id(step, item_id, version), timeout=FORM_PATIENCE
        )
        text: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="text", style=discord.TextStyle.paragraph, max_length=longest
        )
        self.add_item(discord.ui.Label(text=question, component=text))


@form(rf"triage:(?P<step>reply|note|resolve|reject|answer):{ID}")
async def _written(
    match: re.Match[str], interaction: discord.Interaction[Any], fields: dict[str, str]
) -> None:
    """Take a step with what was typed."""
    await answering.defer(interaction)
    text = fields.get("text", "").strip()
    step, item_id, version = cast("Step", match["step"]), int(match["id"]), int(match["version"])
    work = _take_step(interaction.client, interaction, step, item_id, version, text)
    await or_given_back(interaction, text, work)


def write_of(step: Step, item_id: int, version: int | None, text: str) -> Write[Any]:
    """Return the write of a step; only what changes an item's own row looks at its version."""
    if step == "claim":
        return ClaimItem(item_id=item_id, version=version)
    if step == "release":
        return ReleaseItem(item_id=item_id, version=version)
    if step == "resolve":
        return ResolveItem(item_id=item_id, resolution=text, version=version)
    if step == "reject":
        return RejectItem(item_id=item_id, reason=text, version=version)
    talking: dict[str, type[ReplyToReporter | AddNote | AnswerStaff]] = {
        "reply": ReplyToReporter,
        "note": AddNote,
        "answer": AnswerStaff,
    }
    return talking[step](item_id=item_id, text=text)


async def _take_step(
    bot: ModelUsBot, interaction: discord.Interaction[Any], step: Step, item_id: int, version: int, text: str
) -> None:
    """Write a step, then rewrite the card it was pressed on; below a notice it is said beside it."""
    write = write_of(step, item_id, version or None, text)
    names = {interaction.user.id: interaction.user.display_name} | await bot.db.read(everybody)
    await bot.db.write(write, bot.context(interaction))
    done = cards.success(DONE[step], f"Item {item_id}.")
    if version == NOTICE:
        await answering.tell(interaction, done)
    else:
        viewer = Viewer(interaction.user.id, bot.context(interaction).discord_admin)
        await _show(bot, interaction, await bot.db.read(item_for, viewer, item_id), names)
        if text:
            await answering.tell(interaction, done)
    await introduce(bot, interaction)


async def _show(
    bot: ModelUsBot, interaction: discord.Interaction[Any], item: TriageItem, names: dict[int, str]
) -> None:
    """Show an item in place of the card that was pressed."""
    here = interaction.channel_id == item.thread_id
    link = None if here else thread_link(item, bot.home.id if bot.home is not None else None)
    card = card_of(item, names, int(time.time()), link=link)
    await answering.answer(interaction, card, view=view_of(item, staff_steps(item), item.version))


class RateButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"triage_rate:(?P<id>\d{1,18}):(?P<stars>[1-5])",
):
    """Rates how a report was dealt with."""

    def __init__(self, item_id: int, stars: int) -> None:
        """Make the button of a number of stars."""
        super().__init__(discord.ui.Button(label="★" * stars, custom_id=f"triage_rate:{item_id}:{stars}"))
        self.item_id, self.stars = item_id, stars

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction, __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its id."""
        return cls(int(match["id"]), int(match["stars"]))

    @answered
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Keep the stars and say how it stands."""
        await answering.defer(interaction)
        bot: ModelUsBot = interaction.client
        rated = await bot.db.write(RateItem(item_id=self.item_id, stars=self.stars), bot.context(interaction))
        await answering.tell(interaction, stars_card(rated))


def stars_card(item: TriageItem) -> cards.Card:
    """Return what a reporter reads of their rating."""
    last = " You can change it once." if item.ratings == 1 else ""
    return cards.success(f"Report {item.id}: {'★' * (item.rating or 0)}", f"Thank you.{last}")
