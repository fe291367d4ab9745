"""What commands share that change a nation: finding it, and saving or only showing what would be saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import discord

from modelus_bot.database import Write
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.nations.cards.changes import change_card, only_shown
from modelus_bot.subjects.nations.choices import PicksNations
from modelus_bot.subjects.nations.model import NationChange
from modelus_bot.ui import answering
from modelus_bot.ui.cards import Card

__all__ = ["ActsForNations", "given"]

R = TypeVar("R")


def given(reason: str | None) -> str | None:
    """Return a reason without spaces around it; raises ``InvalidInput`` if nothing is left of it."""
    if reason is not None and not reason.strip():
        raise InvalidInput("The reason is missing. Write one, or leave it out where you may.", rule="reason")
    return reason.strip() if reason is not None else None


class ActsForNations(PicksNations):
    """A command group whose commands change nations."""

    async def begin(self, interaction: discord.Interaction, nation: str | None) -> int | None:
        """Defer, ask whether the command is theirs, and return the nation's number; None: their own."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        return await self.nation_id(nation) if nation is not None else None

    async def carry_out(
        self,
        interaction: discord.Interaction,
        write: Write[NationChange],
        *,
        reason: str | None = None,
        dry_run: bool = False,
    ) -> None:
        """Save a change of a nation, or only show what it would change."""
        await self.carry_out_as(
            interaction, write, lambda change: change_card(change, reason), reason=reason, dry_run=dry_run
        )

    async def carry_out_as(
        self,
        interaction: discord.Interaction,
        write: Write[R],
        card_of: Callable[[R], Card],
        *,
        reason: str | None = None,
        dry_run: bool = False,
    ) -> None:
        """Do the same with any change: a preview is the change itself, undone by the database."""
        context = self.bot.context(interaction, given(reason))
        if dry_run:
            card = only_shown(card_of(await self.bot.db.preview(write, context)))
        else:
            card = card_of(await self.bot.db.write(write, context))
        await answering.answer(interaction, card)
