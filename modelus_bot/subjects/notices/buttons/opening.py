"""The button that opens a notice, and what stands below a message of several; it outlives a restart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

import discord

from modelus_bot.subjects.notices.cards import opened_card
from modelus_bot.subjects.notices.enclosures import Enclosure, enclosed
from modelus_bot.subjects.notices.model import Notice
from modelus_bot.subjects.notices.writes.reading import MarkRead
from modelus_bot.text.escaping import undrawn
from modelus_bot.ui import answering
from modelus_bot.ui.cards import Card, clip
from modelus_bot.ui.presses import answered

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["NoticeButton", "buttons_together", "open_notice"]

MOST = 25
"""Buttons that Discord takes below a message."""
LABEL = 80


class NoticeButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"notice:open:(?P<id>\d{1,18})"):
    """Opens one of the presser's own notices beside the message, with everything one can do about it."""

    def __init__(self, number: int, label: str | None = None) -> None:
        """Open notice ``number``."""
        text = clip(label or f"Open {number}", LABEL)
        super().__init__(discord.ui.Button(label=text, custom_id=f"notice:open:{number}"))
        self.number = number

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction, __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its id."""
        return cls(int(match["id"]))

    @answered
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show the notice, which is read from then on."""
        await answering.defer(interaction)
        card, view = await open_notice(interaction.client, interaction, self.number)
        await answering.ask_here(interaction, card, view, private=True)


async def open_notice(
    bot: ModelUsBot, interaction: discord.Interaction[Any], number: int
) -> tuple[Card, discord.ui.View | None]:
    """Note that somebody reads a notice of theirs, and return it with its buttons; raises ``NotFound``."""
    notice = await bot.db.write(MarkRead(id=number), bot.context(interaction))
    added = await enclosed(bot, notice)
    return added.on(opened_card(notice)), added.view


def buttons_together(items: Sequence[tuple[Notice, Enclosure]]) -> discord.ui.View | None:
    """Return the buttons of several notices for one message; None without any.

    Buttons that rewrite their message, and those that there is no room for, are reached by one that opens
    their notice alone.
    """
    view = discord.ui.View(timeout=None)
    for button in _buttons(items):
        view.add_item(button)
    view.stop()
    return view if view.children else None


def _buttons(items: Sequence[tuple[Notice, Enclosure]]) -> Iterator[discord.ui.Item[Any]]:
    with_buttons = [(notice, added) for notice, added in items if added.view is not None]
    room = MOST - len(with_buttons)
    for notice, added in with_buttons:
        own = [item for item in (added.view.children if added.view else ()) if _is_button(item)]
        if added.stands_alone or len(own) - 1 > room:
            yield NoticeButton(notice.id, f"Open: {undrawn(notice.title)}")
        else:
            room -= len(own) - 1
            yield from map(_copy, own)


def _is_button(item: discord.ui.Item[Any]) -> bool:
    return isinstance(item, discord.ui.Button)


def _copy(item: Any) -> discord.ui.Button[Any]:
    """Return a button for another message: one belongs to a single view."""
    return discord.ui.Button(style=item.style, label=item.label, custom_id=item.custom_id)
