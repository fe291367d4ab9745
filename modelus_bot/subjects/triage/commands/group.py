"""/triage: what members report, from the queue to the outcome."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from modelus_bot.database import Write
from modelus_bot.subjects.disciplines.choices import PicksDisciplines
from modelus_bot.subjects.people.queries import members
from modelus_bot.subjects.tasks.buttons.pressing import words_for
from modelus_bot.subjects.tasks.buttons.steps import task_view
from modelus_bot.subjects.tasks.cards.task_cards import change_card
from modelus_bot.subjects.tasks.rules.risk import task_day
from modelus_bot.subjects.triage.buttons.pages import QUEUE
from modelus_bot.subjects.triage.buttons.steps import staff_steps, view_of
from modelus_bot.subjects.triage.cards.items import card_of, thread_link
from modelus_bot.subjects.triage.choices import parse_until
from modelus_bot.subjects.triage.commands.reporting import ReportCommands
from modelus_bot.subjects.triage.model import Category, ItemChange, Priority, Shelf, TriageItem
from modelus_bot.subjects.triage.queries.routing import routes
from modelus_bot.subjects.triage.writes.closing import (
    RESOLUTION_LIMIT,
    MarkDuplicate,
    RejectItem,
    ResolveItem,
)
from modelus_bot.subjects.triage.writes.reports import TITLE_LIMIT
from modelus_bot.subjects.triage.writes.routes import SetRoute
from modelus_bot.subjects.triage.writes.steps import (
    AssignItem,
    ClaimItem,
    ReleaseItem,
    SetPriority,
    SnoozeItem,
)
from modelus_bot.subjects.triage.writes.talking import LONGEST_TEXT, AddNote, ReplyToReporter
from modelus_bot.subjects.triage.writes.tasking import MakeTask
from modelus_bot.text.escaping import bare, plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.suggestions import Choices, picks, suggested
from modelus_bot.ui.confirm import Ask, Confirmed, ask, confirmed
from modelus_bot.ui.paginator import send_page
from modelus_bot.ui.people import name_of, quoted
from modelus_bot.ui.picks import Named, meant

__all__ = ["TriageCommands"]

Text = app_commands.Range[str, 1, LONGEST_TEXT]
Outcome = app_commands.Range[str, 1, RESOLUTION_LIMIT]
Why = app_commands.Range[str, 1, 300]


class TriageCommands(
    ReportCommands,
    PicksDisciplines,
    commands.GroupCog,
    name="triage",
    description="What members report to the staff",
):
    """The commands about items."""

    @app_commands.command(name="queue", description="What waits, most urgent first")
    @app_commands.describe(discipline="Only of this duty", whose="All that is open if left out")
    async def queue(
        self, interaction: discord.Interaction, discipline: str | None = None, whose: Shelf = "open"
    ) -> None:
        """List items, ten a page."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        key = (await self.require_discipline(discipline)).key if discipline else ""
        await send_page(self.bot, interaction, QUEUE, f"{whose}:{key}")

    @app_commands.command(name="claim", description="Take an item: you deal with it")
    @app_commands.describe(item="Which")
    async def claim(self, interaction: discord.Interaction, item: str) -> None:
        """Claim it; of several who do, the first has it."""
        await self._step(interaction, item, lambda number: ClaimItem(item_id=number))

    @app_commands.command(name="release", description="Give an item back")
    @app_commands.describe(item="Which")
    async def release(self, interaction: discord.Interaction, item: str) -> None:
        """Release it."""
        await self._step(interaction, item, lambda number: ReleaseItem(item_id=number))

    @app_commands.command(name="assign", description="Let somebody deal with an item")
    @app_commands.describe(item="Which", member="Who of the staff")
    async def assign(self, interaction: discord.Interaction, item: str, member: str) -> None:
        """Assign it."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        person = await self._person(member)
        await self._step(interaction, item, lambda number: AssignItem(item_id=number, member_id=person))

    @app_commands.command(name="reply", description="Write to the reporter")
    @app_commands.describe(item="Which", text="What they read")
    async def reply(self, interaction: discord.Interaction, item: str, text: Text) -> None:
        """Relay it."""
        await self._step(interaction, item, lambda number: ReplyToReporter(item_id=number, text=text), text)

    @app_commands.command(name="note", description="Note something for staff alone")
    @app_commands.describe(item="Which", text="What staff read; the reporter never does")
    async def note(self, interaction: discord.Interaction, item: str, text: Text) -> None:
        """Keep it."""
        await self._step(interaction, item, lambda number: AddNote(item_id=number, text=text), text)

    @app_commands.command(name="priority", description="Say how urgent an item is")
    @app_commands.describe(item="Which", level="Answer within 1, 4, 24 or 72 hours", reason="Why")
    async def priority(
        self, interaction: discord.Interaction, item: str, level: Priority, reason: Why
    ) -> None:
        """Move its deadline."""
        await self._step(
            interaction, item, lambda number: SetPriority(item_id=number, level=level, reason=reason), reason
        )

    @app_commands.command(name="snooze", description="Let an item sleep; its clock stands still")
    @app_commands.describe(item="Which", until="So long (4h, 2d) or until a day; it wakes now if left out")
    async def snooze(self, interaction: discord.Interaction, item: str, until: str | None = None) -> None:
        """Put it to sleep or wake it."""
        await self._step(
            interaction, item, lambda number: SnoozeItem(item_id=number, until=self._instant(until))
        )

    @app_commands.command(name="duplicate", description="Close an item that is about the same as another")
    @app_commands.describe(item="Which to close", of="Which stays")
    async def duplicate(self, interaction: discord.Interaction, item: str, of: str) -> None:
        """Close it with a link."""
        await self._step(
            interaction, item, lambda number: MarkDuplicate(item_id=number, of=self.item_number(of))
        )

    @app_commands.command(name="resolve", description="Close an item that is dealt with")
    @app_commands.describe(item="Which", resolution="What was done; the reporter reads it")
    async def resolve(self, interaction: discord.Interaction, item: str, resolution: Outcome) -> None:
        """Close it and tell the reporter."""
        await self._step(
            interaction,
            item,
            lambda number: ResolveItem(item_id=number, resolution=resolution),
            resolution,
        )

    @app_commands.command(name="reject", description="Close an item without doing anything about it")
    @app_commands.describe(item="Which", reason="Why; the reporter reads it")
    async def reject(self, interaction: discord.Interaction, item: str, reason: Outcome) -> None:
        """Ask before it is closed."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        context = self.bot.context(interaction)
        write = RejectItem(item_id=self.item_number(item), reason=reason)
        before = (await self.bot.db.preview(write, context)).before
        text = f"**{plain(before.title)}**\nThe reporter reads, and it stays closed:\n{quoted(reason)}"
        card = cards.question(f"Reject item {before.id}?", text)
        same = write.model_copy(update={"version": before.version})
        await ask(self.bot, interaction, context, Ask("triage", card, "Reject", same, danger=True))

    @app_commands.command(name="task", description="Make a task of an item")
    @app_commands.describe(
        item="Which",
        end="The day it is due",
        title="What is to be done; the item's title if left out",
        member="Who has it; open to those on duty for the item if left out",
    )
    async def task(
        self,
        interaction: discord.Interaction,
        item: str,
        end: str,
        title: app_commands.Range[str, 1, TITLE_LIMIT] | None = None,
        member: str | None = None,
    ) -> None:
        """Make it and show it; doing so again makes no second one."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        person = await self._person(member) if member else None
        write = MakeTask(item_id=self.item_number(item), end=self.day(end), title=title, member_id=person)
        change = await self.bot.db.write(write, self.bot.context(interaction))
        words = await words_for(self.bot, interaction)
        card = change_card(change, words, task_day(int(time.time()), self.calendar.zone))
        await answering.answer(interaction, card, view=task_view(change.after))

    @app_commands.command(name="route", description="Choose who gets which category; shows it if left out")
    @app_commands.describe(category="Which category", discipline="Which duty gets it")
    async def route(
        self,
        interaction: discord.Interaction,
        category: Category | None = None,
        discipline: str | None = None,
    ) -> None:
        """Set a route where both are given, and show all of them."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        title = "Who gets what"
        if category is not None and discipline is not None:
            key = (await self.require_discipline(discipline)).key
            write = SetRoute(category=category, discipline=key)
            await self.bot.db.write(write, self.bot.context(interaction))
            title = "Saved: who gets what"
        found = await self.bot.db.read(routes, self.now(), self.calendar)
        names = await self.names(interaction.user)
        lines = [
            f"**{one.category}** → {plain(one.label) if one.label else 'nobody'}"
            f" (now {name_of(one.holder, names)})"
            for one in found
        ]
        await answering.answer(interaction, cards.info(title, "\n".join(lines)))

    @queue.autocomplete("discipline")
    @route.autocomplete("discipline")
    async def _disciplines(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_disciplines(interaction, typed)

    @claim.autocomplete("item")
    @release.autocomplete("item")
    @assign.autocomplete("item")
    @reply.autocomplete("item")
    @note.autocomplete("item")
    @priority.autocomplete("item")
    @snooze.autocomplete("item")
    @duplicate.autocomplete("item")
    @duplicate.autocomplete("of")
    @resolve.autocomplete("item")
    @reject.autocomplete("item")
    @task.autocomplete("item")
    async def _open_items(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_items(interaction, typed)

    @task.autocomplete("member")
    @assign.autocomplete("member")
    async def _staff(self, interaction: discord.Interaction, typed: str) -> Choices:
        known = await suggested(interaction, members)
        return picks(
            "member", ((bare(one.username), one.discord_id) for one in known or () if one.role), typed
        )

    @task.autocomplete("end")
    async def _days(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_days(interaction, typed)

    @snooze.autocomplete("until")
    async def _times(self, _: discord.Interaction, typed: str) -> Choices:
        return self.suggest_until(typed)

    async def _person(self, typed: str) -> int:
        known = [Named(one.discord_id, one.username) for one in await self.bot.db.read(members)]
        return meant("member", typed, known, "a member whom the bot knows", "member.unknown")

    def _instant(self, typed: str | None) -> int | None:
        """Return the instant that somebody typed; None without one."""
        return parse_until(typed, int(time.time()), self.today(), self.calendar) if typed else None

    async def _step(
        self,
        interaction: discord.Interaction,
        item: str,
        make: Callable[[int], Write[Any]],
        words: str | None = None,
    ) -> None:
        """Take a step and show how the item stands then; what was typed is given back where it fails."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        names = await self.names(interaction.user)
        change = await self.bot.db.write(make(self.item_number(item)), self.bot.context(interaction))
        after = change.after if isinstance(change, ItemChange) else change
        card = _step_card(after, names, thread_link(after, interaction.guild_id), words)
        await answering.answer(interaction, card, view=view_of(after, staff_steps(after), after.version))


def _step_card(item: TriageItem, names: dict[int, str], link: str | None, words: str | None) -> Card:
    card = card_of(item, names, int(time.time()), link=link)
    return card.with_field("You wrote", cards.clip(quoted(words), 1000)) if words is not None else card


@confirmed("triage", RejectItem)
async def _rejected(press: Confirmed) -> Card:
    """Reject what was shown."""
    change = await press.bot.db.write(press.change, press.context)
    names = {press.interaction.user.id: press.interaction.user.display_name}
    return card_of(change.after, names, int(time.time()))
