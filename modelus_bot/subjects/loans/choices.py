"""Loans as people pick or type them, by their codes."""

from __future__ import annotations

import discord

from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.loans.queries import named_loans
from modelus_bot.subjects.nations.choices import PicksNations
from modelus_bot.text.escaping import bare
from modelus_bot.ui.commands.suggestions import Choices, picks, suggested
from modelus_bot.ui.picks import unpicked

__all__ = ["PicksLoans"]


class PicksLoans(PicksNations):
    """A command group whose commands take a loan."""

    def loan_code(self, value: str) -> str:
        """Return the code that was picked or typed; raises ``NotFound`` for what can be none."""
        code = (unpicked("loan", value) or value).strip().upper()
        if not 6 <= len(code) <= 12:
            raise NotFound(
                "There is no loan of this code that you can see. `/loan list` shows them.",
                rule="loan.unknown",
            )
        return code

    async def suggest_loans(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Suggest loans that the member can see, by code and nations."""
        found = await suggested(interaction, named_loans, self.viewer(interaction))
        names = (
            (f"{one.code} {bare(one.lender)} to {bare(one.borrower)} ({one.status})", one.code)
            for one in found or ()
        )
        return picks("loan", names, typed)
