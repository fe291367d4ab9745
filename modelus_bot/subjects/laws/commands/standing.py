"""/law enact, repeal, publish, close: whether a law is in force, and who may read it."""

from __future__ import annotations

import discord
from discord import app_commands

from modelus_bot.subjects.laws.cards.lists import change_card, readers_of
from modelus_bot.subjects.laws.cards.reading import title_of
from modelus_bot.subjects.laws.choices import PicksLaws
from modelus_bot.subjects.laws.queries.powers import law_to_change
from modelus_bot.subjects.laws.writes.standing import EnactLaw, RepealLaw, SetLawReaders
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.suggestions import Choices
from modelus_bot.ui.confirm import Ask, Confirmed, ask, confirmed

__all__ = ["DecidesLaws"]

REPEAL, PUBLISH = "law_repeal", "law_publish"


class DecidesLaws(PicksLaws):
    """The commands that decide about laws."""

    @app_commands.command(name="enact", description="Put a draft into force")
    @app_commands.describe(law="Which draft")
    async def enact(self, interaction: discord.Interaction, law: str) -> None:
        """Save it."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        key, _ = await self.law_key(interaction, law)
        sheet = await self.bot.db.read(law_to_change, self.viewer(interaction), key)
        write = EnactLaw(law_id=sheet.law.id, version=sheet.law.version)
        change = await self.bot.db.write(write, self.bot.context(interaction))
        await answering.answer(interaction, change_card(change, "It is in force."))

    @app_commands.command(name="repeal", description="End a law, or give up a draft; its text is kept")
    @app_commands.describe(law="Which")
    async def repeal(self, interaction: discord.Interaction, law: str) -> None:
        """Ask first."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        key, _ = await self.law_key(interaction, law)
        sheet = await self.bot.db.read(law_to_change, self.viewer(interaction), key)
        write = RepealLaw(law_id=sheet.law.id, version=sheet.law.version)
        context = self.bot.context(interaction)
        await self.bot.db.preview(write, context)
        draft = sheet.law.status == "draft"
        verb, label = ("Give up the draft", "Give it up") if draft else ("Repeal", "Repeal it")
        text = "It cannot be put into force again. Its text is kept, and its name is free for another law."
        card = cards.question(f"{verb} {title_of(sheet.name)}?", text)
        await ask(self.bot, interaction, context, Ask(REPEAL, card, label, write, danger=True))

    @app_commands.command(name="publish", description="Let everybody read a private law")
    @app_commands.describe(law="Which")
    async def publish(self, interaction: discord.Interaction, law: str) -> None:
        """Ask first: what was read cannot be taken back."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        key, _ = await self.law_key(interaction, law)
        sheet = await self.bot.db.read(law_to_change, self.viewer(interaction), key)
        write = SetLawReaders(law_id=sheet.law.id, is_public=True)
        context = self.bot.context(interaction)
        await self.bot.db.preview(write, context)
        text = (
            "Everybody can read its present text then. Earlier texts that nobody else could read stay closed."
        )
        card = cards.question(f"Make {title_of(sheet.name)} public?", text)
        await ask(self.bot, interaction, context, Ask(PUBLISH, card, "Make it public", write))

    @app_commands.command(name="close", description="Let only those in office of its nation read a law")
    @app_commands.describe(law="Which")
    async def close(self, interaction: discord.Interaction, law: str) -> None:
        """Save it."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        key, _ = await self.law_key(interaction, law)
        sheet = await self.bot.db.read(law_to_change, self.viewer(interaction), key)
        write = SetLawReaders(law_id=sheet.law.id, is_public=False)
        change = await self.bot.db.write(write, self.bot.context(interaction))
        await answering.answer(interaction, change_card(change, readers_of(change.name)))

    @enact.autocomplete("law")
    @repeal.autocomplete("law")
    @publish.autocomplete("law")
    @close.autocomplete("law")
    async def _laws_decided(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_laws(interaction, typed)


@confirmed(REPEAL, RepealLaw)
async def repealed(question: Confirmed) -> Card:
    """Repeal the law that was asked about."""
    change = await question.bot.db.write(question.change, question.context)
    draft = change.before is not None and change.before.status == "draft"
    return change_card(change, "The draft is given up." if draft else "It is repealed.")


@confirmed(PUBLISH, SetLawReaders)
async def published(question: Confirmed) -> Card:
    """Make the law public that was asked about."""
    change = await question.bot.db.write(question.change, question.context)
    return change_card(
        change, "Everybody can read it now." if change.after.is_open else "It is public once in force."
    )
