"""/conversation: finding again what was said about reports."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import discord
from discord import app_commands
from discord.ext import commands

from modelus_bot.domain.refusals import InvalidInput, NotFound
from modelus_bot.subjects.conversations.buttons import FOUND
from modelus_bot.subjects.conversations.model import ChatMessage, Order, Part
from modelus_bot.subjects.conversations.queries import own_messages
from modelus_bot.subjects.conversations.writes import SEARCH_LIMIT, DeleteMessage, EditMessage, KeepSearch
from modelus_bot.subjects.coverage.choices import PicksSpans
from modelus_bot.subjects.people.queries import members
from modelus_bot.subjects.triage.buttons.pages import TALK
from modelus_bot.subjects.triage.choices import PicksItems
from modelus_bot.subjects.triage.writes.talking import LONGEST_TEXT
from modelus_bot.text.escaping import bare, plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.suggestions import Choices, picks, suggested
from modelus_bot.ui.confirm import Ask, Confirmed, ask, confirmed
from modelus_bot.ui.paginator import send_page
from modelus_bot.ui.people import quoted
from modelus_bot.ui.picks import Named, meant, unpicked

__all__ = ["ConversationCommands"]

SUGGESTED = 100
"""How many of somebody's messages are looked through while they type."""
NUMBER = re.compile(r"#?(\d{1,18})", re.ASCII)


class ConversationCommands(
    PicksItems,
    PicksSpans,
    commands.GroupCog,
    name="conversation",
    description="What was said about reports",
):
    """The commands about what was said."""

    @app_commands.command(name="search", description="Find what was said about reports")
    @app_commands.describe(
        text="Words that all occur; the last may be a beginning",
        member="Only what this member said, or what is about their reports",
        part="Only what staff and reporter said to each other, or only notes",
        first="From this day",
        last="To this day",
        order="Newest first if left out",
    )
    @app_commands.rename(member="with", first="from", last="to")
    async def search(
        self,
        interaction: discord.Interaction,
        text: app_commands.Range[str, 1, SEARCH_LIMIT],
        member: str | None = None,
        part: Part = "all",
        first: str | None = None,
        last: str | None = None,
        order: Order = "newest",
    ) -> None:
        """Keep what is looked for, and show its first page."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        begin, end = self._days(first, last)
        wanted = KeepSearch(
            text=text,
            member_id=await self._member(member) if member else None,
            part=part,
            first=begin,
            last=end,
            order=order,
        )
        await self.bot.db.write(wanted, self.bot.context(interaction))
        await send_page(self.bot, interaction, FOUND, str(interaction.id))

    @app_commands.command(name="show", description="Show all that was said about an item")
    @app_commands.describe(item="Which")
    async def show(self, interaction: discord.Interaction, item: str) -> None:
        """Show it page by page."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        await send_page(self.bot, interaction, TALK, str(self.item_number(item)))

    @app_commands.command(name="edit", description="Correct something that you said about a report")
    @app_commands.describe(message="Which of your messages", text="What it says instead")
    async def edit(
        self, interaction: discord.Interaction, message: str, text: app_commands.Range[str, 1, LONGEST_TEXT]
    ) -> None:
        """Correct it, here and wherever it was relayed to."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        write = EditMessage(message_id=message_number(message), text=text)
        after = await self.bot.db.write(write, self.bot.context(interaction))
        card = cards.success("Corrected", f"{_where(after)}\n{quoted(after.text)}")
        await answering.answer(interaction, card)

    @app_commands.command(name="delete", description="Take back something that you said about a report")
    @app_commands.describe(message="Which of your messages")
    async def delete(self, interaction: discord.Interaction, message: str) -> None:
        """Ask before its text is gone."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        context = self.bot.context(interaction)
        write = DeleteMessage(message_id=message_number(message))
        await self.bot.db.preview(write, context)
        text = "Its text goes from here, the thread and the inbox; that there was a message stays."
        card = cards.question(f"Take message {write.message_id} back?", text)
        await ask(self.bot, interaction, context, Ask("conversation", card, "Take back", write, danger=True))

    @edit.autocomplete("message")
    @delete.autocomplete("message")
    async def _own(self, interaction: discord.Interaction, typed: str) -> Choices:
        found = await suggested(interaction, own_messages, self.viewer(interaction), SUGGESTED)
        return picks("message", ((_choice(one), one.id) for one in found or ()), typed)

    @search.autocomplete("member")
    async def _members(self, interaction: discord.Interaction, typed: str) -> Choices:
        known = await suggested(interaction, members)
        return picks("member", ((bare(one.username), one.discord_id) for one in known or ()), typed)

    @search.autocomplete("first")
    async def _first_days(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_span_days(interaction, typed, ends=False)

    @search.autocomplete("last")
    async def _last_days(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_span_days(interaction, typed, ends=True)

    @show.autocomplete("item")
    async def _items(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_items(interaction, typed)

    async def _member(self, typed: str) -> int:
        known = [Named(one.discord_id, one.username) for one in await self.bot.db.read(members)]
        return meant("member", typed, known, "a member whom the bot knows", "member.unknown")

    def _days(self, first: str | None, last: str | None) -> tuple[int | None, int | None]:
        """Return when the first of two days begins and the last one ends; raises ``InvalidInput``."""
        begin = self.day(first) if first else None
        end = self.day(last) if last else None
        if begin is not None and end is not None and end < begin:
            raise InvalidInput(
                f"The last day, {end}, is before the first, {begin}. Correct the days and try again.",
                rule="conversation.order",
            )
        after = end + timedelta(days=1) if end is not None else None
        return self._midnight(begin), self._midnight(after)

    def _midnight(self, day: date | None) -> int | None:
        """Return when a day of the server's calendar begins (UTC seconds)."""
        if day is None:
            return None
        return int(datetime.combine(day, time.min, ZoneInfo(self.calendar.zone)).timestamp())


def message_number(value: str) -> int:
    """Return the number of a message that was picked or typed; raises ``NotFound`` for what is none."""
    found = NUMBER.fullmatch(unpicked("message", value) or value.strip())
    if found is None:
        raise NotFound(
            f"“{plain(cards.clip(value, 60))}” is not a message. Pick one of yours from the list, or type the"
            " number at its foot.",
            rule="message.unknown",
        )
    return int(found[1])


@confirmed("conversation", DeleteMessage)
async def _taken_back(press: Confirmed) -> Card:
    """Take back what was asked about."""
    after = await press.bot.db.write(press.change, press.context)
    return cards.success("Taken back", _where(after))


def _where(message: ChatMessage) -> str:
    about = f", about report {message.triage_id}" if message.triage_id is not None else ""
    return f"Message {message.id}{about}."


def _choice(message: ChatMessage) -> str:
    return f"{message.id} {cards.clip(bare(message.text), 80)}"
