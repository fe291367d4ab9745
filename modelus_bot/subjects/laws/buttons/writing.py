"""The forms in which laws are written and rewritten; what could not be saved comes back whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord

from modelus_bot.subjects.laws.cards.lists import added_card, change_card
from modelus_bot.subjects.laws.model import LawSheet
from modelus_bot.subjects.laws.writes.fields import BODY_LIMIT, NAME_LIMIT, NOTE_LIMIT
from modelus_bot.subjects.laws.writes.making import AddLaw, EditLaw
from modelus_bot.ui import answering
from modelus_bot.ui.cards import clip
from modelus_bot.ui.forms import FORM_PATIENCE, form
from modelus_bot.ui.giving_back import or_given_back

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["EditForm", "LawForm"]

SECTIONS = "A line that begins with § begins a section; they are numbered by themselves."


class LawForm(discord.ui.Modal):
    """Asks for a new law's name and text; the rest was said by the command."""

    def __init__(
        self, name: str | None, nation_id: int | None, tags: tuple[int, ...], *, is_public: bool, draft: bool
    ) -> None:
        """Ask for a law of a nation, or of the one whose office the author holds."""
        flags = f"{int(is_public)}{int(draft)}"
        kind = "law" if is_public else "private law"
        super().__init__(
            title=f"{'Draft' if draft else 'Write'} a {kind}",
            custom_id=f"law_add:{nation_id or 0}:{flags}:{'.'.join(map(str, tags))}",
            timeout=FORM_PATIENCE,
        )
        title: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="name", max_length=NAME_LIMIT, default=name
        )
        self.add_item(discord.ui.Label(text="What is it called?", component=title))
        self.add_item(discord.ui.Label(text="Its text", description=SECTIONS, component=_body()))


class EditForm(discord.ui.Modal, title="Change a law's text"):
    """Asks for a law's new text, with the present one filled in, and a note on why."""

    def __init__(self, sheet: LawSheet) -> None:
        """Ask for another text of this law as it was read."""
        law = sheet.law
        super().__init__(custom_id=f"law_edit:{law.id}:{law.version}", timeout=FORM_PATIENCE)
        body = _body(sheet.revision.body)
        self.add_item(discord.ui.Label(text="Its text", description=SECTIONS, component=body))
        note: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="note", max_length=NOTE_LIMIT, required=False
        )
        about = "Stands in the law's history. Leave it empty if there is nothing to say."
        self.add_item(discord.ui.Label(text="Why it is changed", description=about, component=note))


def _body(default: str | None = None) -> discord.ui.TextInput[Any]:
    return discord.ui.TextInput(
        custom_id="body", style=discord.TextStyle.paragraph, max_length=BODY_LIMIT, default=default
    )


@form(r"law_add:(?P<nation>\d{1,18}):(?P<public>[01])(?P<draft>[01]):(?P<tags>[\d.]*)")
async def _written(
    match: re.Match[str], interaction: discord.Interaction[Any], fields: dict[str, str]
) -> None:
    """Save the law that was written."""
    await answering.defer(interaction, private=True)
    name, body = fields.get("name", ""), fields.get("body", "")
    bot: ModelUsBot = interaction.client

    async def save() -> None:
        write = AddLaw(
            name=name,
            body=body,
            username=clip(interaction.user.display_name, 100),
            is_public=match["public"] == "1",
            draft=match["draft"] == "1",
            tags=tuple(int(tag) for tag in match["tags"].split(".") if tag),
            nation_id=int(match["nation"]) or None,
        )
        await answering.tell(interaction, added_card(await bot.db.write(write, bot.context(interaction))))

    await or_given_back(interaction, f"{name}\n\n{body}", save())


@form(r"law_edit:(?P<law>\d{1,18}):(?P<version>\d{1,18})")
async def _changed(
    match: re.Match[str], interaction: discord.Interaction[Any], fields: dict[str, str]
) -> None:
    """Save the law's new text."""
    await answering.defer(interaction, private=True)
    body, note = fields.get("body", ""), fields.get("note", "").strip() or None
    bot: ModelUsBot = interaction.client

    async def save() -> None:
        write = EditLaw(law_id=int(match["law"]), body=body, note=note, version=int(match["version"]))
        change = await bot.db.write(write, bot.context(interaction))
        await answering.tell(interaction, change_card(change, "The new text is saved; the old one is kept."))

    await or_given_back(interaction, f"{body}\n\n{note}" if note else body, save())
