"""/task show, list, mine, late, board: what there is, as the member may see it."""

from __future__ import annotations

import discord
from discord import app_commands

from modelus_bot.domain.fields import StaffRole
from modelus_bot.subjects.disciplines.queries import disciplines
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.subjects.tasks.buttons.board_menus import BOARD, board_menus
from modelus_bot.subjects.tasks.buttons.pressing import words_for
from modelus_bot.subjects.tasks.buttons.steps import task_view
from modelus_bot.subjects.tasks.cards.board_card import board_card
from modelus_bot.subjects.tasks.cards.filters import board_argument, board_filter, list_argument, list_query
from modelus_bot.subjects.tasks.cards.task_cards import task_card, task_line
from modelus_bot.subjects.tasks.cards.words import ROLES, Words
from modelus_bot.subjects.tasks.choices import task_number
from modelus_bot.subjects.tasks.commands.saving import SavesTasks
from modelus_bot.subjects.tasks.model import BoardFilter
from modelus_bot.subjects.tasks.queries.board import board
from modelus_bot.subjects.tasks.queries.lists import StatusChoice, epics, late_tasks, my_tasks, task_list
from modelus_bot.subjects.tasks.queries.lists import task as one_task
from modelus_bot.text.escaping import plain
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.commands.group import not_a_bot
from modelus_bot.ui.commands.suggestions import Choices
from modelus_bot.ui.paginator import PAGE, PagedList, pages_of, send_page

__all__ = ["ShowsTasks", "board_page", "late_page", "list_page", "mine_page"]

CARDS = 8
"""Cards of each column on a page of the board: what moves them back fits into one menu."""
_LISTED = {
    "open": "Open tasks",
    "todo": "Tasks to do",
    "in_progress": "Tasks in progress",
    "done": "Tasks that are done",
    "cancelled": "Cancelled tasks",
}


class ShowsTasks(SavesTasks):
    """The commands that look at tasks; what they show is for the one who asked."""

    @app_commands.command(name="show", description="Show a task, with the buttons to move it on")
    @app_commands.describe(task="Which")
    async def show_task(self, interaction: discord.Interaction, task: str) -> None:
        """Show one task."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        found = await self.bot.db.read(one_task, self.viewer(interaction), task_number(task))
        words = await words_for(self.bot, interaction)
        card = task_card(found, words, self.task_day())
        await answering.answer(interaction, card, view=task_view(found))

    @app_commands.command(name="list", description="Tasks of yours, of your role, or made by you")
    @app_commands.describe(
        status="How they stand; open ones if left out", epic="Only of this epic", role="Only of this role"
    )
    async def list_tasks(
        self,
        interaction: discord.Interaction,
        status: StatusChoice = "open",
        epic: app_commands.Range[str, 1, 50] | None = None,
        role: StaffRole | None = None,
    ) -> None:
        """List tasks, ten a page."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        await send_page(
            self.bot, interaction, "tasks", list_argument((status, role, epic.strip() if epic else None))
        )

    @app_commands.command(name="mine", description="Your own tasks, the most important first")
    @app_commands.describe(status="How they stand; open ones if left out")
    async def mine(self, interaction: discord.Interaction, status: StatusChoice = "open") -> None:
        """List the member's own tasks."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        await send_page(self.bot, interaction, "my_tasks", status)

    @app_commands.command(name="late", description="Late tasks, the latest first")
    async def late(self, interaction: discord.Interaction) -> None:
        """List what is late."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        await send_page(self.bot, interaction, "late_tasks", "")

    @app_commands.command(name="board", description="The board: to do, in progress, done")
    @app_commands.describe(
        user="Only cards of this person", epic="Only of this epic", discipline="Only of this discipline"
    )
    async def board(
        self,
        interaction: discord.Interaction,
        user: discord.Member | None = None,
        epic: app_commands.Range[str, 1, 50] | None = None,
        discipline: str | None = None,
    ) -> None:
        """Show the first page of the board."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        wanted = BoardFilter(
            not_a_bot(user).id if user is not None else None,
            epic.strip() if epic else None,
            (await self.require_discipline(discipline)).key if discipline else None,
        )
        await send_page(self.bot, interaction, BOARD, board_argument(wanted))

    @show_task.autocomplete("task")
    async def _all_tasks(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_tasks(interaction, typed, closed=True)

    @list_tasks.autocomplete("epic")
    @board.autocomplete("epic")
    async def _epics(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_epics(interaction, typed)

    @board.autocomplete("discipline")
    async def _board_disciplines(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_disciplines(interaction, typed)


@pages_of("tasks")
async def list_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of tasks by status, role and epic, and whether another follows."""
    db, viewer = listing.bot.db, listing.viewer
    wanted = list_query(listing.argument, await db.read(epics, viewer))
    found = await db.read(task_list, viewer, wanted, PAGE + 1, listing.page * PAGE)
    status, role, epic = wanted
    title = _LISTED[status]
    title += f" of {ROLES[role]}" if role is not None else ""
    title += f", epic {plain(epic)}" if epic is not None else ""
    words = await _words(listing)
    empty = "None that you may see. `/task add` makes one."
    return _listed(title, [task_line(item, words) for item in found], empty)


@pages_of("my_tasks")
async def mine_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of the viewer's own tasks."""
    status: StatusChoice = listing.argument  # type: ignore[assignment]  # written by the command above
    found = await listing.bot.db.read(my_tasks, listing.viewer, status, PAGE + 1, listing.page * PAGE)
    words = await _words(listing)
    empty = "None of yours. `/task list` shows what you could take."
    lines = [task_line(item, words) for item in found]
    return _listed(_LISTED[status].replace("asks", "asks of yours", 1), lines, empty)


@pages_of("late_tasks")
async def late_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of late tasks."""
    found = await listing.bot.db.read(late_tasks, listing.viewer, PAGE + 1, listing.page * PAGE)
    words = await _words(listing)
    return _listed("Late tasks", [task_line(item, words) for item in found], "None. Well done.")


@pages_of(BOARD)
async def board_page(listing: PagedList) -> tuple[Card, bool]:
    """Return a page of the board with its menus, and whether a column goes on."""
    db, viewer = listing.bot.db, listing.viewer
    wanted = board_filter(listing.argument, await db.read(epics, viewer))
    found = await db.read(board, viewer, wanted, CARDS, listing.page * CARDS)
    most = found.most
    if listing.page > 0 and listing.page * CARDS >= most:
        listing.end_at(max(0, (most - 1) // CARDS))
        found = await db.read(board, viewer, wanted, CARDS, listing.page * CARDS)
    listing.put_below(list(board_menus(found, listing.page, listing.argument)))
    return board_card(found, wanted, await _words(listing)), (listing.page + 1) * CARDS < most


def _listed(title: str, lines: list[str], empty: str) -> tuple[Card, bool]:
    return cards.info(title, cards.lines(lines[:PAGE], empty=empty)), len(lines) > PAGE


async def _words(listing: PagedList) -> Words:
    db = listing.bot.db
    labels = {item.key: item.label for item in await db.read(disciplines, active_only=False)}
    return Words(await db.read(everybody), labels)
