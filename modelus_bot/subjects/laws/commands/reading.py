"""/law read, list, history, book: each shows what the member may read, and only to them."""

from __future__ import annotations

import io
from dataclasses import replace

import discord
from discord import app_commands

from modelus_bot.domain.permissions import Viewer
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.laws.buttons.pages import DIFFERENCE, HISTORY, LIST, READ, list_argument
from modelus_bot.subjects.laws.cards.book import book_page, file_name
from modelus_bot.subjects.laws.choices import PicksLaws
from modelus_bot.subjects.laws.model import LawBook, LawStatus
from modelus_bot.subjects.laws.queries.lists import law_book
from modelus_bot.subjects.laws.queries.records import law_sheet, revision_texts
from modelus_bot.subjects.laws.rules.sections import page_of
from modelus_bot.subjects.nations.queries.offices import office_held_by
from modelus_bot.text.escaping import plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.commands.suggestions import Choices
from modelus_bot.ui.paginator import send_page

__all__ = ["ReadsLaws"]

MOST_IN_BOOK = 1000
Text = app_commands.Range[int, 1, 100_000]


class ReadsLaws(PicksLaws):
    """The commands that look at laws."""

    @app_commands.command(name="read", description="Read a law")
    @app_commands.describe(
        law="By its name, or as it is cited: Texas 14, Texas 14 §3",
        revision="An earlier text; the present one if left out",
    )
    async def read(self, interaction: discord.Interaction, law: str, revision: Text | None = None) -> None:
        """Show the page on which the section stands that was cited."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        key, section = await self.law_key(interaction, law)
        sheet = await self.bot.db.read(law_sheet, self.viewer(interaction), key, revision)
        argument = key if revision is None else f"{key}@{revision}"
        page = page_of(sheet.revision.body, section)
        await send_page(self.bot, interaction, READ, argument, page)

    @app_commands.command(name="list", description="List laws, the newest first")
    @app_commands.describe(
        nation="Only of this nation", tag="Only under this tag", status="Only those that stand so"
    )
    async def list_laws(
        self,
        interaction: discord.Interaction,
        nation: str | None = None,
        tag: str | None = None,
        status: LawStatus | None = None,
    ) -> None:
        """List them, ten a page."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        number = await self.nation_id(nation, archived=True) if nation is not None else None
        tag_id = await self.tag_id(tag) if tag is not None else None
        await send_page(self.bot, interaction, LIST, list_argument(number, tag_id, status))

    @app_commands.command(
        name="history", description="The texts a law had, or what changed between two of them"
    )
    @app_commands.describe(
        law="By its name, or as it is cited", older="The number of a text", newer="The number of a later one"
    )
    async def history(
        self, interaction: discord.Interaction, law: str, older: Text | None = None, newer: Text | None = None
    ) -> None:
        """List the texts; with one or two numbers show the difference."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        key, _ = await self.law_key(interaction, law)
        if older is None and newer is None:
            await send_page(self.bot, interaction, HISTORY, key)
            return
        viewer = self.viewer(interaction)
        present = (await self.bot.db.read(law_sheet, viewer, key)).law.revision
        last = newer if newer is not None else present
        first = older if older is not None else last - 1
        if not 0 < first < last:
            raise InvalidInput(
                "Give two texts, the older one first. `/law history` without numbers lists them.",
                rule="law.two_texts",
            )
        await self.bot.db.read(revision_texts, viewer, key, first, last)
        await send_page(self.bot, interaction, DIFFERENCE, f"{key}:{first}:{last}")

    @app_commands.command(name="book", description="All laws of a nation that are in force, as one file")
    @app_commands.describe(nation="Which; your own if left out")
    async def book(self, interaction: discord.Interaction, nation: str | None = None) -> None:
        """Send the file, with what the member may read in it."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        number = await self._nation(interaction, nation)
        book = await self._whole_book(self.viewer(interaction), number)
        count = len(book.laws)
        if not count:
            text = "No law that you can read is in force there."
            await answering.answer(interaction, cards.info(f"Laws of {plain(book.nation)}", text))
            return
        content = book_page(book)
        text = f"{count} {'law is' if count == 1 else 'laws are'} in force that you can read."
        card = cards.info(f"Laws of {plain(book.nation)}", f"{text} Open the file in a browser.")
        await answering.answer(
            interaction, card, picture=lambda: discord.File(io.BytesIO(content), file_name(book))
        )

    @read.autocomplete("law")
    @history.autocomplete("law")
    async def _laws_read(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_laws(interaction, typed)

    @list_laws.autocomplete("nation")
    @book.autocomplete("nation")
    async def _nations_read(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_nations(interaction, typed, archived=True)

    @list_laws.autocomplete("tag")
    async def _tags_read(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_tags(interaction, typed)

    async def _whole_book(self, viewer: Viewer, nation_id: int) -> LawBook:
        """Return a nation's law book, read part by part; one that is very long ends early."""
        book = await self.bot.db.read(law_book, viewer, nation_id)
        while book.more and len(book.laws) < MOST_IN_BOOK:
            part = await self.bot.db.read(law_book, viewer, nation_id, book.laws[-1].name)
            book = replace(part, laws=(*book.laws, *part.laws))
        return book

    async def _nation(self, interaction: discord.Interaction, typed: str | None) -> int:
        """Return the nation that was named, or the member's own; raises ``InvalidInput`` without one."""
        if typed is not None:
            return await self.nation_id(typed, archived=True)
        office = await self.bot.db.read(office_held_by, interaction.user.id)
        if office is None:
            raise InvalidInput("You lead no nation, so say which one you mean.", rule="nation.which")
        return office.nation_id
