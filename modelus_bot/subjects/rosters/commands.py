"""/roster: who takes turns in which order; before an edit is saved, who moves is shown and confirmed."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from modelus_bot.subjects.assignments.cards import move_lines
from modelus_bot.subjects.disciplines.queries import disciplines
from modelus_bot.subjects.people.choices import NamesPeople
from modelus_bot.subjects.rosters.choices import PicksPeople
from modelus_bot.subjects.rosters.model import RosterChange, RosterEntry
from modelus_bot.subjects.rosters.queries import roster
from modelus_bot.subjects.rosters.writes.edits import AddToRoster, MoveInRoster, RemoveFromRoster, SetAway
from modelus_bot.text.escaping import plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.group import not_a_bot
from modelus_bot.ui.commands.needs import FOR_STAFF
from modelus_bot.ui.commands.previews import EFFECT_LATER, preview_if_possible
from modelus_bot.ui.confirm import Ask, Confirmed, ask, confirmed
from modelus_bot.ui.people import when

__all__ = ["RosterCommands"]

RosterWrite = AddToRoster | RemoveFromRoster | MoveInRoster | SetAway
FIELDS = 25
"""How many disciplines fit on one card."""
NOBODY = "Nobody yet. Add somebody with `/roster add`."
NOBODY_MOVES = "Nobody's turn moves."


@app_commands.default_permissions(**FOR_STAFF)
class RosterCommands(
    PicksPeople,
    NamesPeople,
    commands.GroupCog,
    name="roster",
    description="Who takes turns on duty, and in which order",
):
    """The commands about rosters."""

    @app_commands.command(name="show", description="Show a discipline's roster, or all of them")
    @app_commands.describe(discipline="Only this discipline")
    async def show(self, interaction: discord.Interaction, discipline: str | None = None) -> None:
        """List people in rotation order, with their days away."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        known = await self.bot.db.read(disciplines)
        chosen = await self.require_discipline(discipline) if discipline is not None else None
        entries = await self.bot.db.read(roster, chosen.key if chosen is not None else None)
        shown = [chosen] if chosen is not None else list(known[:FIELDS])
        card = cards.info("Rosters", "" if shown else "There are no disciplines yet.")
        for item in shown:
            people = [self._line(entry) for entry in entries if entry.discipline == item.key]
            text = cards.lines(people, empty=NOBODY, limit=min(1000, 5000 // len(shown)))
            card = card.with_field(plain(item.label), text, inline=len(shown) > 1)
        await answering.answer(interaction, card)

    @app_commands.command(name="add", description="Put a member on a roster")
    @app_commands.describe(
        discipline="Where they take turns",
        user="Who",
        position="Their place in the order; the end if left out",
    )
    async def add(
        self,
        interaction: discord.Interaction,
        discipline: str,
        user: discord.Member,
        position: app_commands.Range[int, 1, 500] | None = None,
    ) -> None:
        """Preview, confirm, add."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        chosen = await self.require_discipline(discipline)
        write = AddToRoster(
            member_id=not_a_bot(user).id, name=user.display_name, discipline=chosen.key, position=position
        )
        title = f"Add {plain(user.display_name)} to {plain(chosen.label)}?"
        await self._confirm(interaction, write, title, "Add", user)

    @app_commands.command(name="remove", description="Take a member off a roster")
    @app_commands.describe(discipline="The roster", member="Who")
    async def remove(self, interaction: discord.Interaction, discipline: str, member: str) -> None:
        """Preview, confirm, remove."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        chosen = await self.require_discipline(discipline)
        user_id = await self.member_id(member, chosen)
        write = RemoveFromRoster(member_id=user_id, discipline=chosen.key)
        name = plain((await self.names()).get(user_id, member))
        title = f"Remove {name} from {plain(chosen.label)}?"
        await self._confirm(interaction, write, title, "Remove", danger=True)

    @app_commands.command(name="move", description="Change somebody's place in the order")
    @app_commands.describe(
        discipline="The roster", member="Who", position="Their new place", dry_run="Only show who would move"
    )
    async def move(
        self,
        interaction: discord.Interaction,
        discipline: str,
        member: str,
        position: app_commands.Range[int, 1, 500],
        dry_run: bool = False,
    ) -> None:
        """Preview, confirm, move."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        chosen = await self.require_discipline(discipline)
        user_id = await self.member_id(member, chosen)
        write = MoveInRoster(member_id=user_id, discipline=chosen.key, position=position)
        name = plain((await self.names()).get(user_id, member))
        title = f"Move {name} to place {position} of {plain(chosen.label)}?"
        await self._confirm(interaction, write, title, "Move", dry_run=dry_run)

    @app_commands.command(name="away", description="Say when somebody is away; without dates they are back")
    @app_commands.describe(
        member="Who; you if left out",
        discipline="Only for this discipline; all if left out",
        from_day="First day away",
        to_day="Last day away",
    )
    @app_commands.rename(from_day="from", to_day="to")
    async def away(
        self,
        interaction: discord.Interaction,
        member: str | None = None,
        discipline: str | None = None,
        from_day: str | None = None,
        to_day: str | None = None,
    ) -> None:
        """Preview, confirm, set."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        chosen = await self.require_discipline(discipline) if discipline is not None else None
        user_id = interaction.user.id if member is None else await self.member_id(member, chosen)
        write = SetAway(
            member_id=user_id,
            discipline=chosen.key if chosen is not None else None,
            away_from=self.day(from_day) if from_day else None,
            away_to=self.day(to_day) if to_day else None,
        )
        name = plain((await self.names()).get(user_id, interaction.user.display_name))
        title = f"Set {name}'s days away?" if from_day else f"Note that {name} is back?"
        await self._confirm(interaction, write, title, "Save")

    @show.autocomplete("discipline")
    @add.autocomplete("discipline")
    @remove.autocomplete("discipline")
    @move.autocomplete("discipline")
    @away.autocomplete("discipline")
    async def _disciplines(
        self, interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_disciplines(interaction, typed)

    @remove.autocomplete("member")
    @move.autocomplete("member")
    @away.autocomplete("member")
    async def _people(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self.suggest_roster(interaction, typed)

    @away.autocomplete("from_day")
    @away.autocomplete("to_day")
    async def _days(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self.suggest_days(interaction, typed)

    async def _confirm(
        self,
        interaction: discord.Interaction,
        write: RosterWrite,
        title: str,
        label: str,
        *present: discord.Member,
        dry_run: bool = False,
        danger: bool = False,
    ) -> None:
        """Show who would move; save exactly that when it is confirmed."""
        names = await self.names(interaction.user, *present)
        context = self.bot.context(interaction)
        change = await preview_if_possible(self.bot, write, context, dry_run=dry_run)
        labels = {discipline.key: discipline.label for discipline in await self.bot.db.read(disciplines)}
        known = await self._known(interaction, write, labels) if change is None else ""
        shown = self._change(change, names, labels) if change is not None else known
        if change is not None and change.before == change.after and not change.moves:
            await answering.answer(interaction, cards.info("Nothing to change", shown))
            return
        if dry_run:
            await answering.answer(interaction, cards.info("Only a preview", shown))
            return
        same = write.model_copy(update={"expected": change.digest if change is not None else None})
        question = Ask("roster", cards.question(title, shown), label, same, danger=danger)
        await ask(self.bot, interaction, context, question)

    async def _known(
        self, interaction: discord.Interaction, write: RosterWrite, labels: dict[str, str]
    ) -> str:
        """Return what can be said of a change that has to wait; raises ``NotAllowed`` as it would then."""
        if not (isinstance(write, SetAway) and write.member_id == interaction.user.id):
            await self.require_manager(interaction)
        entries = await self.bot.db.read(roster, write.discipline)
        order = [f"{_label(entry, labels)} {self._line(entry)}" for entry in entries]
        known = cards.lines(order, empty=NOBODY, limit=2000)
        return f"**As it was last known**\n{known}\n\n{EFFECT_LATER}"

    async def save(self, press: Confirmed) -> Card:
        """Save a change that was confirmed and return what came of it."""
        change = press.change
        names = await self.names(press.interaction.user)
        if isinstance(change, AddToRoster):
            names = {change.member_id: change.name} | names
        labels = {discipline.key: discipline.label for discipline in await self.bot.db.read(disciplines)}
        saved = await self.bot.db.write(change, press.context)
        return cards.success("Saved", self._change(saved, names, labels))

    def _change(self, change: RosterChange, names: dict[int, str], labels: dict[str, str]) -> str:
        entry = change.after or change.before
        record = f"**{plain(entry.username)}, {_label(entry, labels)}:** " if entry else ""
        before = self._place(change.before) if change.before else "not on the roster"
        after = self._place(change.after) if change.after else "not on the roster"
        moves = cards.lines(move_lines(change.moves, names), empty=NOBODY_MOVES, limit=3000)
        return f"{record}{before} → {after}\n\n**Who moves**\n{moves}{_kept(change)}"

    def _line(self, entry: RosterEntry) -> str:
        return f"{entry.position}. {plain(entry.username)}{self._away(entry)}"

    def _place(self, entry: RosterEntry) -> str:
        return f"place {entry.position}{self._away(entry)}"

    def _away(self, entry: RosterEntry) -> str:
        if entry.away_from is None:
            return ""
        until = f" to {when(entry.away_to, self.calendar)}" if entry.away_to else " until further notice"
        return f" (away from {when(entry.away_from, self.calendar)}{until})"


@confirmed("roster", AddToRoster, RemoveFromRoster, MoveInRoster, SetAway)
async def _saved(press: Confirmed) -> Card:
    """Save what was shown."""
    group: Any = press.bot.get_cog(RosterCommands.__cog_name__)
    card: Card = await group.save(press)
    return card


def _kept(change: RosterChange) -> str:
    """Return the turns that somebody holds although they are away; empty without any."""
    if not change.kept:
        return ""
    turns = [f"• {plain(item.label)}, {plain(item.sprint_name)}" for item in change.kept]
    return "\n\n**Still theirs, although they are away** (`/cover request` asks for cover)\n" + cards.lines(
        turns, empty="", limit=500
    )


def _label(entry: RosterEntry, labels: dict[str, str]) -> str:
    return plain(labels.get(entry.discipline, entry.discipline))
