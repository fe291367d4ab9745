"""The menus that choose how each kind of notices is delivered, in pages; they outlive a restart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self, cast

import discord

from modelus_bot.subjects.notices.cards import DELIVERIES
from modelus_bot.subjects.notices.model import Delivery
from modelus_bot.subjects.notices.queries import own_preferences
from modelus_bot.subjects.notices.rules.kinds import KINDS, NoticeType, wanted_delivery
from modelus_bot.subjects.notices.writes.choosing import SetDelivery
from modelus_bot.subjects.people.introductions import introduce
from modelus_bot.ui import answering, cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.paginator import PagedList, pages_of, send_page
from modelus_bot.ui.presses import answered

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["DeliveryMenu", "choose", "show_choices"]

KINDS_OF_A_PAGE = 4
"""Menus above the row of buttons that turn pages."""
CHOICES = "inbox_prefs"


class DeliveryMenu(
    discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"inbox:pref:(?P<type>[a-z_]{1,32})"
):
    """Chooses how one kind of notices is delivered to whoever uses it."""

    def __init__(self, menu: discord.ui.Select[Any], type: str) -> None:
        """Let ``menu``, whose id is of this shape, choose for a kind."""
        super().__init__(menu)
        self.kind = type

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction, item: Any, match: re.Match[str], /) -> Self:
        """Read the menu back from its message."""
        return cls(item, match["type"])

    @answered
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Keep the choice and show the page as it is then."""
        await answering.defer(interaction)
        bot = interaction.client
        await choose(bot, interaction, self.kind, self.item.values[0])
        await show_choices(bot, interaction, self.kind)


def menu_of(type: NoticeType, chosen: Delivery) -> DeliveryMenu:
    """Return the menu of a kind, which shows what is chosen."""
    kind = KINDS[type]
    options = [
        discord.SelectOption(
            label=f"{kind.label}: {label}", value=key, description=about, default=key == chosen
        )
        for key, (label, about) in DELIVERIES.items()
        if kind.may_be_off or key != "off"
    ]
    return DeliveryMenu(discord.ui.Select(custom_id=f"inbox:pref:{type}", options=options), type)


@pages_of(CHOICES)
async def choices_page(listing: PagedList) -> tuple[Card, bool]:
    """Return the menus of some kinds, and whether others follow."""
    fallback = listing.bot.settings.server.timezone
    chosen = await listing.bot.db.read(own_preferences, listing.viewer, fallback)
    listing.end_at((len(KINDS) - 1) // KINDS_OF_A_PAGE)
    first = listing.page * KINDS_OF_A_PAGE
    shown = list(KINDS)[first : first + KINDS_OF_A_PAGE]
    deliveries = {key: wanted_delivery(key, chosen.deliveries.get(key)) for key in shown}
    listing.put_below([menu_of(key, deliveries[key]) for key in shown])
    lines = [f"**{KINDS[key].label}**: you are told {KINDS[key].about}.{_remark(key)}" for key in shown]
    card = cards.info("What is sent to you", cards.lines(lines, empty=""))
    return card, first + KINDS_OF_A_PAGE < len(KINDS)


async def choose(bot: ModelUsBot, interaction: discord.Interaction[Any], type: str, delivery: str) -> None:
    """Keep how whoever asks wants a kind delivered; raises ``InvalidInput`` for what may not be off."""
    write = SetDelivery(type=cast("NoticeType", type), delivery=cast("Delivery", delivery))
    await bot.db.write(write, bot.context(interaction))
    await introduce(bot, interaction)


async def show_choices(
    bot: ModelUsBot, interaction: discord.Interaction[Any], type: str | None = None
) -> None:
    """Show the page with a kind's menu under a deferred interaction; the first page without a kind."""
    await send_page(bot, interaction, CHOICES, "", _page_of(type) if type is not None else 0)


def _page_of(type: str) -> int:
    known: list[str] = list(KINDS)
    return known.index(type) // KINDS_OF_A_PAGE if type in known else 0


def _remark(type: NoticeType) -> str:
    kind = KINDS[type]
    urgent = " Sent in quiet hours, too." if kind.urgent else ""
    return urgent if kind.may_be_off else f" Cannot be switched off. {kind.why_not}."
