"""/law add, edit, rename, tag: what a law says, what it is called, and where it is filed."""

from __future__ import annotations

import discord
from discord import app_commands

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.laws.buttons.writing import EditForm, LawForm
from modelus_bot.subjects.laws.cards.lists import change_card
from modelus_bot.subjects.laws.choices import PicksLaws
from modelus_bot.subjects.laws.model import LawSheet
from modelus_bot.subjects.laws.queries.powers import check_writes_laws, law_to_change
from modelus_bot.subjects.laws.writes.fields import NAME_LIMIT
from modelus_bot.subjects.laws.writes.making import RenameLaw
from modelus_bot.subjects.laws.writes.standing import TagLaw
from modelus_bot.text.escaping import plain
from modelus_bot.ui import answering
from modelus_bot.ui.commands.suggestions import Choices

__all__ = ["WritesLaws"]

Name = app_commands.Range[str, 1, NAME_LIMIT]


class WritesLaws(PicksLaws):
    """The commands that write laws."""

    @app_commands.command(name="add", description="Write a law of your nation")
    @app_commands.describe(
        name="What it is called; the form asks for it, too",
        public="Whether everybody may read it; yes if left out",
        draft="Whether it is a draft that is not in force yet; no if left out",
        tags="What to file it under, with commas between",
        nation="Of which nation; your own if left out (administrators)",
    )
    async def add(
        self,
        interaction: discord.Interaction,
        name: Name | None = None,
        public: bool = True,
        draft: bool = False,
        tags: str | None = None,
        nation: str | None = None,
    ) -> None:
        """Open the form for the text."""
        number = await self.nation_id(nation) if nation is not None else None
        await self.bot.db.read(check_writes_laws, self.viewer(interaction), number)
        filed = await self.tag_ids(tags)
        await answering.show_form(interaction, LawForm(name, number, filed, is_public=public, draft=draft))

    @app_commands.command(name="edit", description="Change a law's text; every text is kept")
    @app_commands.describe(law="Which")
    async def edit(self, interaction: discord.Interaction, law: str) -> None:
        """Open the form with the present text."""
        sheet = await self.to_change(interaction, law)
        if sheet.law.status == "repealed":
            raise InvalidInput(
                "This law is repealed; its text stays as it was. `/law add` makes a new one.",
                rule="law.repealed",
            )
        await answering.show_form(interaction, EditForm(sheet))

    @app_commands.command(name="rename", description="Give a law another name; its number stays")
    @app_commands.describe(law="Which", name="What it is called from now on")
    async def rename(self, interaction: discord.Interaction, law: str, name: Name) -> None:
        """Save the name."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        sheet = await self.to_change(interaction, law)
        write = RenameLaw(law_id=sheet.law.id, name=name)
        change = await self.bot.db.write(write, self.bot.context(interaction))
        await answering.answer(interaction, change_card(change, "The law has another name."))

    @app_commands.command(name="tag", description="File a law under tags, and no others")
    @app_commands.describe(law="Which", tags="With commas between; none takes it out of all")
    async def tag(self, interaction: discord.Interaction, law: str, tags: str | None = None) -> None:
        """Save the tags."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        sheet = await self.to_change(interaction, law)
        write = TagLaw(law_id=sheet.law.id, tags=await self.tag_ids(tags))
        change = await self.bot.db.write(write, self.bot.context(interaction))
        done = f"It is filed under {plain(tags)}." if write.tags and tags else "It is filed under no tag."
        await answering.answer(interaction, change_card(change, done))

    async def to_change(self, interaction: discord.Interaction, typed: str) -> LawSheet:
        """Return the law that was meant, if the member may change it; raises a refusal otherwise."""
        key, _ = await self.law_key(interaction, typed)
        return await self.bot.db.read(law_to_change, self.viewer(interaction), key)

    @add.autocomplete("nation")
    async def _nations_written(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_nations(interaction, typed)

    @add.autocomplete("tags")
    @tag.autocomplete("tags")
    async def _tags_written(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_more_tags(interaction, typed)

    @edit.autocomplete("law")
    @rename.autocomplete("law")
    @tag.autocomplete("law")
    async def _laws_written(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_laws(interaction, typed)
