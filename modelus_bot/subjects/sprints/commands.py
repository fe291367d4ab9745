"""/sprint: the stretches of days that duty is planned in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import discord
from discord import app_commands
from discord.ext import commands

from modelus_bot.domain.permissions import check_staff
from modelus_bot.domain.refusals import NotFound
from modelus_bot.subjects.assignments.cards import move_lines
from modelus_bot.subjects.people.choices import NamesPeople
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.subjects.rotation_import.cards import NOTHING, import_of, report_card, summary
from modelus_bot.subjects.rotation_import.writes.importing import ImportRotation
from modelus_bot.subjects.sprints.cards import holder_line, label_of
from modelus_bot.subjects.sprints.choices import PicksSprints
from modelus_bot.subjects.sprints.model import HolderView, PlannedSprint, SprintChange
from modelus_bot.subjects.sprints.queries.sprints import sprint_view, sprints, sprints_with_holders
from modelus_bot.subjects.sprints.writes import AddSprint, ArchiveSprint, EditSprint
from modelus_bot.text.escaping import plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.needs import FOR_STAFF
from modelus_bot.ui.commands.previews import EFFECT_LATER, preview_if_possible
from modelus_bot.ui.confirm import Ask, Confirmed, ask, confirmed
from modelus_bot.ui.paginator import PAGE, PagedList, pages_of, send_page

__all__ = ["SprintCommands", "sprint_page"]

SprintWrite = AddSprint | EditSprint | ArchiveSprint


@app_commands.default_permissions(**FOR_STAFF)
class SprintCommands(
    PicksSprints, NamesPeople, commands.GroupCog, name="sprint", description="The sprints of the rota"
):
    """The commands about sprints."""

    @app_commands.command(name="current", description="The sprint on duty now, with its holders")
    async def current(self, interaction: discord.Interaction) -> None:
        """Show the current sprint."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        view = await self.bot.db.read(sprint_view, None, self.now(), self.calendar)
        if view is None:
            raise NotFound("No sprint has begun yet. Add one with `/sprint add`.", rule="sprint.none")
        holders = cards.lines(map(holder_line, view.holders), empty="No disciplines yet.")
        card = cards.info(label_of(view.sprint), holders)
        card = card.with_footer(_days_left(view.days_left))
        await answering.answer(interaction, card)

    @app_commands.command(name="list", description="The sprints that are planned")
    @app_commands.describe(from_day="Only sprints that end on this day or later; today if left out")
    @app_commands.rename(from_day="from")
    async def planned(self, interaction: discord.Interaction, from_day: str | None = None) -> None:
        """List sprints, ten a page."""
        await answering.defer(interaction)
        await self.require_allowed(interaction)
        first = self.day(from_day) if from_day else self.today()
        await send_page(self.bot, interaction, "sprints", first.isoformat())

    @app_commands.command(name="add", description="Add a sprint")
    @app_commands.describe(
        name="What it is called; with several, a number at its end goes on counting",
        start="Its first day",
        end="The day the next one takes over",
        count="How many, one after the other, each as long as the first; one if left out",
    )
    async def add(
        self,
        interaction: discord.Interaction,
        name: app_commands.Range[str, 1, 60],
        start: str,
        end: str,
        count: app_commands.Range[int, 1, 26] = 1,
    ) -> None:
        """Preview, confirm, add."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        write = AddSprint(name=name, start=self.day(start), end=self.day(end), count=count)
        title = f"Add {plain(name)}?" if count == 1 else f"Add {count} sprints?"
        await self._confirm(interaction, write, title, "Add")

    @app_commands.command(name="edit", description="Change a sprint's name or days")
    @app_commands.describe(
        sprint="Which",
        reason="Why",
        name="Its new name",
        start="Its new first day",
        end="The new day the next one takes over",
        dry_run="Only show who would move",
    )
    async def edit(
        self,
        interaction: discord.Interaction,
        sprint: str,
        reason: app_commands.Range[str, 1, 300],
        name: app_commands.Range[str, 1, 60] | None = None,
        start: str | None = None,
        end: str | None = None,
        dry_run: bool = False,
    ) -> None:
        """Preview, confirm, change."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        write = EditSprint(
            sprint_id=await self.sprint_id(sprint),
            reason=reason,
            name=name,
            start=self.day(start) if start else None,
            end=self.day(end) if end else None,
        )
        await self._confirm(
            interaction, write, "Change this sprint?", "Change", reason=reason, dry_run=dry_run
        )

    @app_commands.command(name="archive", description="Take a sprint out of the rota; its history stays")
    @app_commands.describe(sprint="Which", reason="Why")
    async def archive(
        self, interaction: discord.Interaction, sprint: str, reason: app_commands.Range[str, 1, 300]
    ) -> None:
        """Preview, confirm, archive."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        write = ArchiveSprint(sprint_id=await self.sprint_id(sprint), reason=reason)
        await self._confirm(interaction, write, "Archive this sprint?", "Archive", reason=reason, danger=True)

    @app_commands.command(
        name="import", description="Move in from the Triage Rotation Bot, by its JSON files"
    )
    @app_commands.describe(
        sprint_file="sprints.json",
        disciplines="disciplines.json",
        current_state="currentState.json",
        overrides="overrides.json",
        people="Slack ids and Discord ids of people, as a JSON object",
        dry_run="Only show what would be imported",
    )
    @app_commands.rename(sprint_file="sprints")
    async def import_(
        self,
        interaction: discord.Interaction,
        sprint_file: discord.Attachment | None = None,
        disciplines: discord.Attachment | None = None,
        current_state: discord.Attachment | None = None,
        overrides: discord.Attachment | None = None,
        people: discord.Attachment | None = None,
        dry_run: bool = False,
    ) -> None:
        """Read the files, show what was mended, confirm, import; doing it again changes nothing."""
        await answering.defer(interaction, private=True)
        context = self.bot.context(interaction, "import")
        if await preview_if_possible(self.bot, NOTHING, context, dry_run=dry_run) is None:
            await self.require_manager(interaction)
        write = await import_of(
            {
                "sprints.json": sprint_file,
                "disciplines.json": disciplines,
                "currentState.json": current_state,
                "overrides.json": overrides,
                "people.json": people,
            },
            self.calendar.zone,
        )
        report = await preview_if_possible(self.bot, write, context, dry_run=dry_run)
        if report is not None and (dry_run or not report.changed):
            card = cards.info("Only a preview", summary(report)) if report.changed else report_card(report)
            await answering.answer(interaction, card)
            return
        card = cards.question("Import this?", summary(report) if report is not None else EFFECT_LATER)
        await ask(self.bot, interaction, context, Ask("import", card, "Import", write))

    @edit.autocomplete("sprint")
    @archive.autocomplete("sprint")
    async def _sprints(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self.suggest_sprints(interaction, typed)

    @planned.autocomplete("from_day")
    @add.autocomplete("start")
    @add.autocomplete("end")
    @edit.autocomplete("start")
    @edit.autocomplete("end")
    async def _days(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self.suggest_days(interaction, typed)

    async def _confirm(
        self,
        interaction: discord.Interaction,
        write: SprintWrite,
        title: str,
        label: str,
        *,
        reason: str | None = None,
        dry_run: bool = False,
        danger: bool = False,
    ) -> None:
        """Show what would change; save exactly that when it is confirmed."""
        names = await self.names(interaction.user)
        context = self.bot.context(interaction, reason)
        change = await preview_if_possible(self.bot, write, context, dry_run=dry_run)
        text = _change(change, names) if change is not None else await self._known(interaction, write)
        if dry_run:
            await answering.answer(interaction, cards.info("Only a preview", text))
            return
        update = {}
        if change is not None and not isinstance(write, AddSprint):
            update["expected"] = change.digest
        same = write.model_copy(update=update)
        question = Ask("sprint", cards.question(title, text), label, same, danger=danger)
        await ask(self.bot, interaction, context, question)

    async def _known(self, interaction: discord.Interaction, write: SprintWrite) -> str:
        """Return what can be said of a change that has to wait; raises ``NotAllowed`` as it would then."""
        await self.require_manager(interaction)
        if isinstance(write, AddSprint):
            many = f", and {write.count - 1} more of the same length after it" if write.count > 1 else ""
            return f"From {write.start} to {write.end}{many}.\n\n{EFFECT_LATER}"
        known = [
            label_of(sprint) for sprint in await self.bot.db.read(sprints) if sprint.id == write.sprint_id
        ]
        return f"As it was last known: {', '.join(known)}\n\n{EFFECT_LATER}"


@confirmed("sprint", AddSprint, EditSprint, ArchiveSprint)
async def _saved(press: Confirmed) -> Card:
    """Save what was shown."""
    user = press.interaction.user
    names = {user.id: user.display_name} | await press.bot.db.read(everybody)
    return cards.success("Saved", _change(await press.bot.db.write(press.change, press.context), names))


@confirmed("import", ImportRotation)
async def _imported(press: Confirmed) -> Card:
    """Import what was shown."""
    return report_card(await press.bot.db.write(press.change, press.context))


def _days_left(days: int) -> str:
    if days < 0:
        return "over; nobody has taken over yet"
    if days == 0:
        return "its last day"
    return "1 day left" if days == 1 else f"{days} days left"


def _change(change: SprintChange, names: dict[int, str]) -> str:
    before = label_of(change.before) if change.before else "not planned"
    after = label_of(change.after) if change.after.index is not None else "archived"
    moves = cards.lines(move_lines(change.moves, names), empty="Nobody's turn moves.", limit=1500)
    if not change.planned:
        return f"{before} → {after}\n\n**Who moves**\n{moves}"
    turns = cards.lines(map(_planned, change.planned), empty="", limit=2000)
    return f"{before} → {after}\n\n**Who gets the turns**\n{turns}\n\n**Who moves**\n{moves}"


def _planned(found: PlannedSprint) -> str:
    return f"**{label_of(found.sprint)}**\n{_turns(found.holders)}"


def _turns(holders: Sequence[HolderView] | None) -> str:
    """Return who holds a sprint's turns on one line."""
    if holders is None:
        return "not dealt yet: only the sprint on duty and the next six are"
    return (
        cards.clip(", ".join(holder_line(holder, now=False) for holder in holders), 600)
        or "no disciplines yet"
    )


@pages_of("sprints")
async def sprint_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of sprints that end on a day or later, and whether another page follows."""
    await listing.bot.db.read(check_staff, listing.viewer)
    first = date.fromisoformat(listing.argument)
    found = await listing.bot.db.read(sprints_with_holders, first, listing.page * PAGE, PAGE + 1)
    lines = [
        f"{item.index}\\. **{label_of(item)}**\n{cards.clip(_turns(holders), 330)}"
        for item, holders in found[:PAGE]
    ]
    card = cards.info("Sprints", cards.lines(lines, empty="None planned. Add one with `/sprint add`."))
    return card, len(found) > PAGE
