"""/war: who fights whom; administrators let wars begin, change and end."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from modelus_bot.database import DatabaseError, Write
from modelus_bot.domain.refusals import InvalidInput, Refusal
from modelus_bot.subjects.nations.choices import PicksNations
from modelus_bot.subjects.wars.buttons import LIST, WAR
from modelus_bot.subjects.wars.cards import change_card
from modelus_bot.subjects.wars.model import Side, WarChange, WarStatus
from modelus_bot.subjects.wars.queries import named_wars, war_sheet
from modelus_bot.subjects.wars.writes import EndWar, JoinWar, LeaveWar, StartWar, UpdateWar
from modelus_bot.text.escaping import bare, plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.suggestions import Choices, picks, suggested
from modelus_bot.ui.confirm import Ask, Confirmed, ask, confirmed
from modelus_bot.ui.paginator import send_page
from modelus_bot.ui.picks import Named, meant

__all__ = ["WarCommands"]

END = "war_end"
Name = app_commands.Range[str, 1, 100]
Why = app_commands.Range[str, 1, 300]
Many = app_commands.Range[str, 1, 1000]
Lives = app_commands.Range[int, 0, 20_000_000_000]


class WarCommands(PicksNations, commands.GroupCog, name="war", description="Wars between nations"):
    """The commands about wars."""

    @app_commands.command(name="list", description="List wars, the newest first")
    @app_commands.describe(status="Only those that go on, or that have ended")
    async def list_wars(self, interaction: discord.Interaction, status: WarStatus | None = None) -> None:
        """List them, ten a page."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        await send_page(self.bot, interaction, LIST, status or "")

    @app_commands.command(name="show", description="Show a war: its sides, days and casualties")
    @app_commands.describe(war="Which")
    async def show(self, interaction: discord.Interaction, war: str) -> None:
        """Show its card."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        await send_page(self.bot, interaction, WAR, str(await self.war_id(war)))

    @app_commands.command(name="start", description="Let a war begin (administrators)")
    @app_commands.describe(
        name="What it is called",
        side_a="Who fights on one side, with commas between",
        side_b="Who fights on the other",
        on="The day it begins; today if left out",
        description="What it is about",
    )
    async def start(
        self,
        interaction: discord.Interaction,
        name: Name,
        side_a: Many,
        side_b: Many,
        on: str | None = None,
        description: app_commands.Range[str, 1, 1000] | None = None,
    ) -> None:
        """Save it."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        one, other = _parts(side_a), _parts(side_b)
        write = StartWar(
            name=name,
            side_a=await self._nations(one),
            side_b=await self._nations(other),
            on=self.day(on) if on is not None else self.today(),
            description=description,
        )
        await self._save(interaction, write)

    @app_commands.command(name="join", description="Let a nation enter a war (administrators)")
    @app_commands.describe(war="Which", nation="Who", side="On which side", on="Today if left out")
    async def join(
        self, interaction: discord.Interaction, war: str, nation: str, side: Side, on: str | None = None
    ) -> None:
        """Save it."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        day = self.day(on) if on is not None else self.today()
        number = await self.war_id(war)
        write = JoinWar(war_id=number, nation_id=await self.nation_id(nation), side=side, on=day)
        await self._save(interaction, write)

    @app_commands.command(name="leave", description="Let a nation leave a war (administrators)")
    @app_commands.describe(war="Which", nation="Who", on="Today if left out")
    async def leave(
        self, interaction: discord.Interaction, war: str, nation: str, on: str | None = None
    ) -> None:
        """Save it."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        day = self.day(on) if on is not None else self.today()
        number = await self.war_id(war)
        write = LeaveWar(war_id=number, nation_id=await self.nation_id(nation, archived=True), on=day)
        await self._save(interaction, write)

    @app_commands.command(name="update", description="Say what a war has cost so far (administrators)")
    @app_commands.describe(war="Which", casualties="In all, not since last time", note="What happened")
    async def update(
        self, interaction: discord.Interaction, war: str, casualties: Lives, note: Why | None = None
    ) -> None:
        """Save the figure."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        said = note.strip() or None if note is not None else None
        number = await self.war_id(war)
        write = UpdateWar(war_id=number, casualties=casualties, on=self.today(), note=said)
        await self._save(interaction, write)

    @app_commands.command(name="end", description="End a war (administrators)")
    @app_commands.describe(war="Which", reason="How it ended", on="Today if left out")
    async def end(
        self, interaction: discord.Interaction, war: str, reason: Why, on: str | None = None
    ) -> None:
        """Ask first: it does not begin again."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        if not reason.strip():
            raise InvalidInput("The reason is missing. Write how the war ended.", rule="reason")
        day = self.day(on) if on is not None else self.today()
        write = EndWar(war_id=await self.war_id(war), reason=reason, on=day)
        context = self.bot.context(interaction)
        await self.bot.db.preview(write, context)
        sheet = await self.bot.db.read(war_sheet, write.war_id)
        text = "It cannot go on afterwards; a new one can begin under the same name."
        card = cards.question(f"End the war {plain(sheet.war.name)}?", text)
        await ask(self.bot, interaction, context, Ask(END, card, "End it", write, danger=True))

    async def war_id(self, value: str) -> int:
        """Return the number of the war that was picked or typed; raises ``InvalidInput``.

        One that goes on counts before those that have ended under the same name.
        """
        known = await self.bot.db.read(named_wars)
        going_on = [Named(war.id, war.name) for war in known if war.status == "active"]
        ended = [Named(war.id, war.name) for war in known if war.status == "ended"]
        try:
            return meant("war", value, going_on, "a war", "war.unknown")
        except InvalidInput as refusal:
            if refusal.rule != "war.unknown":
                raise
        return meant("war", value, ended, "a war", "war.unknown")

    async def _nations(self, names: tuple[str, ...]) -> tuple[int, ...]:
        """Return the numbers of nations by their names."""
        return tuple(dict.fromkeys([await self.nation_id(name) for name in names]))

    async def _save(self, interaction: discord.Interaction, write: Write[WarChange]) -> None:
        change = await self.bot.db.write(write, self.bot.context(interaction))
        await answering.answer(interaction, change_card(change, self.today()))

    @show.autocomplete("war")
    @join.autocomplete("war")
    @leave.autocomplete("war")
    @update.autocomplete("war")
    @end.autocomplete("war")
    async def _wars(self, interaction: discord.Interaction, typed: str) -> Choices:
        found = await suggested(interaction, named_wars)
        names = (
            (f"{bare(war.name)}{' (ended)' if war.status == 'ended' else ''}", war.id) for war in found or ()
        )
        return picks("war", names, typed)

    @join.autocomplete("nation")
    async def _joining(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_nations(interaction, typed)

    @leave.autocomplete("nation")
    async def _fighters(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Suggest who fights in the war that was chosen so far."""
        war = interaction.namespace.war
        try:
            number = await self.war_id(war) if isinstance(war, str) and war.strip() else None
        except (DatabaseError, Refusal):
            number = None
        if number is None:
            return await self.suggest_nations(interaction, typed)
        sheet = await suggested(interaction, war_sheet, number)
        fighting = [one for one in sheet.sides if one.left_on is None] if sheet is not None else []
        return picks("nation", ((bare(one.nation), one.nation_id) for one in fighting), typed)

    @start.autocomplete("side_a")
    @start.autocomplete("side_b")
    async def _sides(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_more_nations(interaction, typed)

    @start.autocomplete("on")
    @join.autocomplete("on")
    @leave.autocomplete("on")
    @end.autocomplete("on")
    async def _days(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_days(interaction, typed)


def _parts(value: str) -> tuple[str, ...]:
    """Return names that were typed with commas between; raises ``InvalidInput`` where there is none."""
    found = tuple(part for part in value.split(",") if part.strip())
    if not found:
        raise InvalidInput("Name at least one nation on each side.", rule="war.no_side")
    return found


@confirmed(END, EndWar)
async def ended(question: Confirmed) -> Card:
    """End the war that was asked about."""
    change = await question.bot.db.write(question.change, question.context)
    return change_card(change, question.change.on)
