"""/loan-admin: what administrators do with loans."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from modelus_bot.database import Write
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.loans.cards import change_card
from modelus_bot.subjects.loans.choices import PicksLoans
from modelus_bot.subjects.loans.model import LoanChange
from modelus_bot.subjects.loans.writes.paying import DefaultLoan, ForgiveLoan, VoidLoan
from modelus_bot.subjects.nations.cards.changes import only_shown
from modelus_bot.ui import answering
from modelus_bot.ui.commands.suggestions import Choices

__all__ = ["LoanAdminCommands"]

CODE = "Its code, as /loan list shows it"
WHY = "Why; it is kept, and both nations are told"
DRY_RUN = "Only show what would change; nothing is saved"
Reason = app_commands.Range[str, 1, 300]


@app_commands.default_permissions(manage_guild=True)
class LoanAdminCommands(
    PicksLoans, commands.GroupCog, name="loan-admin", description="Ending loans, whatever their nations say"
):
    """The commands of administrators about loans."""

    @app_commands.command(name="void", description="Let a loan be as if it had never been")
    @app_commands.describe(code=CODE, reason=WHY, dry_run=DRY_RUN)
    async def void(
        self, interaction: discord.Interaction, code: str, reason: Reason, dry_run: bool = False
    ) -> None:
        """Book the way back, or show it."""
        code, reason = await self._begin(interaction, code, reason)
        await self._carry_out(interaction, VoidLoan(code=code, reason=reason), reason, dry_run=dry_run)

    @app_commands.command(name="forgive", description="Let nothing be owed of a loan any more")
    @app_commands.describe(code=CODE, reason=WHY, dry_run=DRY_RUN)
    async def forgive(
        self, interaction: discord.Interaction, code: str, reason: Reason, dry_run: bool = False
    ) -> None:
        """Write it off, or show it."""
        code, reason = await self._begin(interaction, code, reason)
        await self._carry_out(interaction, ForgiveLoan(code=code, reason=reason), reason, dry_run=dry_run)

    @app_commands.command(name="default", description="Say that a loan is in default: it stays owed")
    @app_commands.describe(code=CODE, reason=WHY, dry_run=DRY_RUN)
    async def default(
        self, interaction: discord.Interaction, code: str, reason: Reason, dry_run: bool = False
    ) -> None:
        """Mark it, or show it."""
        code, reason = await self._begin(interaction, code, reason)
        await self._carry_out(interaction, DefaultLoan(code=code, reason=reason), reason, dry_run=dry_run)

    @void.autocomplete("code")
    @forgive.autocomplete("code")
    @default.autocomplete("code")
    async def _loans(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_loans(interaction, typed)

    async def _begin(self, interaction: discord.Interaction, code: str, reason: str) -> tuple[str, str]:
        """Defer, ask whether the command is theirs, and return code and reason."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        if not reason.strip():
            raise InvalidInput("The reason is missing. Write why; both nations are told.", rule="reason")
        return self.loan_code(code), reason.strip()

    async def _carry_out(
        self, interaction: discord.Interaction, write: Write[LoanChange], reason: str, *, dry_run: bool
    ) -> None:
        context = self.bot.context(interaction, reason)
        if dry_run:
            card = only_shown(change_card(await self.bot.db.preview(write, context)))
        else:
            card = change_card(await self.bot.db.write(write, context))
        await answering.answer(interaction, card)
