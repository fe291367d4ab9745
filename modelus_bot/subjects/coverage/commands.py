"""/coverage: how evenly duty is shared, who owes whom a cover, and what is missing."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import discord
from discord import app_commands

from modelus_bot.subjects.coverage.cards import View, Wanted, gaps_card, load_card, shares_card
from modelus_bot.subjects.coverage.choices import PicksSpans
from modelus_bot.subjects.coverage.queries import coverage_gaps, fairness, load_balance
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.subjects.triage.queries.items import open_of_each
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.needs import FOR_STAFF
from modelus_bot.ui.commands.suggestions import Choices
from modelus_bot.ui.paginator import ListChoice, PagedList, menus_of, pages_of, send_page

__all__ = ["CoverageCommands", "coverage_page"]

BACK, AHEAD = timedelta(days=89), timedelta(days=83)
"""How far a span reaches from today that was not chosen: what was, and what will be missing."""
LIST = "coverage"
ABOUT: dict[View, tuple[str, str]] = {
    "fairness": ("Fairness", "Duties, days, weekends and covers of each person"),
    "load": ("Load", "How each discipline's days fell on its people"),
    "gaps": ("Gaps", "Days without somebody who is there"),
}


class CoverageCommands(PicksSpans):
    """The command about coverage."""

    @app_commands.command(name="coverage", description="How evenly duty is shared, and what is missing")
    @app_commands.describe(
        view="What to look at; fairness if left out",
        first="From this day; 90 days back, or for gaps today, if left out",
        last="To this day; today, or for gaps twelve weeks ahead, if left out",
    )
    @app_commands.rename(first="from", last="to")
    @app_commands.default_permissions(**FOR_STAFF)
    async def coverage(
        self,
        interaction: discord.Interaction,
        view: View = "fairness",
        first: str | None = None,
        last: str | None = None,
    ) -> None:
        """Show the first page of a view."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        today = self.today()
        start = self.day(first) if first else (today if view == "gaps" else today - BACK)
        end = self.day(last) if last else max(start, today + AHEAD if view == "gaps" else today)
        await send_page(self.bot, interaction, LIST, Wanted(view, start, end).checked().argument)

    @coverage.autocomplete("first")
    async def _suggest_first(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_span_days(interaction, typed, ends=False)

    @coverage.autocomplete("last")
    async def _suggest_last(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_span_days(interaction, typed, ends=True)


@pages_of(LIST)
async def coverage_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of a view, and whether another follows."""
    try:
        wanted = Wanted.of(listing.argument)
    except ValueError:
        return cards.warning("This list is gone", "Please use `/coverage` again."), False
    db, viewer = listing.bot.db, listing.viewer
    days = (wanted.first, wanted.last)
    names = await db.read(everybody)
    offered = [ListChoice(Wanted(view, *days).argument, *ABOUT[view]) for view in get_args(View)]
    listing.put_below([*menus_of(LIST, offered, wanted.argument, "Look at something else")])
    if wanted.view == "fairness":
        return shares_card(await db.read(fairness, viewer, *days), names, wanted, listing.page)
    if wanted.view == "load":
        loads, items = await db.read(load_balance, viewer, *days), await db.read(open_of_each, viewer)
        return load_card(loads, names, wanted, listing.page, items)
    return gaps_card(await db.read(coverage_gaps, viewer, *days), names, wanted, listing.page)
