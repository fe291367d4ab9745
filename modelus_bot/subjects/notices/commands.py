"""/inbox: one's own notices, how each kind is delivered, and when nothing is."""

from __future__ import annotations

import time

import discord
from discord import app_commands
from discord.ext import commands

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.notices.buttons.choosing import choose, show_choices
from modelus_bot.subjects.notices.buttons.opening import NoticeButton, open_notice
from modelus_bot.subjects.notices.cards import DELIVERIES, line_of, quiet_card
from modelus_bot.subjects.notices.choices import (
    OFF,
    number_of,
    suggest_minutes,
    suggest_notices,
    suggest_zones,
    typed_minute,
    typed_zone,
)
from modelus_bot.subjects.notices.queries import inbox, own_preferences, unread
from modelus_bot.subjects.notices.rules.kinds import KINDS
from modelus_bot.subjects.notices.writes.choosing import SetQuietHours
from modelus_bot.subjects.notices.writes.reading import MarkAllRead
from modelus_bot.subjects.people.introductions import introduce
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.group import CommandGroup
from modelus_bot.ui.commands.suggestions import SHOWN, Choices, suggested
from modelus_bot.ui.confirm import Ask, Confirmed, ask, confirmed
from modelus_bot.ui.paginator import PAGE, PagedList, pages_of, send_page

__all__ = ["InboxCommands"]

LIST = "inbox"
KIND_CHOICES = [app_commands.Choice(name=kind.label, value=key) for key, kind in KINDS.items()]
DELIVERY_CHOICES = [app_commands.Choice(name=label, value=key) for key, (label, _) in DELIVERIES.items()]


class InboxCommands(CommandGroup, commands.GroupCog, name="inbox", description="What the bot has told you"):
    """The commands about one's own notices; nobody else sees their answers."""

    @app_commands.command(name="list", description="Your notices, unread ones first")
    @app_commands.describe(unread="Only those you have not read")
    async def notices(self, interaction: discord.Interaction, unread: bool = False) -> None:
        """List notices, ten a page."""
        await answering.defer(interaction, private=True)
        await send_page(self.bot, interaction, LIST, "unread" if unread else "all")

    @app_commands.command(name="read", description="Open a notice; it counts as read from then on")
    @app_commands.describe(notice="Which notice")
    async def read(self, interaction: discord.Interaction, notice: str) -> None:
        """Show a notice with its buttons."""
        await answering.defer(interaction, private=True)
        card, view = await open_notice(self.bot, interaction, number_of(notice))
        await answering.answer(interaction, card, view=view)

    @app_commands.command(name="read-all", description="Mark everything in your inbox as read")
    async def read_all(self, interaction: discord.Interaction) -> None:
        """Say how much that is, confirm, mark."""
        await answering.defer(interaction, private=True)
        count, last = await self.bot.db.read(unread, self.viewer(interaction), int(time.time()))
        if not count:
            await answering.answer(interaction, cards.info("Nothing is unread", "You have read everything."))
            return
        text = (
            "That is everything you have not read. All of it stays in `/inbox list`;"
            " what was still to be sent to you is not sent any more."
        )
        context = self.bot.context(interaction)
        card = cards.question(f"Mark {_notices(count)} as read?", text)
        await ask(self.bot, interaction, context, Ask("inbox", card, "Mark as read", MarkAllRead(up_to=last)))

    @app_commands.command(
        name="prefs", description="Choose what is sent to you, kept in the inbox, or left out"
    )
    @app_commands.describe(kind="Which kind of notices", delivery="How you want it")
    @app_commands.choices(kind=KIND_CHOICES, delivery=DELIVERY_CHOICES)
    async def prefs(
        self, interaction: discord.Interaction, kind: str | None = None, delivery: str | None = None
    ) -> None:
        """Show a menu for each kind; with both options, choose at once."""
        await answering.defer(interaction, private=True)
        if delivery is not None and kind is None:
            raise InvalidInput(
                "Say of which kind, too, or use the menus of `/inbox prefs`.", rule="notice.kind"
            )
        if kind is not None and delivery is not None:
            await choose(self.bot, interaction, kind, delivery)
        await show_choices(self.bot, interaction, kind)

    @app_commands.command(name="quiet", description="Say when nothing is to be sent to you")
    @app_commands.describe(
        begin="From when, such as 22:00; “off” for no quiet hours",
        end="Until when, such as 7:30",
        zone="Your time zone",
    )
    @app_commands.rename(begin="from", end="to")
    async def quiet(
        self,
        interaction: discord.Interaction,
        begin: str | None = None,
        end: str | None = None,
        zone: str | None = None,
    ) -> None:
        """Set the hours and the zone that were given; without any, show them."""
        await answering.defer(interaction, private=True)
        fallback = self.calendar.zone
        if begin is None and end is None and zone is None:
            found = await self.bot.db.read(own_preferences, self.viewer(interaction), fallback)
            await answering.answer(interaction, quiet_card(found, fallback))
            return
        off = begin is not None and begin.strip().lower() == OFF
        if off and end is not None:
            raise InvalidInput(
                "Without quiet hours there is no end of them. Leave `to` out.", rule="quiet.off"
            )
        write = SetQuietHours(
            quiet_from=typed_minute(begin) if begin is not None and not off else None,
            quiet_to=typed_minute(end) if end is not None else None,
            zone=typed_zone(zone) if zone is not None else None,
            off=off,
        )
        saved = await self.bot.db.write(write, self.bot.context(interaction))
        await answering.answer(interaction, quiet_card(saved, fallback, "Your quiet hours are saved"))
        await introduce(self.bot, interaction)

    @read.autocomplete("notice")
    async def _own(self, interaction: discord.Interaction, typed: str) -> Choices:
        found = await suggested(interaction, inbox, self.viewer(interaction), self.now(), SHOWN * 4)
        return suggest_notices(found or (), typed)

    @quiet.autocomplete("begin")
    async def _begins(self, _: discord.Interaction, typed: str) -> Choices:
        return suggest_minutes(typed, off=True)

    @quiet.autocomplete("end")
    async def _ends(self, _: discord.Interaction, typed: str) -> Choices:
        return suggest_minutes(typed, off=False)

    @quiet.autocomplete("zone")
    async def _zones(self, _: discord.Interaction, typed: str) -> Choices:
        return suggest_zones(typed)


@pages_of(LIST)
async def inbox_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of the viewer's own notices, and whether another page follows."""
    db, viewer = listing.bot.db, listing.viewer
    only = listing.argument == "unread"
    now = int(time.time())
    found = await db.read(inbox, viewer, now, PAGE + 1, listing.page * PAGE, only)
    count, _ = await db.read(unread, viewer, now)
    listing.put_below([NoticeButton(item.id, f"{item.id}") for item in found[:PAGE]])
    empty = "Nothing is unread." if only else "Nothing yet. What the bot tells you is kept here."
    text = cards.lines(map(line_of, found[:PAGE]), empty=empty)
    return cards.info(f"Your inbox: {count} unread", text), len(found) > PAGE


@confirmed("inbox", MarkAllRead)
async def _all_read(press: Confirmed) -> Card:
    """Mark everything up to the question as read."""
    read = await press.bot.db.write(press.change, press.context)
    return cards.success("Marked as read", f"{_notices(read).capitalize()} marked as read.")


def _notices(count: int) -> str:
    return "1 notice" if count == 1 else f"{count} notices"
