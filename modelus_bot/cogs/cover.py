"""/cover: asking somebody else to take a turn, and deciding about it."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from modelus_bot.cogs.cover_card import CoverButton, card_of, post_card, view_of
from modelus_bot.cogs.group import Choices, CommandGroup, choices, no_suggestions
from modelus_bot.database.errors import DatabaseError
from modelus_bot.database.operation import Write
from modelus_bot.domain.cover_steps import (
    RefuseCover,
    RequestCover,
    RevokeCover,
    TakeCover,
    UntakeCover,
    WithdrawCover,
)
from modelus_bot.domain.covers import CoverChange, covers
from modelus_bot.domain.errors import InvalidInput, Refusal
from modelus_bot.domain.members import everybody
from modelus_bot.domain.oncall import duties
from modelus_bot.domain.permissions import check_staff
from modelus_bot.ui import embeds
from modelus_bot.ui.paginator import PAGE, Listing, pages_of, send_page
from modelus_bot.ui.people import label_of, name_of

__all__ = ["Cover", "CoverButton", "cover_page"]

Status = Literal["pending", "approved", "declined", "withdrawn", "expired", "revoked", "all"]


class Cover(CommandGroup, commands.GroupCog, name="cover", description="Somebody else takes a turn"):
    """The commands about covers."""

    @app_commands.command(name="request", description="Ask for cover of your turn")
    @app_commands.describe(
        sprint="Which sprint",
        discipline="Which duty",
        replacement="Who should step in; anybody on the roster if left out",
        reason="Why",
        for_user="Whose turn, if not yours (project managers)",
    )
    async def request(
        self,
        interaction: discord.Interaction,
        sprint: str,
        discipline: str,
        replacement: str | None = None,
        reason: app_commands.Range[str, 1, 300] | None = None,
        for_user: str | None = None,
    ) -> None:
        """Save the request and show it with its buttons."""
        await interaction.response.defer()
        write = RequestCover(
            sprint_id=await self.sprint_id(sprint),
            discipline=discipline,
            replacement_id=await self.member_id(replacement, discipline) if replacement else None,
            reason=reason,
            for_user=await self.member_id(for_user) if for_user else None,
        )
        change = await self.bot.db.write(write, self.bot.context(interaction, reason))
        await post_card(self.bot, interaction, change.cover)

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
        """Return the turn to whoever had it."""
        await self._step(interaction, RevokeCover(cover_id=_number(request), reason=reason), reason)

    @app_commands.command(name="list", description="Requests and how they stand")
    @app_commands.describe(status="Which; those waiting for a decision if left out")
    async def requests(self, interaction: discord.Interaction, status: Status = "pending") -> None:
        """List requests, ten a page."""
        await interaction.response.defer()
        await send_page(self.bot, interaction, "covers", status)

    @request.autocomplete("sprint")
    async def _sprints(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Suggest first the sprints in which the member has a turn."""
        try:
            own = await self.bot.db.read(duties, interaction.user.id, self.now(), self.calendar)
        except (DatabaseError, Refusal) as error:
            return no_suggestions(error)
        first = [(f"{label_of(duty.sprint)} (yours)", str(duty.sprint.id)) for duty in own]
        rest = await self.suggest_sprints(interaction, typed)
        known = {value for _, value in first}
        return [*choices(dict.fromkeys(first), typed), *(one for one in rest if one.value not in known)][:25]

    @request.autocomplete("discipline")
    async def _disciplines(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_disciplines(interaction, typed)

    @request.autocomplete("replacement")
    @request.autocomplete("for_user")
    async def _people(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_roster(interaction, typed)

    @take.autocomplete("request")
    @untake.autocomplete("request")
    @withdraw.autocomplete("request")
    @refuse.autocomplete("request")
    async def _pending(self, _: discord.Interaction, typed: str) -> Choices:
        return await self._suggest("pending", typed)

    @revoke.autocomplete("request")
    async def _approved(self, _: discord.Interaction, typed: str) -> Choices:
        return await self._suggest("approved", typed)

    async def _suggest(self, status: Literal["pending", "approved"], typed: str) -> Choices:
        try:
            found = await self.bot.db.read(covers, status, 50)
            names = await self.names()
        except (DatabaseError, Refusal) as error:
            return no_suggestions(error)
        return choices(
            (
                (
                    f"{one.id}: {name_of(one.original_id, names)}, {one.discipline}, {one.sprint_name}",
                    str(one.id),
                )
                for one in found
            ),
            typed,
        )

    async def _step(
        self, interaction: discord.Interaction, write: Write[CoverChange], reason: str | None = None
    ) -> None:
        await interaction.response.defer(ephemeral=True)
        change = await self.bot.db.write(write, self.bot.context(interaction, reason))
        names = await self.names()
        card = card_of(change.cover, names)
        if change.before is not None:
            card.set_footer(text=f"{change.before} → {change.cover.status}")
        await interaction.followup.send(embed=card)
        await self._refresh(interaction, change)

    async def _refresh(self, interaction: discord.Interaction, change: CoverChange) -> None:
        """Rewrite the message that shows the request, where it was asked or in the duty channel."""
        message_id = change.cover.message_id
        channels = (interaction.channel, self.bot.get_channel(self.bot.settings.server.duty_channel_id or 0))
        for channel in channels:
            if message_id is None or not isinstance(channel, discord.TextChannel):
                continue
            try:
                card = card_of(change.cover, await self.names())
                await channel.get_partial_message(message_id).edit(embed=card, view=view_of(change.cover))
            except discord.NotFound:
                continue


def _number(value: str) -> int:
    """Return the request's number from what was picked or typed."""
    digits = value.partition(":")[0].strip().lstrip("#")
    if not digits.isdecimal() or len(digits) > 18:
        raise InvalidInput(
            f"“{embeds.clip(value, 60)}” is not a cover request. Pick one from the list or type its number.",
            rule="cover.unknown",
        )
    return int(digits)


@pages_of("covers")
async def cover_page(listing: Listing) -> tuple[discord.Embed, bool]:
    """Return a page of requests by status, and whether another page follows."""
    db = listing.bot.db
    await db.read(check_staff, listing.viewer)
    status: Status = listing.argument  # type: ignore[assignment]  # written by the command above
    found = await db.read(covers, status, PAGE + 1, listing.page * PAGE)
    people = await db.read(everybody)
    lines = [
        f"**{one.id}** {name_of(one.original_id, people)}, {one.discipline}, {one.sprint_name}"
        f" → {name_of(one.replacement_id, people) if one.replacement_id else 'anybody'}: {one.status}"
        for one in found[:PAGE]
    ]
    card = embeds.info(f"Cover requests: {status}", embeds.lines(lines, empty="None."))
    return card, len(found) > PAGE
