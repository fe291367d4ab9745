"""/economy balance, statement, journal, reverse: what nations have, and what moved it."""

from __future__ import annotations

import asyncio
import gzip
import io

import discord
from discord import app_commands

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.ledger.buttons import STATEMENT
from modelus_bot.subjects.ledger.cards import balances_card, reversal_card
from modelus_bot.subjects.ledger.queries import balances, journal, journal_balances, statement
from modelus_bot.subjects.ledger.rules.files import journal_text, statement_csv
from modelus_bot.subjects.ledger.writes.reversing import ReverseTransaction
from modelus_bot.subjects.nations.cards.changes import only_shown
from modelus_bot.subjects.nations.choices import PicksNations
from modelus_bot.subjects.nations.queries.offices import office_held_by
from modelus_bot.text.escaping import plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.commands.suggestions import Choices
from modelus_bot.ui.paginator import send_page

__all__ = ["ShowsBooks"]

WHICH = "Which; your own if left out"
LARGE = 4 * 2**20
"""Bytes from which on a file is sent compressed."""


class ShowsBooks(PicksNations):
    """The commands about what nations have."""

    @app_commands.command(name="balance", description="Show what a nation has, owes, lent and invested")
    @app_commands.describe(nation=WHICH)
    async def balance(self, interaction: discord.Interaction, nation: str | None = None) -> None:
        """Show its accounts."""
        number = await self._begin(interaction, nation)
        found = await self.bot.db.read(balances, self.viewer(interaction), number)
        await answering.answer(interaction, balances_card(found))

    @app_commands.command(name="statement", description="Show what moved a nation's accounts")
    @app_commands.describe(nation=WHICH, csv="All of it as a file for a spreadsheet")
    async def statement(
        self, interaction: discord.Interaction, nation: str | None = None, csv: bool = False
    ) -> None:
        """Show it, ten a page, or send it as a file."""
        number = await self._begin(interaction, nation)
        if not csv:
            await send_page(self.bot, interaction, STATEMENT, str(number))
            return
        viewer = self.viewer(interaction)
        found = await self.bot.db.read(balances, viewer, number)
        lines = await self.bot.db.read(statement, viewer, number)
        content = await asyncio.to_thread(statement_csv, lines[::-1])
        text = f"{len(lines):,} lines, each account with its balance after the line."
        card = cards.info(f"Statement of {plain(found.nation)}", text)
        await _send(interaction, card, content, f"statement-{number}.csv")

    @app_commands.command(
        name="journal", description="All transactions as a file for Beancount (administrators)"
    )
    async def journal(self, interaction: discord.Interaction) -> None:
        """Send every transaction with what each nation has."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        viewer = self.viewer(interaction)
        transfers = await self.bot.db.read(journal, viewer)
        nations = await self.bot.db.read(journal_balances, viewer)
        content = (await asyncio.to_thread(journal_text, transfers, nations)).encode()
        text = f"{len(transfers):,} transfers. `bean-check` says whether the sums are what nations have."
        await _send(interaction, cards.info("The journal", text), content, "journal.beancount")

    @app_commands.command(name="reverse", description="Take back a transaction (administrators)")
    @app_commands.describe(
        transaction="Its number, as /economy statement shows it",
        reason="Why; it is kept with the reversal",
        dry_run="Only show what would change; nothing is saved",
    )
    async def reverse(
        self,
        interaction: discord.Interaction,
        transaction: app_commands.Range[int, 1],
        reason: app_commands.Range[str, 1, 300],
        dry_run: bool = False,
    ) -> None:
        """Book the way back, or show it."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        if not reason.strip():
            raise InvalidInput("The reason is missing. Write why it is taken back.", rule="reason")
        write = ReverseTransaction(txn=transaction, reason=reason.strip())
        context = self.bot.context(interaction, reason.strip())
        if dry_run:
            card = only_shown(reversal_card(await self.bot.db.preview(write, context)))
        else:
            card = reversal_card(await self.bot.db.write(write, context))
        await answering.answer(interaction, card)

    async def _begin(self, interaction: discord.Interaction, nation: str | None) -> int:
        """Defer, and return the nation that was named, or the member's own; ``InvalidInput`` without one."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        if nation is not None:
            return await self.nation_id(nation, archived=True)
        office = await self.bot.db.read(office_held_by, interaction.user.id)
        if office is None:
            raise InvalidInput("You lead no nation, so say which one you mean.", rule="nation.which")
        return office.nation_id

    @balance.autocomplete("nation")
    @statement.autocomplete("nation")
    async def _nations(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_nations(interaction, typed, archived=True)


async def _send(interaction: discord.Interaction, card: cards.Card, content: bytes, name: str) -> None:
    """Answer with a file, compressed where it is large."""
    if len(content) > LARGE:
        content, name = await asyncio.to_thread(gzip.compress, content), f"{name}.gz"
    await answering.answer(interaction, card, picture=lambda: discord.File(io.BytesIO(content), name))
