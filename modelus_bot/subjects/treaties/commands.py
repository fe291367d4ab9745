"""/treaty: proposing treaties, answering, withdrawing and ending them, and who has which with whom."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands
from discord.ext import commands

from modelus_bot.database import Write
from modelus_bot.subjects.blocs.queries import blocs
from modelus_bot.subjects.nations.cards.changes import only_shown
from modelus_bot.subjects.nations.queries.records import nation as nation_of
from modelus_bot.subjects.treaties.buttons import ANSWERS, LIST, list_argument, view_of
from modelus_bot.subjects.treaties.cards.alliances import (
    alliances_card,
    alliances_of,
    alliances_task,
    alliances_words,
)
from modelus_bot.subjects.treaties.cards.treaty_card import change_card, treaty_card
from modelus_bot.subjects.treaties.choices import PicksTreaties
from modelus_bot.subjects.treaties.model import TreatyChange, TreatyKind, TreatyStatus
from modelus_bot.subjects.treaties.queries import treaties_in_force
from modelus_bot.subjects.treaties.queries import treaty as treaty_of
from modelus_bot.subjects.treaties.rules import KINDS, STATES
from modelus_bot.subjects.treaties.writes.answering import AnswerTreaty, EndTreaty, WithdrawTreaty
from modelus_bot.subjects.treaties.writes.proposing import Mirrored, ProposeTreaty
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.suggestions import Choices
from modelus_bot.ui.confirm import Ask, Confirmed, ask, confirmed
from modelus_bot.ui.paginator import send_page
from modelus_bot.ui.pictures import ChildPicture, drawing_folder
from modelus_bot.ui.rota_chart import Theme

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["TreatyCommands"]

PICTURE = "alliances.png"
END = "treaty_end"
WHICH = "Which, by its number"
AS = "The nation that acts, for administrators; your own if left out"
DRY_RUN = "Only show what would change; nothing is saved"
Why = app_commands.Range[str, 1, 300]
_KINDS = [app_commands.Choice(name=name, value=kind) for kind, name in KINDS.items()]
_KNOWN: dict[str, TreatyKind] = {kind: kind for kind in KINDS}
_STATES = [app_commands.Choice(name=name, value=status) for status, name in STATES.items()]
_STATUS: dict[str, TreatyStatus] = {status: status for status in STATES}


class TreatyCommands(PicksTreaties, commands.GroupCog, name="treaty", description="Treaties between nations"):
    """The commands about treaties."""

    def __init__(self, bot: ModelUsBot) -> None:
        """Serve ``bot``'s commands."""
        super().__init__(bot)
        self._circle = ChildPicture("circle")

    @app_commands.command(name="propose", description="Propose a treaty to another nation")
    @app_commands.describe(
        nation="To whom",
        kind="What kind of treaty",
        terms="What you agree on",
        as_nation=AS,
        dry_run=DRY_RUN,
    )
    @app_commands.choices(kind=_KINDS)
    async def propose(
        self,
        interaction: discord.Interaction,
        nation: str,
        kind: str,
        terms: app_commands.Range[str, 1, 500] | None = None,
        as_nation: str | None = None,
        dry_run: bool = False,
    ) -> None:
        """Save the proposal and show it with its buttons; one that the other side made is shown instead."""
        acting = await self._begin(interaction, as_nation, private=dry_run)
        write = ProposeTreaty(
            to_id=await self.nation_id(nation), treaty_kind=_KNOWN[kind], terms=terms, nation_id=acting
        )
        try:
            await self._carry_out(interaction, write, dry_run=dry_run)
        except Mirrored as refusal:
            await self._offer_theirs(interaction, refusal)

    @app_commands.command(name="answer", description="Accept or decline a treaty that is proposed to you")
    @app_commands.describe(treaty=WHICH, answer="What you say", as_nation=AS, dry_run=DRY_RUN)
    async def answer(
        self,
        interaction: discord.Interaction,
        treaty: str,
        answer: Literal["accept", "decline"],
        as_nation: str | None = None,
        dry_run: bool = False,
    ) -> None:
        """Save the answer."""
        acting = await self._begin(interaction, as_nation, private=dry_run)
        number = self.treaty_number(treaty)
        write = AnswerTreaty(treaty_id=number, accept=answer == "accept", nation_id=acting)
        await self._carry_out(interaction, write, dry_run=dry_run)

    @app_commands.command(name="withdraw", description="Take back a treaty that you proposed")
    @app_commands.describe(treaty=WHICH, as_nation=AS, dry_run=DRY_RUN)
    async def withdraw(
        self,
        interaction: discord.Interaction,
        treaty: str,
        as_nation: str | None = None,
        dry_run: bool = False,
    ) -> None:
        """Save it."""
        acting = await self._begin(interaction, as_nation, private=dry_run)
        write = WithdrawTreaty(treaty_id=self.treaty_number(treaty), nation_id=acting)
        await self._carry_out(interaction, write, dry_run=dry_run)

    @app_commands.command(name="end", description="End a treaty of yours that is in force")
    @app_commands.describe(treaty=WHICH, reason="Why; the other side reads it", as_nation=AS, dry_run=DRY_RUN)
    async def end(
        self,
        interaction: discord.Interaction,
        treaty: str,
        reason: Why | None = None,
        as_nation: str | None = None,
        dry_run: bool = False,
    ) -> None:
        """Ask first: it does not begin again by itself."""
        acting = await self._begin(interaction, as_nation, private=True)
        number = self.treaty_number(treaty)
        found = await self.bot.db.read(treaty_of, number)
        version = found.version if found is not None else None
        write = EndTreaty(treaty_id=number, reason=reason, version=version, nation_id=acting)
        context = self.bot.context(interaction, reason)
        change = await self.bot.db.preview(write, context)
        if dry_run:
            await answering.answer(interaction, only_shown(change_card(change, self.now())))
            return
        shown = treaty_card(found or change.after, self.now())
        text = f"It does not begin again by itself; either side can propose another.\n\n{shown.text}"
        card = replace(cards.question(f"End this? {shown.title}", text), footer=shown.footer)
        await ask(self.bot, interaction, context, Ask(END, card, "End it", write, danger=True))

    @app_commands.command(name="list", description="List treaties, the newest first")
    @app_commands.describe(
        status="Which; those in force if left out", nation="Whose; everybody's if left out"
    )
    @app_commands.choices(status=_STATES)
    async def list_treaties(
        self, interaction: discord.Interaction, status: str = "active", nation: str | None = None
    ) -> None:
        """List them, ten a page."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        of = await self.nation_id(nation, archived=True) if nation is not None else None
        await send_page(self.bot, interaction, LIST, list_argument(_STATUS[status], of))

    @app_commands.command(name="picture", description="Show a picture of who is allied with whom")
    @app_commands.describe(
        nation="Only what this one has; everybody if left out",
        theme="Whether your Discord is dark or light; dark if left out",
    )
    async def picture(
        self, interaction: discord.Interaction, nation: str | None = None, theme: Theme = "dark"
    ) -> None:
        """Show it, and the same in words where there is none."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        db = self.bot.db
        found = await db.read(treaties_in_force)
        standing = await db.read(blocs, "active", 500)
        known = await db.read(nation_of, await self.nation_id(nation)) if nation is not None else None
        view = alliances_of(found, standing, (known.id, known.name) if known is not None else None)
        without = alliances_card(view, pictured=False)
        if not view.nations:
            await answering.answer(interaction, without)
            return
        folder = drawing_folder(self.bot.settings.database.path)
        await answering.answer_pictured(
            interaction,
            self._circle.file(alliances_task(view, theme), folder, PICTURE, alliances_words(view)),
            pictured=replace(alliances_card(view, pictured=True), picture=f"attachment://{PICTURE}"),
            without=without,
        )

    @answer.autocomplete("treaty")
    async def _to_answer(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_treaties(interaction, typed, "pending", "answers")

    @withdraw.autocomplete("treaty")
    async def _to_withdraw(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_treaties(interaction, typed, "pending", "proposed")

    @end.autocomplete("treaty")
    async def _to_end(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_treaties(interaction, typed, "active")

    @picture.autocomplete("nation")
    @propose.autocomplete("nation")
    @propose.autocomplete("as_nation")
    @answer.autocomplete("as_nation")
    @withdraw.autocomplete("as_nation")
    @end.autocomplete("as_nation")
    async def _nations(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_nations(interaction, typed)

    @list_treaties.autocomplete("nation")
    async def _all_nations(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_nations(interaction, typed, archived=True)

    async def _begin(
        self, interaction: discord.Interaction, as_nation: str | None, *, private: bool
    ) -> int | None:
        """Defer, ask whether the command is theirs, and return the nation that acts; None: their own."""
        await answering.defer(interaction, private=private)
        await self.require_allowed(interaction)
        return await self.nation_id(as_nation) if as_nation is not None else None

    async def _carry_out(
        self, interaction: discord.Interaction, write: Write[TreatyChange], *, dry_run: bool
    ) -> None:
        """Save a change, or only show what it would change."""
        context = self.bot.context(interaction)
        if dry_run:
            card = change_card(await self.bot.db.preview(write, context), self.now())
            await answering.answer(interaction, only_shown(card))
            return
        change = await self.bot.db.write(write, context)
        await answering.answer(interaction, change_card(change, self.now()), view=view_of(change.after))

    async def _offer_theirs(self, interaction: discord.Interaction, why: Mirrored) -> None:
        """Show what the other side proposed, with the buttons to accept it; ``why`` says so."""
        found = await self.bot.db.read(treaty_of, why.treaty_id)
        if found is None:
            raise why
        card = treaty_card(found, self.now())
        text = f"{why}\n\n{card.text}"
        await answering.answer(interaction, replace(card, text=text), view=view_of(found, ANSWERS))


@confirmed(END, EndTreaty)
async def ended(question: Confirmed) -> Card:
    """End the treaty that was asked about."""
    change = await question.bot.db.write(question.change, question.context)
    return change_card(change, question.context.at)
