"""People on rosters as others pick or type them."""

from __future__ import annotations

import discord

from modelus_bot.subjects.disciplines.choices import PicksDisciplines
from modelus_bot.subjects.disciplines.model import Discipline
from modelus_bot.subjects.rosters.queries import roster
from modelus_bot.text.escaping import bare, plain
from modelus_bot.ui.commands.suggestions import Choices, picks, suggested
from modelus_bot.ui.picks import Named, meant

__all__ = ["PicksPeople"]


class PicksPeople(PicksDisciplines):
    """A command group whose commands take somebody on a roster."""

    async def member_id(self, value: str, discipline: Discipline | None = None) -> int:
        """Return the roster member who was picked, or whose name was typed."""
        entries = await self.bot.db.read(roster, discipline.key if discipline else None)
        where = f"on the roster of {plain(discipline.label)}" if discipline else "on any roster"
        known = [Named(entry.user_id, entry.username) for entry in entries]
        return meant("member", value, known, where, "roster.unknown")

    async def suggest_roster(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Suggest people on the roster of the discipline chosen so far, or on any."""
        known = await suggested(interaction, roster, await self.chosen_discipline(interaction))
        people = {item.user_id: item.username for item in known or ()}
        return picks("member", ((bare(name), user_id) for user_id, name in people.items()), typed)
