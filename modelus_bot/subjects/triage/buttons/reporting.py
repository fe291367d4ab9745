"""The form of a report: what it is called, what it is about, and everything else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord

from modelus_bot.subjects.triage.model import CATEGORIES, Category, TriageItem
from modelus_bot.subjects.triage.writes.reports import DESCRIPTION_LIMIT, TITLE_LIMIT, ReportItem
from modelus_bot.text.escaping import plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card, clip
from modelus_bot.ui.forms import FORM_PATIENCE, form
from modelus_bot.ui.giving_back import or_given_back
from modelus_bot.ui.people import moment

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["CATEGORY_WORDS", "ReportForm", "reported_card"]

CATEGORY_WORDS: dict[Category, str] = {
    "issue": "Something is wrong",
    "bug": "The bot or a system does not work",
    "question": "A question",
    "rules": "A rule or somebody who breaks one",
    "event": "An event or an idea for one",
    "diplomacy": "Foreign nations and treaties",
    "disaster": "A disaster",
    "request": "A request for a change",
}


class ReportForm(discord.ui.Modal, title="Report to the staff"):
    """Asks for a report; what is known already is filled in."""

    def __init__(
        self,
        title: str | None = None,
        description: str | None = None,
        category: Category | None = None,
        on_behalf: int | None = None,
    ) -> None:
        """Ask for the report of whoever sends it, or of the member ``on_behalf`` of whom they do."""
        super().__init__(custom_id=f"triage_report:{on_behalf or 0}", timeout=FORM_PATIENCE)
        short: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="title", max_length=TITLE_LIMIT, default=title
        )
        self.add_item(discord.ui.Label(text="In a few words", component=short))
        options = [
            discord.SelectOption(label=words, value=key, default=key == (category or "issue"))
            for key, words in CATEGORY_WORDS.items()
        ]
        choice: discord.ui.Select[Any] = discord.ui.Select(custom_id="category", options=options)
        self.add_item(discord.ui.Label(text="What is it about?", component=choice))
        whole: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="description",
            style=discord.TextStyle.paragraph,
            max_length=DESCRIPTION_LIMIT,
            default=clip(description, DESCRIPTION_LIMIT) if description else None,
        )
        about = "Only the staff read it. They answer you by direct message."
        self.add_item(discord.ui.Label(text="What happened?", description=about, component=whole))


@form(r"triage_report:(?P<person>\d{1,20})")
async def _sent(match: re.Match[str], interaction: discord.Interaction[Any], fields: dict[str, str]) -> None:
    """Save the report that was typed."""
    await answering.defer(interaction, private=True)
    person = int(match["person"]) or None
    category = fields.get("category", "issue")
    text = fields.get("description", "")
    work = _save(interaction, fields.get("title", ""), text, category, person)
    await or_given_back(interaction, text, work)


async def _save(
    interaction: discord.Interaction[Any], title: str, text: str, category: str, person: int | None
) -> None:
    bot: ModelUsBot = interaction.client
    known: Category = category if category in CATEGORIES else "issue"
    name = clip(interaction.user.display_name, 100) if person is None else None
    write = ReportItem(title=title, description=text, category=known, on_behalf=person, name=name)
    saved = await bot.db.write(write, bot.context(interaction))
    await answering.tell(interaction, reported_card(saved))


def reported_card(item: TriageItem) -> Card:
    """Return what somebody reads who has reported something."""
    due = f" Somebody answers by {moment(item.respond_by)}." if item.respond_by is not None else ""
    text = (
        f"{plain(item.title)}\n\nThe staff have it.{due} Answers come by direct message; `/triage show` lists"
        " your reports."
    )
    return cards.success(f"Report {item.id} is saved", text)
