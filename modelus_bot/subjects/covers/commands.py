"""/cover: asking somebody else to take a turn, and deciding about it."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from modelus_bot.database import Write
from modelus_bot.domain.cover_days import days_between, days_words
from modelus_bot.domain.permissions import check_staff
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.covers.buttons.posting import post_card, rewrite_cards
from modelus_bot.subjects.covers.buttons.pressing import CoverButton, show_card
from modelus_bot.subjects.covers.cards import card_of
from modelus_bot.subjects.covers.choices import suggest_turn_days, typed_days
from modelus_bot.subjects.covers.model import Cover as Found
from modelus_bot.subjects.covers.model import CoverChange
from modelus_bot.subjects.covers.queries import covers, require_inside
from modelus_bot.subjects.covers.writes.steps import (
    RefuseCover,
    RequestCover,
    RevokeCover,
    TakeCover,
    UntakeCover,
    WithdrawCover,
)
from modelus_bot.subjects.oncall.queries import duties
from modelus_bot.subjects.people.choices import NamesPeople
from modelus_bot.subjects.people.introductions import introduce
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.subjects.rosters.choices import PicksPeople
from modelus_bot.subjects.sprints.cards import choice_of
from modelus_bot.subjects.sprints.choices import PicksSprints
from modelus_bot.text.escaping import bare, plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.needs import FOR_STAFF
from modelus_bot.ui.commands.suggestions import SHOWN, Choices, picks, suggested
from modelus_bot.ui.confirm import Ask, Confirmed, ask, confirmed
from modelus_bot.ui.paginator import PAGE, PagedList, pages_of, send_page
from modelus_bot.ui.people import name_of
from modelus_bot.ui.picks import unpicked

__all__ = ["CoverCommands", "cover_page"]

Status = Literal["pending", "approved", "declined", "withdrawn", "expired", "revoked", "all"]


@app_commands.default_permissions(**FOR_STAFF)
class CoverCommands(
    PicksPeople,
    PicksSprints,
    NamesPeople,
    commands.GroupCog,
    name="cover",
    description="Somebody else takes a turn",
):
    """The commands about covers."""

    @app_commands.command(name="request", description="Ask for cover of your turn")
    @app_commands.describe(
        sprint="Which sprint",
        discipline="Which duty",
        replacement="Who should step in; anybody on the roster if left out",
        reason="Why",
        for_user="Whose turn, if not yours (project managers)",
        first_day="Only this day, or the first of several (“Mar 3-5” works, too); the whole turn if left out",
        last_day="The last of several days",
    )
    async def request(
        self,
        interaction: discord.Interaction,
        sprint: str,
        discipline: str,
        replacement: str | None = None,
        reason: app_commands.Range[str, 1, 300] | None = None,
        for_user: str | None = None,
        first_day: str | None = None,
        last_day: str | None = None,
    ) -> None:
        """Save the request and show it with its buttons."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        chosen = await self.require_discipline(discipline)
        days = typed_days(first_day, last_day, self.today())
        write = RequestCover(
            sprint_id=await self.sprint_id(sprint),
            discipline=chosen.key,
            replacement_id=await self.member_id(replacement, chosen) if replacement else None,
            reason=reason,
            for_user=await self.member_id(for_user) if for_user else None,
            first_day=days.first if days is not None else None,
            last_day=days.last if days is not None else None,
        )
        if self.changes_wait:
            await self._check_turn(interaction, write)
        names = await self.names(interaction.user)
        change = await self.bot.db.write(write, self.bot.context(interaction, reason))
        await post_card(self.bot, interaction, change.cover, names)
        await introduce(self.bot, interaction)

    @app_commands.command(name="take", description="Step in for somebody")
    @app_commands.describe(request="Which request")
    async def take(self, interaction: discord.Interaction, request: str) -> None:
        """Take an open request."""
        await self._step(interaction, TakeCover(cover_id=_number(request)))

    @app_commands.command(name="untake", description="Step back before it is approved")
    @app_commands.describe(request="Which request")
    async def untake(self, interaction: discord.Interaction, request: str) -> None:
        """Give a request back."""
        await self._step(interaction, UntakeCover(cover_id=_number(request)))

    @app_commands.command(name="withdraw", description="Take your own request back")
    @app_commands.describe(request="Which request")
    async def withdraw(self, interaction: discord.Interaction, request: str) -> None:
        """Withdraw a request."""
        await self._step(interaction, WithdrawCover(cover_id=_number(request)))

    @app_commands.command(name="refuse", description="Say no to a request that names you")
    @app_commands.describe(request="Which request")
    async def refuse(self, interaction: discord.Interaction, request: str) -> None:
        """Refuse as the named replacement."""
        await self._step(interaction, RefuseCover(cover_id=_number(request)))

    @app_commands.command(name="revoke", description="Take an approval back")
    @app_commands.describe(request="Which request", reason="Why")
    async def revoke(
        self, interaction: discord.Interaction, request: str, reason: app_commands.Range[str, 1, 300]
    ) -> None:
        """Preview, confirm, return the turn to whoever had it."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        write = RevokeCover(cover_id=_number(request), reason=reason)
        names = await self.names(interaction.user)
        context = self.bot.context(interaction, reason)
        change = await self.bot.db.preview(write, context)
        card = replace(
            card_of(change.cover, names, change.before), title=f"Revoke cover request {change.cover.id}?"
        )
        await ask(self.bot, interaction, context, Ask("cover", card, "Revoke", write, danger=True))

    @app_commands.command(name="show", description="Show a request, with the buttons to decide about it")
    @app_commands.describe(request="Which request")
    async def show_request(self, interaction: discord.Interaction, request: str) -> None:
        """Show a request where everybody sees it; the message follows it from then on."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        await show_card(self.bot, interaction, _number(request), public=True)

    @app_commands.command(name="list", description="Requests and how they stand")
    @app_commands.describe(status="Which; those waiting for a decision if left out")
    async def requests(self, interaction: discord.Interaction, status: Status = "pending") -> None:
        """List requests, ten a page."""
        await answering.defer(interaction)
        await send_page(self.bot, interaction, "covers", status)

    @request.autocomplete("sprint")
    async def _sprints(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Suggest first the sprints in which the member has a turn."""
        viewer = self.viewer(interaction)
        own = await suggested(interaction, duties, viewer.id, self.now(), self.calendar)
        first = {item.sprint.id: f"{choice_of(item.sprint)} (yours)" for item in own or ()}
        mine = picks("sprint", ((label, key) for key, label in first.items()), typed)
        known = {item.value for item in mine}
        rest = await self.suggest_sprints(interaction, typed)
        return [*mine, *(item for item in rest if item.value not in known)][:SHOWN]

    @request.autocomplete("discipline")
    async def _disciplines(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_disciplines(interaction, typed)

    @request.autocomplete("replacement")
    @request.autocomplete("for_user")
    async def _people(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_roster(interaction, typed)

    @request.autocomplete("first_day")
    async def _first_days(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await suggest_turn_days(self, interaction, typed)

    @request.autocomplete("last_day")
    async def _last_days(self, interaction: discord.Interaction, typed: str) -> Choices:
        first = getattr(interaction.namespace, "first_day", "")
        return await suggest_turn_days(self, interaction, typed, first)

    @take.autocomplete("request")
    @untake.autocomplete("request")
    @withdraw.autocomplete("request")
    @refuse.autocomplete("request")
    async def _pending(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self._suggest(interaction, "pending", typed)

    @show_request.autocomplete("request")
    async def _every(self, interaction: discord.Interaction, typed: str) -> Choices:
        waiting = await self._suggest(interaction, "pending", typed)
        known = {item.value for item in waiting}
        others = await self._suggest(interaction, "all", typed)
        return [*waiting, *(other for other in others if other.value not in known)][:SHOWN]

    @revoke.autocomplete("request")
    async def _approved(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self._suggest(interaction, "approved", typed)

    async def _suggest(
        self, interaction: discord.Interaction, status: Literal["pending", "approved", "all"], typed: str
    ) -> Choices:
        found = await suggested(interaction, covers, status, 50)
        people = await suggested(interaction, everybody) or {}
        named = ((_choice(item, people.get(item.original_id, "somebody")), item.id) for item in found or ())
        return picks("cover", named, typed)

    async def _check_turn(self, interaction: discord.Interaction, write: RequestCover) -> None:
        """Refuse at once what the operation would refuse when the database is back."""
        original = write.for_user or interaction.user.id
        if original != interaction.user.id:
            await self.require_manager(interaction)
        turns = await self.bot.db.read(duties, original, self.now(), self.calendar)
        wanted = (write.sprint_id, write.discipline)
        own = (turn for turn in turns if turn.first_day is None)
        found = [item.sprint for item in own if (item.sprint.id, item.discipline) == wanted]
        if not found:
            raise InvalidInput(
                "That turn belongs to somebody else. `/oncall mine` shows yours.", rule="cover.not_holder"
            )
        require_inside(found[0], days_between(write.first_day, write.last_day))

    async def _step(self, interaction: discord.Interaction, write: Write[CoverChange]) -> None:
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        names = await self.names(interaction.user)
        change = await self.bot.db.write(write, self.bot.context(interaction))
        card = card_of(change.cover, names, change.before)
        await answering.together(
            answering.answer(interaction, card), rewrite_cards(self.bot, interaction, change.cover, card)
        )
        await introduce(self.bot, interaction)


@confirmed("cover", RevokeCover)
async def _revoked(press: Confirmed) -> Card:
    """Take the approval back, also on the messages that show the request."""
    bot, user = press.bot, press.interaction.user
    names = {user.id: user.display_name} | await bot.db.read(everybody)
    saved = await bot.db.write(press.change, press.context)
    card = card_of(saved.cover, names, saved.before)
    await rewrite_cards(bot, press.interaction, saved.cover, card)
    await introduce(bot, press.interaction)
    return card


def _choice(found: Found, name: str) -> str:
    days = f", {days_words(found.days)}" if found.days is not None else ""
    return f"{found.id}: {bare(name)}, {bare(found.duty)}, {bare(found.sprint_name)}{days}"


def _number(value: str) -> int:
    """Return the request's number from what was picked or typed."""
    digits = unpicked("cover", value) or value.partition(":")[0].strip().lstrip("#")
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 18:
        raise InvalidInput(
            f"“{plain(cards.clip(value, 60))}” is not a cover request."
            " Pick one from the list or type its number.",
            rule="cover.unknown",
        )
    return int(digits)


@pages_of("covers")
async def cover_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of requests by status, and whether another page follows."""
    db = listing.bot.db
    await db.read(check_staff, listing.viewer)
    status: Status = listing.argument  # type: ignore[assignment]  # written by the command above
    found = await db.read(covers, status, PAGE + 1, listing.page * PAGE)
    people = await db.read(everybody)
    lines = [
        f"**{item.id}** {name_of(item.original_id, people)}, {plain(item.duty)}, {plain(item.sprint_name)}"
        f"{f', {days_words(item.days)}' if item.days is not None else ''}"
        f" → {name_of(item.replacement_id, people) if item.replacement_id else 'anybody'}: {item.status}"
        for item in found[:PAGE]
    ]
    listing.put_below([CoverButton("show", item.id) for item in found[:PAGE] if item.is_pending])
    card = cards.info(
        f"Cover requests: {status}", cards.lines(lines, empty="None. `/cover request` asks for one.")
    )
    return card, len(found) > PAGE
