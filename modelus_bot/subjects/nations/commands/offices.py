"""/nation-admin link, unlink: who leads a nation."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from modelus_bot.subjects.nations.cards.changes import office_card, only_shown
from modelus_bot.subjects.nations.commands.acting import ActsForNations, given
from modelus_bot.subjects.nations.commands.administering import DRY_RUN, WHICH, WHY, Reason
from modelus_bot.subjects.nations.model import OfficeName
from modelus_bot.subjects.nations.rules.words import OFFICES
from modelus_bot.subjects.nations.writes.offices import EndOffice, GiveOffice
from modelus_bot.subjects.people.choices import NamesPeople
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.text.escaping import plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card, clip
from modelus_bot.ui.commands.group import not_a_bot
from modelus_bot.ui.commands.suggestions import Choices
from modelus_bot.ui.confirm import Ask, Confirmed, ask, confirmed

__all__ = ["GivesOffices"]

_OFFICES = [app_commands.Choice(name=words, value=office) for office, words in OFFICES.items()]
_NAMED: dict[str, OfficeName] = {office: office for office in OFFICES}


class GivesOffices(ActsForNations, NamesPeople):
    """The commands of administrators about offices."""

    @app_commands.command(name="link", description="Give a member an office of a nation")
    @app_commands.describe(
        user="Who", nation=WHICH, office="President if left out", reason=WHY, dry_run=DRY_RUN
    )
    @app_commands.choices(office=_OFFICES)
    async def link(
        self,
        interaction: discord.Interaction,
        user: discord.Member,
        nation: str,
        office: str = "president",
        reason: Reason | None = None,
        dry_run: bool = False,
    ) -> None:
        """Save it; where somebody loses an office by it, show whom and ask first."""
        await self.begin(interaction, None)
        number = await self.nation_id(nation)
        name = clip(not_a_bot(user).display_name, 100)
        write = GiveOffice(nation_id=number, user_id=user.id, username=name, office=_NAMED[office])
        names = await self.names(user)
        context = self.bot.context(interaction, given(reason))
        change = await self.bot.db.preview(write, context)
        shown = office_card(change, names)
        if dry_run:
            await answering.answer(interaction, only_shown(shown))
        elif not change.ended:
            saved = await self.bot.db.write(write, context)
            await answering.answer(interaction, office_card(saved, names))
        else:
            same = write.model_copy(update={"expected": tuple(item.id for item in change.ended)})
            title = f"Make {plain(user.display_name)} {OFFICES[write.office]} of {shown.title}?"
            card = cards.question(title, shown.text)
            await ask(self.bot, interaction, context, Ask("office", card, "Replace", same, danger=True))

    @app_commands.command(name="unlink", description="End the office that a member holds")
    @app_commands.describe(user="Who, also if they have left the server", reason=WHY, dry_run=DRY_RUN)
    async def unlink(
        self,
        interaction: discord.Interaction,
        user: discord.User,
        reason: Reason | None = None,
        dry_run: bool = False,
    ) -> None:
        """Show what ends, confirm, end it."""
        await self.begin(interaction, None)
        write = EndOffice(user_id=user.id)
        names = await self.names(user)
        context = self.bot.context(interaction, given(reason))
        shown = office_card(await self.bot.db.preview(write, context), names)
        if dry_run:
            await answering.answer(interaction, only_shown(shown))
            return
        card = cards.question(f"End {plain(user.display_name)}'s office in {shown.title}?", shown.text)
        await ask(self.bot, interaction, context, Ask("office", card, "End it", write, danger=True))

    @link.autocomplete("nation")
    async def _linked(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_nations(interaction, typed)


@confirmed("office", GiveOffice, EndOffice)
async def _done(press: Confirmed) -> Card:
    """Do what was shown."""
    names = await press.bot.db.read(everybody)
    if isinstance(press.change, GiveOffice):
        names = {press.change.user_id: press.change.username} | names
    change: Any = await press.bot.db.write(press.change, press.context)
    return office_card(change, names)
