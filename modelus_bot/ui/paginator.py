"""Lists in pages of ten, with buttons and menus that go on working after a restart."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import discord

from modelus_bot.domain.permissions import Viewer
from modelus_bot.ui import answering, cards
from modelus_bot.ui.answering import MakesFile
from modelus_bot.ui.cards import Card
from modelus_bot.ui.presses import answered

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = [
    "PAGE",
    "ListChoice",
    "PageButton",
    "PageMenu",
    "PagedList",
    "menus_of",
    "pages_of",
    "send_page",
    "send_page_beside",
    "send_page_pictured",
]

PAGE = 10
OPTIONS, MENUS, WORDS = 25, 4, 100
"""What Discord takes: options of a menu, menus above a row of buttons, characters of an option."""


class PagedList:
    """Who looks at which list, as the function that draws a page is told."""

    __slots__ = ("argument", "bot", "items", "page", "viewer")

    def __init__(self, bot: ModelUsBot, viewer: Viewer, argument: str, page: int) -> None:
        """Draw page number ``page``, from 0, of the list that ``argument`` names."""
        self.bot = bot
        self.viewer = viewer
        self.argument = argument
        self.page = page
        self.items: Sequence[discord.ui.Item[Any]] = ()
        """What stands below the page, above the buttons that turn it."""

    def end_at(self, last: int) -> None:
        """Draw the ``last`` page where one after it was asked for, that is not there any more."""
        self.page = min(self.page, last)

    def turn_to(self, argument: str, page: int) -> None:
        """Draw another page than the one that was asked for, of the list that ``argument`` names."""
        self.argument, self.page = argument, page

    def put_below(self, items: Sequence[discord.ui.Item[Any]]) -> None:
        """Put something below the page."""
        self.items = items


Draw = Callable[[PagedList], Awaitable[tuple[Card, bool]]]
_LISTS: dict[str, Draw] = {}


def pages_of(kind: str) -> Callable[[Draw], Draw]:
    """Register the function that draws a page of a kind of list and says whether another follows."""

    def register(draw: Draw) -> Draw:
        _LISTS[kind] = draw
        return draw

    return register


async def send_page(
    bot: ModelUsBot, interaction: discord.Interaction, kind: str, argument: str, page: int = 0
) -> None:
    """Answer a deferred interaction with a page of a list."""
    card, view = await _drawn(bot, interaction, kind, argument, page)
    await answering.answer(interaction, card, view=view)


async def send_page_pictured(
    bot: ModelUsBot,
    interaction: discord.Interaction,
    kind: str,
    arguments: tuple[str, str],
    drawing: Coroutine[Any, Any, MakesFile | None],
) -> None:
    """Answer with the first page of a list and a picture, which stays while pages are turned.

    The first of ``arguments`` names the list whose cards show the picture, the second the one without, which
    is shown while or if there is none.
    """
    try:
        pictured, plain = [await _drawn(bot, interaction, kind, argument, 0) for argument in arguments]
    except BaseException:
        drawing.close()
        raise
    await answering.answer_pictured(
        interaction, drawing, pictured[0], plain[0], views=(pictured[1], plain[1])
    )


async def send_page_beside(
    bot: ModelUsBot, interaction: discord.Interaction, kind: str, argument: str
) -> None:
    """Put the first page of a list beside the message whose button was pressed, for nobody else to see."""
    card, view = await _drawn(bot, interaction, kind, argument, 0)
    await answering.ask_here(interaction, card, view, private=True)


async def _drawn(
    bot: ModelUsBot, interaction: discord.Interaction, kind: str, argument: str, page: int
) -> tuple[Card, discord.ui.View | None]:
    viewer = Viewer(interaction.user.id, bot.context(interaction).discord_admin)
    listing = PagedList(bot, viewer, argument, page)
    card, more = await _LISTS[kind](listing)
    argument, page = listing.argument, listing.page
    turns = page > 0 or more
    if not turns and not listing.items:
        return card, None
    view = discord.ui.View(timeout=None)
    for item in listing.items:
        view.add_item(item)
    if not turns:
        return card, view
    view.add_item(PageButton(kind, argument, page - 1, "Back", disabled=page == 0))
    view.add_item(PageButton(kind, argument, page + 1, "More", disabled=not more))
    said = f"Page {page + 1}" if card.footer is None else f"Page {page + 1}. {card.footer}"
    return card.with_footer(said), view


class PageButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"page:(?P<kind>[a-z_]+):(?P<label>[A-Za-z ]{1,20}):(?P<page>-?\d+):(?P<argument>.*)",
):
    """Turns to another page; everything it needs is in its id."""

    def __init__(self, kind: str, argument: str, page: int, label: str, *, disabled: bool = False) -> None:
        """Turn to ``page`` of a kind of list; ``argument`` has at most 60 characters, ``label`` letters."""
        super().__init__(
            discord.ui.Button(
                label=label,
                style=discord.ButtonStyle.secondary,
                custom_id=f"page:{kind}:{label}:{page}:{argument}",
                disabled=disabled,
            )
        )
        self.kind, self.argument, self.page = kind, argument, page

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction, __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its id."""
        return cls(match["kind"], match["argument"], int(match["page"]), match["label"])

    @answered
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Redraw the message as the other page."""
        await _redraw(interaction, self.kind, self.argument, max(self.page, 0))


@dataclass(frozen=True, slots=True)
class ListChoice:
    """A list that a menu offers: the argument that names it, a label, and a few words about it."""

    argument: str
    label: str
    about: str


class PageMenu(
    discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"menu:(?P<kind>[a-z_]+):(?P<number>\d)"
):
    """Turns to the first page of the list that is chosen; Discord sends its argument along."""

    def __init__(self, kind: str, menu: discord.ui.Select[Any]) -> None:
        """Let ``menu``, whose id is of this shape, choose among lists of a kind."""
        super().__init__(menu)
        self.kind = kind

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction, item: Any, match: re.Match[str], /) -> Self:
        """Read the menu back from its message."""
        return cls(match["kind"], item)

    @answered
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Redraw the message as the list that was chosen."""
        await _redraw(interaction, self.kind, self.item.values[0], 0)


def menus_of(
    kind: str, choices: Sequence[ListChoice], chosen: str | None, placeholder: str
) -> Iterator[PageMenu]:
    """Yield what offers lists of a kind, one menu for each twenty-five; the ``chosen`` one is marked.

    What is beyond the last menu is not offered.
    """
    for number, first in enumerate(range(0, min(len(choices), OPTIONS * MENUS), OPTIONS)):
        options = [
            discord.SelectOption(
                label=cards.clip(choice.label, WORDS),
                value=choice.argument,
                description=cards.clip(choice.about, WORDS),
                default=choice.argument == chosen,
            )
            for choice in choices[first : first + OPTIONS]
        ]
        custom_id = f"menu:{kind}:{number}"
        yield PageMenu(kind, discord.ui.Select(custom_id=custom_id, placeholder=placeholder, options=options))


async def _redraw(interaction: discord.Interaction[Any], kind: str, argument: str, page: int) -> None:
    """Show a page in place of the message whose button or menu was used."""
    await answering.defer(interaction)
    if kind not in _LISTS:
        card, view = cards.warning("This list is gone", "Please run the command again."), None
    else:
        card, view = await _drawn(interaction.client, interaction, kind, argument, page)
    await answering.answer(interaction, card, view=view)
