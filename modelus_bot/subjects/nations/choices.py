"""Nations as people pick or type them: what is picked is a number, what is typed any name that finds it."""

from __future__ import annotations

import discord

from modelus_bot.database import DatabaseError
from modelus_bot.domain.refusals import Refusal
from modelus_bot.subjects.nations.model import NameFound
from modelus_bot.subjects.nations.queries.lookup import named_nations, nation_called
from modelus_bot.text.escaping import bare, folded
from modelus_bot.ui.commands.group import CommandGroup
from modelus_bot.ui.commands.suggestions import Choices, choices, picks, suggested
from modelus_bot.ui.picks import unpicked

__all__ = ["PicksNations"]

LONGEST = 60
"""Characters of what was typed that are looked for."""
MOST_TYPED = 100
"""Characters that Discord takes in the value of a suggestion."""


class PicksNations(CommandGroup):
    """A command group whose commands take a nation."""

    async def nation_id(self, value: str, *, archived: bool = False) -> int:
        """Return the number of the nation that was picked, or typed by any of its names.

        Raises ``NotFound``, or ``InvalidInput`` where several were once called so.
        """
        key = unpicked("nation", value)
        if key is not None:
            return int(key)
        return await self.bot.db.read(nation_called, value.strip()[:LONGEST], archived=archived)

    async def suggest_nations(
        self, interaction: discord.Interaction, typed: str, *, archived: bool = False
    ) -> Choices:
        """Suggest nations by their present and former names, and their aliases."""
        found = await suggested(interaction, named_nations, typed.strip()[:LONGEST], archived=archived)
        return picks("nation", ((_label(item), item.nation_id) for item in found or ()), "")

    async def suggest_more_nations(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Suggest one more nation after those that were typed already, with commas between them."""
        *before, last = [part.strip() for part in typed.split(",")]
        found = await suggested(interaction, named_nations, last[:LONGEST])
        known = {folded(name) for name in before}
        names = [item.name for item in found or () if folded(item.name) not in known]
        values = [", ".join([*before, name]) for name in names if "," not in name]
        return choices(((bare(value), value) for value in values if len(value) <= MOST_TYPED), "")

    async def chosen_nation(self, interaction: discord.Interaction) -> int | None:
        """Return the number of the nation in the form so far, archived or not; None without one."""
        value = interaction.namespace.nation
        if not isinstance(value, str) or not value.strip():
            return None
        try:
            return await self.nation_id(value, archived=True)
        except (DatabaseError, Refusal):
            return None


def _label(item: NameFound) -> str:
    whole = bare(item.name)
    notes = [f"formerly {bare(item.former)}"] if item.former is not None else []
    notes += [f"also {bare(item.alias)}"] if item.alias is not None else []
    notes += ["archived"] if item.status == "archived" else []
    return f"{whole} ({', '.join(notes)})" if notes else whole
