"""/tag: the words that laws are filed under."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.laws.buttons.pages import TAG, TAGS
from modelus_bot.subjects.laws.choices import PicksLaws
from modelus_bot.subjects.laws.queries.tags import tag_sheet
from modelus_bot.subjects.laws.writes.tags import ABOUT_LIMIT, TAG_LIMIT, AddTag, RemoveTag
from modelus_bot.text.escaping import plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.suggestions import Choices
from modelus_bot.ui.confirm import Ask, Confirmed, ask, confirmed
from modelus_bot.ui.paginator import send_page

__all__ = ["TagCommands"]

REMOVE = "tag_remove"


class TagCommands(PicksLaws, commands.GroupCog, name="tag", description="What laws are filed under"):
    """The commands about tags."""

    @app_commands.command(name="list", description="List all tags")
    async def list_tags(self, interaction: discord.Interaction) -> None:
        """List them, ten a page."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        await send_page(self.bot, interaction, TAGS, "")

    @app_commands.command(name="info", description="What a tag is for, and the laws under it")
    @app_commands.describe(tag="Which")
    async def info(self, interaction: discord.Interaction, tag: str) -> None:
        """Show it."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        await send_page(self.bot, interaction, TAG, str(await self.tag_id(tag)))

    @app_commands.command(name="add", description="Add a tag (staff)")
    @app_commands.describe(name="In a word or two", description="What is filed under it")
    async def add(
        self,
        interaction: discord.Interaction,
        name: app_commands.Range[str, 1, TAG_LIMIT],
        description: app_commands.Range[str, 1, ABOUT_LIMIT] | None = None,
    ) -> None:
        """Save it."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        write = AddTag(name=name, description=description)
        saved = await self.bot.db.write(write, self.bot.context(interaction))
        text = "`/law add` and `/law tag` file laws under it."
        await answering.answer(interaction, cards.success(f"Tag added: {plain(saved.name)}", text))

    @app_commands.command(name="remove", description="Remove a tag from all laws (administrators)")
    @app_commands.describe(tag="Which", reason="Why, for the history")
    async def remove(
        self, interaction: discord.Interaction, tag: str, reason: app_commands.Range[str, 1, 300]
    ) -> None:
        """Ask first."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        if not reason.strip():
            raise InvalidInput("The reason is missing. Write why the tag goes.", rule="reason")
        number = await self.tag_id(tag)
        sheet = await self.bot.db.read(tag_sheet, self.viewer(interaction), number)
        write, context = RemoveTag(tag_id=number), self.bot.context(interaction, reason)
        await self.bot.db.preview(write, context)
        text = (
            f"It is taken off {sheet.laws} {'law' if sheet.laws == 1 else 'laws'}. The laws themselves stay."
        )
        card = cards.question(f"Remove the tag {plain(sheet.tag.name)}?", text)
        await ask(
            self.bot,
            interaction,
            context,
            Ask(REMOVE, card, "Remove it", write, danger=True),
        )

    @info.autocomplete("tag")
    @remove.autocomplete("tag")
    async def _tags_shown(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_tags(interaction, typed)


@confirmed(REMOVE, RemoveTag)
async def removed(question: Confirmed) -> Card:
    """Remove the tag that was asked about."""
    tag = await question.bot.db.write(question.change, question.context)
    return cards.success(f"Tag removed: {plain(tag.name)}", "No law is filed under it any more.")
