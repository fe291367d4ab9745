"""Disciplines as people pick or type them."""

from __future__ import annotations

import discord

from modelus_bot.database import DatabaseError
from modelus_bot.domain.refusals import Refusal
from modelus_bot.subjects.disciplines.model import Discipline
from modelus_bot.subjects.disciplines.queries import disciplines
from modelus_bot.text.escaping import bare, plain
from modelus_bot.ui.commands.group import CommandGroup
from modelus_bot.ui.commands.suggestions import Choices, picks, suggested
from modelus_bot.ui.picks import Named, meant

__all__ = ["PicksDisciplines"]


class PicksDisciplines(CommandGroup):
    """A command group whose commands take a discipline."""

    async def require_discipline(self, value: str) -> Discipline:
        """Return the discipline that was picked or whose name or key was typed.

        Raises ``InvalidInput`` with the ones there are.
        """
        known = await self.bot.db.read(disciplines)
        names = ", ".join(plain(item.label) for item in known) or "none yet"
        found = [Named(item.key, item.label, item.key, _choice(item)) for item in known]
        rule = "discipline.unknown"
        key = meant("discipline", value, found, "a discipline", rule, f"There are: {names}.")
        return next(item for item in known if item.key == key)

    async def suggest_disciplines(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Suggest disciplines by key or name."""
        known = await suggested(interaction, disciplines)
        return picks("discipline", ((_choice(item), item.key) for item in known or ()), typed)

    async def chosen_discipline(self, interaction: discord.Interaction) -> str | None:
        """Return the key of the discipline in the form so far; None without one that exists."""
        value = getattr(interaction.namespace, "discipline", None)
        if not isinstance(value, str) or not value.strip():
            return None
        try:
            return (await self.require_discipline(value)).key
        except (DatabaseError, Refusal):
            return None


def _choice(discipline: Discipline) -> str:
    return f"{bare(discipline.label)} ({discipline.key})"
