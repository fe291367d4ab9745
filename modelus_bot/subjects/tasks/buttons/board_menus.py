"""The menus of the board: choosing a card moves it, as it was shown, and the board is drawn anew."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

import discord

from modelus_bot.domain.refusals import InvalidInput, Stale
from modelus_bot.subjects.people.introductions import introduce
from modelus_bot.subjects.tasks.buttons.pressing import tell_of_next, words_for
from modelus_bot.subjects.tasks.model import BoardColumn, BoardPage, StaffTask
from modelus_bot.subjects.tasks.writes.moving import MoveTask
from modelus_bot.text.escaping import bare
from modelus_bot.ui import answering
from modelus_bot.ui.cards import clip
from modelus_bot.ui.paginator import send_page
from modelus_bot.ui.presses import answered

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["BOARD", "BoardMenu", "board_menus"]

BOARD = "task_board"
"""The kind of list that the board's pages are."""
_CHOSEN = re.compile(r"(?P<id>\d{1,18}):(?P<version>\d{1,9}):(?P<to>todo|in_progress|done)")
_MENUS: tuple[tuple[str, str, tuple[tuple[BoardColumn, BoardColumn], ...]], ...] = (
    ("start", "Start a card…", (("todo", "in_progress"),)),
    ("finish", "Finish a card…", (("in_progress", "done"),)),
    ("back", "Move a card back…", (("in_progress", "todo"), ("done", "in_progress"))),
)
_TO = {"todo": "to do", "in_progress": "in progress", "done": "done"}


class BoardMenu(
    discord.ui.DynamicItem[discord.ui.Select[Any]],
    template=r"board:(?P<way>start|finish|back):(?P<page>\d{1,6}):(?P<argument>.*)",
):
    """Moves the card that is chosen; the options say which, and in which version it was shown."""

    def __init__(self, menu: discord.ui.Select[Any], page: int, argument: str) -> None:
        """Let ``menu`` choose among the cards of a page of the board that ``argument`` names."""
        super().__init__(menu)
        self.page, self.argument = page, argument

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction, item: Any, match: re.Match[str], /) -> Self:
        """Read the menu back from its message."""
        return cls(item, int(match["page"]), match["argument"])

    @answered
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Move the card, and show the board as it stands then, also when somebody else was first."""
        bot: ModelUsBot = interaction.client
        await answering.defer(interaction)
        write = _write(self.item.values[0])
        words = await words_for(bot, interaction)
        try:
            change = await bot.db.write(write, bot.context(interaction))
        except (Stale, InvalidInput):
            await send_page(bot, interaction, BOARD, self.argument, self.page)
            raise
        await answering.together(
            send_page(bot, interaction, BOARD, self.argument, self.page),
            tell_of_next(bot, interaction, change.given, words),
        )
        await introduce(bot, interaction)


def board_menus(page: BoardPage, number: int, argument: str) -> Iterator[BoardMenu]:
    """Yield the menus that move the cards of a page; none for columns without any."""
    for way, placeholder, moves in _MENUS:
        options = [option for source, to in moves for option in _options(page.cards(source), to)]
        if options:
            menu: discord.ui.Select[Any] = discord.ui.Select(
                custom_id=f"board:{way}:{number}:{argument}", placeholder=placeholder, options=options
            )
            yield BoardMenu(menu, number, argument)


def _options(found: Sequence[StaffTask], to: BoardColumn) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(
            label=clip(f"{item.id}: {bare(item.title)}", 100),
            value=f"{item.id}:{item.version}:{to}",
            description=f"to {_TO[to]}" if to != "todo" else "back to do",
        )
        for item in found
    ]


def _write(chosen: str) -> MoveTask:
    match = _CHOSEN.fullmatch(chosen)
    if match is None:
        raise InvalidInput("This is not a card of the board. Run `/task board` again.", rule="task.unknown")
    to: Any = match["to"]
    return MoveTask(task_id=int(match["id"]), version=int(match["version"]), to=to)
