"""/loan: offering, answering, paying and looking at loans."""

from __future__ import annotations

from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.loans.buttons import LIST, LOAN
from modelus_bot.subjects.loans.cards import change_card, offer_card
from modelus_bot.subjects.loans.choices import PicksLoans
from modelus_bot.subjects.loans.model import LoanKind, LoanStatus
from modelus_bot.subjects.loans.queries import loan_sheet
from modelus_bot.subjects.loans.rules.rates import rate_typed
from modelus_bot.subjects.loans.writes.offering import AnswerLoan, CancelLoan, OfferLoan
from modelus_bot.subjects.loans.writes.paying import PayLoan
from modelus_bot.subjects.nations.rules.figures import parsed
from modelus_bot.ui import answering
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.suggestions import Choices
from modelus_bot.ui.confirm import Ask, Confirmed, ask, confirmed
from modelus_bot.ui.paginator import send_page

__all__ = ["LoanCommands"]

ANSWER = "loan_answer"
CODE = "Its code, as /loan list shows it"
Decision = Literal["accept", "decline"]
Money = app_commands.Range[str, 1, 40]
LEAST, MOST = 10**8, 10**12


class LoanCommands(PicksLoans, commands.GroupCog, name="loan", description="Loans between nations"):
    """The commands of those who lead nations about loans."""

    @app_commands.command(name="offer", description="Offer another nation a loan")
    @app_commands.describe(
        borrower="Who would get it",
        amount="In dollars, from 100 M to 1 T, like 2.5 B",
        rate="Interest in percent a year, from 0 to 50",
        term="After how many turns it is paid back",
        repayment="Equal instalments, or everything at the end with compound interest",
        description="What it is for",
    )
    async def offer(
        self,
        interaction: discord.Interaction,
        borrower: str,
        amount: Money,
        rate: app_commands.Range[str, 1, 10],
        term: app_commands.Range[int, 1, 360],
        repayment: LoanKind,
        description: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        """Save the offer."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        write = OfferLoan(
            borrower_id=await self.nation_id(borrower),
            principal=_between(parsed("treasury", amount), LEAST, MOST, "from 100 M to 1 T"),
            rate_bp=rate_typed(rate),
            term_months=term,
            repayment=repayment,
            description=(description or "").strip() or None,
        )
        change = await self.bot.db.write(write, self.bot.context(interaction))
        await answering.answer(interaction, change_card(change))

    @app_commands.command(name="answer", description="Accept or decline a loan, after seeing what it costs")
    @app_commands.describe(code=CODE, decision="Accepting is asked once more, with what it costs")
    async def answer(self, interaction: discord.Interaction, code: str, decision: Decision) -> None:
        """Show what is agreed to and ask; declining is done at once."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        write = AnswerLoan(code=self.loan_code(code), accept=decision == "accept")
        context = self.bot.context(interaction)
        if not write.accept:
            change = await self.bot.db.write(write, context)
            await answering.answer(interaction, change_card(change))
            return
        await self.bot.db.preview(write, context)
        sheet = await self.bot.db.read(loan_sheet, self.viewer(interaction), write.code)
        await ask(self.bot, interaction, context, Ask(ANSWER, offer_card(sheet), "Accept", write))

    @app_commands.command(name="cancel", description="Take back an offer that was not answered")
    @app_commands.describe(code=CODE)
    async def cancel(self, interaction: discord.Interaction, code: str) -> None:
        """Close it."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        write = CancelLoan(code=self.loan_code(code))
        await answering.answer(
            interaction, change_card(await self.bot.db.write(write, self.bot.context(interaction)))
        )

    @app_commands.command(name="pay", description="Pay some or all of a loan before it is due")
    @app_commands.describe(code=CODE, amount="In dollars, like 2.5 B")
    async def pay(self, interaction: discord.Interaction, code: str, amount: Money) -> None:
        """Let the money move."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        paid = _between(parsed("treasury", amount), 1, 900 * 10**12, "more than nothing")
        write = PayLoan(code=self.loan_code(code), amount=paid)
        change = await self.bot.db.write(write, self.bot.context(interaction))
        await answering.answer(interaction, change_card(change))

    @app_commands.command(name="list", description="List the loans that concern you, the newest first")
    @app_commands.describe(status="Only those that stand so", nation="Only those of one nation")
    async def list_loans(
        self, interaction: discord.Interaction, status: LoanStatus | None = None, nation: str | None = None
    ) -> None:
        """List them, ten a page."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        number = await self.nation_id(nation, archived=True) if nation is not None else ""
        await send_page(self.bot, interaction, LIST, f"{number}:{status or ''}")

    @app_commands.command(name="show", description="Show a loan and its instalments")
    @app_commands.describe(code=CODE)
    async def show(self, interaction: discord.Interaction, code: str) -> None:
        """Show its card."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        await send_page(self.bot, interaction, LOAN, self.loan_code(code))

    @answer.autocomplete("code")
    @cancel.autocomplete("code")
    @pay.autocomplete("code")
    @show.autocomplete("code")
    async def _loans(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_loans(interaction, typed)

    @offer.autocomplete("borrower")
    async def _borrowers(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_nations(interaction, typed)

    @list_loans.autocomplete("nation")
    async def _nations(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_nations(interaction, typed, archived=True)


@confirmed(ANSWER, AnswerLoan)
async def _accepted(press: Confirmed) -> Card:
    """Accept the loan that was shown."""
    change: Any = await press.bot.db.write(press.change, press.context)
    return change_card(change)


def _between(amount: int, least: int, most: int, how: str) -> int:
    if not least <= amount <= most:
        raise InvalidInput(f"The amount must be {how}.", rule="loan.amount")
    return amount
