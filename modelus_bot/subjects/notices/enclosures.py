"""What a notice is sent with: buttons, a link, and what is noted about the message once it was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelus_bot.domain.subject import declared

if TYPE_CHECKING:
    from collections.abc import Callable

    import discord

    from modelus_bot.bot import ModelUsBot
    from modelus_bot.database import Context
    from modelus_bot.subjects.notices.model import Notice
    from modelus_bot.ui.cards import Card

__all__ = ["Enclosure", "enclosed"]


class Enclosure:
    """Nothing: what goes with a notice whose subject declares no enclosure for it."""

    view: discord.ui.View | None = None
    outdated: bool = False
    """Whether the notice is not to be sent any more: what it told of has begun or is somebody else's."""
    stands_alone: bool = False
    """Whether its buttons only fit a message of its own, since they, or its subject later, rewrite it."""
    file: Callable[[], discord.File] | None = None
    """Makes the file that is attached, anew for each try."""

    def on(self, card: Card) -> Card:
        """Return the card with what is added to it."""
        return card

    async def remember(self, sent: discord.Message, context: Context) -> None:
        """Note where the message stands; nothing else depends on it."""


async def enclosed(bot: ModelUsBot, notice: Notice) -> Enclosure:
    """Return what the subject that a notice is about sends with it."""
    make = declared().screens().enclosures.get(notice.ref_table or "")
    found: Enclosure = await make(bot, notice) if make is not None else Enclosure()
    return found
