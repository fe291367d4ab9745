"""/nation-admin create, edit, rename, archive, restore, leave: what administrators do with nations."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import discord
from discord import app_commands

from modelus_bot.subjects.nations.cards.changes import change_card, only_shown
from modelus_bot.subjects.nations.commands.acting import ActsForNations, given
from modelus_bot.subjects.nations.rules.figures import EDITABLE, FIGURES, checked, parsed
from modelus_bot.subjects.nations.rules.governments import GOVERNMENTS
from modelus_bot.subjects.nations.writes.archiving import ArchiveNation, RestoreNation, SendOnLeave
from modelus_bot.subjects.nations.writes.editing import EditableMetric, EditNation, Mode
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.naming import RenameNation
from modelus_bot.text.escaping import plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.suggestions import Choices
from modelus_bot.ui.confirm import Ask, Confirmed, ask, confirmed

__all__ = ["DRY_RUN", "AdministersNations"]

Reason = app_commands.Range[str, 1, 300]
Amount = app_commands.Range[str, 1, 40]
DRY_RUN = "Only show what would change; nothing is saved"
ARCHIVED = (
    "It leaves lists and rankings, and its name is free for another nation. Nothing of it is lost:"
    " `/nation-admin restore` brings it back."
)
WHICH = "Which, by its name or one that it had"
WHY = "Why; it is kept with the change"
_METRICS = [app_commands.Choice(name=FIGURES[metric].label, value=metric) for metric in EDITABLE]
_GOVERNMENTS = [app_commands.Choice(name=name, value=name) for name in GOVERNMENTS]
_EDITABLE: dict[str, EditableMetric] = {
    "gdp": "gdp",
    "population": "population",
    "stability_bp": "stability_bp",
    "tax_bp": "tax_bp",
    "debt": "debt",
    "treasury": "treasury",
    "ground": "ground",
    "naval": "naval",
    "air": "air",
}


class AdministersNations(ActsForNations):
    """The commands of administrators about what nations are."""

    @app_commands.command(name="create", description="Found a nation")
    @app_commands.describe(
        name="Its name, without a prefix",
        gdp="In dollars, like 2.4 T or 950 B",
        population="People, like 29.5 M",
        stability="In percent; 50 if left out",
        tax="In percent; 20 if left out",
        government="Democracy if left out",
        reason=WHY,
        dry_run=DRY_RUN,
    )
    @app_commands.choices(government=_GOVERNMENTS)
    async def create(
        self,
        interaction: discord.Interaction,
        name: app_commands.Range[str, 1, 50],
        gdp: Amount,
        population: Amount,
        stability: Amount = "50",
        tax: Amount = "20",
        government: str = "Democracy",
        reason: Reason | None = None,
        dry_run: bool = False,
    ) -> None:
        """Save it, or show it."""
        await self.begin(interaction, None)
        write = CreateNation(
            name=name,
            gdp=checked("gdp", parsed("gdp", gdp)),
            population=checked("population", parsed("population", population)),
            stability_bp=checked("stability_bp", parsed("stability_bp", stability)),
            tax_bp=checked("tax_bp", parsed("tax_bp", tax)),
            government=government,
        )
        await self.carry_out(interaction, write, reason=reason, dry_run=dry_run)

    @app_commands.command(name="edit", description="Change a figure of a nation")
    @app_commands.describe(
        nation=WHICH,
        metric="Which figure",
        mode="Add to it, subtract from it, or set it",
        value="How much: 2.4 T, 29.5 M, 21.5 % or, for forces, 7.5",
        reason=WHY,
        dry_run=DRY_RUN,
    )
    @app_commands.choices(metric=_METRICS)
    async def edit(
        self,
        interaction: discord.Interaction,
        nation: str,
        metric: str,
        mode: Mode,
        value: Amount,
        reason: Reason,
        dry_run: bool = False,
    ) -> None:
        """Save it, or show it."""
        number = await self._chosen(interaction, nation)
        figure = _EDITABLE[metric]
        write = EditNation(nation_id=number, metric=figure, mode=mode, value=parsed(figure, value))
        await self.carry_out(interaction, write, reason=reason, dry_run=dry_run)

    @app_commands.command(
        name="rename", description="Give a nation another name; the old one goes on finding it"
    )
    @app_commands.describe(
        nation=WHICH, new_name="What it is called from now on", reason=WHY, dry_run=DRY_RUN
    )
    async def rename(
        self,
        interaction: discord.Interaction,
        nation: str,
        new_name: app_commands.Range[str, 1, 50],
        reason: Reason | None = None,
        dry_run: bool = False,
    ) -> None:
        """Save it, or show it."""
        number = await self._chosen(interaction, nation)
        write = RenameNation(name=new_name, nation_id=number)
        await self.carry_out(interaction, write, reason=reason, dry_run=dry_run)

    @app_commands.command(
        name="archive", description="Take a nation that nobody leads out of lists and rankings"
    )
    @app_commands.describe(nation=WHICH, reason=WHY, dry_run=DRY_RUN)
    async def archive(
        self, interaction: discord.Interaction, nation: str, reason: Reason, dry_run: bool = False
    ) -> None:
        """Show what would happen, confirm, archive."""
        number = await self._chosen(interaction, nation, archived=True)
        write = ArchiveNation(nation_id=number)
        context = self.bot.context(interaction, given(reason))
        change = await self.bot.db.preview(write, context)
        shown = change_card(change, reason)
        if dry_run:
            await answering.answer(interaction, only_shown(shown))
            return
        before = change.before or change.after
        same = write.model_copy(update={"version": before.version})
        card = cards.question(f"Archive {plain(before.full_name)}?", f"{shown.text}\n\n{ARCHIVED}")
        await ask(self.bot, interaction, context, Ask("nation", card, "Archive", same, danger=True))

    @app_commands.command(name="restore", description="Bring back a nation that was archived or is on leave")
    @app_commands.describe(nation=WHICH, reason=WHY, dry_run=DRY_RUN)
    async def restore(
        self,
        interaction: discord.Interaction,
        nation: str,
        reason: Reason | None = None,
        dry_run: bool = False,
    ) -> None:
        """Save it, or show it."""
        number = await self._chosen(interaction, nation, archived=True)
        await self.carry_out(interaction, RestoreNation(nation_id=number), reason=reason, dry_run=dry_run)

    @app_commands.command(name="leave", description="Leave a nation out of rankings for a while")
    @app_commands.describe(
        nation=WHICH,
        until="The day on which it comes back by itself; until it is restored if left out",
        reason=WHY,
        dry_run=DRY_RUN,
    )
    async def leave(
        self,
        interaction: discord.Interaction,
        nation: str,
        until: str | None = None,
        reason: Reason | None = None,
        dry_run: bool = False,
    ) -> None:
        """Save it, or show it."""
        number = await self._chosen(interaction, nation)
        write = SendOnLeave(nation_id=number, comes_back=self._beginning(until) if until else None)
        await self.carry_out(interaction, write, reason=reason, dry_run=dry_run)

    @edit.autocomplete("nation")
    @rename.autocomplete("nation")
    @leave.autocomplete("nation")
    async def _live_nations(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_nations(interaction, typed)

    @archive.autocomplete("nation")
    @restore.autocomplete("nation")
    async def _all_nations(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_nations(interaction, typed, archived=True)

    @leave.autocomplete("until")
    async def _leave_days(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_days(interaction, typed)

    async def _chosen(self, interaction: discord.Interaction, nation: str, *, archived: bool = False) -> int:
        await self.begin(interaction, None)
        return await self.nation_id(nation, archived=archived)

    def _beginning(self, day: str) -> int:
        """Return when a day begins in the server's zone, in UTC seconds."""
        zone = ZoneInfo(self.calendar.zone)
        return int(datetime.combine(self.day(day), time(), zone).timestamp())


@confirmed("nation", ArchiveNation)
async def _archived(press: Confirmed) -> Card:
    """Archive the nation that was shown."""
    change: Any = await press.bot.db.write(press.change, press.context)
    return change_card(change, press.context.reason)
