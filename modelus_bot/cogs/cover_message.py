"""The messages that show a cover request: their buttons, and rewriting them on every change.

A button's id says which step of which request it is; the title of the card in the duty channel links to
where the request was asked. So everything goes on working after a restart.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self

import aiohttp
import discord
from loguru import logger

from modelus_bot.cogs.cover_card import card_of
from modelus_bot.cogs.introductions import introduce
from modelus_bot.database.errors import DatabaseError
from modelus_bot.database.operation import Write
from modelus_bot.domain.cover_steps import (
    ApproveCover,
    DeclineCover,
    RefuseCover,
    SetCoverMessage,
    TakeCover,
    WithdrawCover,
)
from modelus_bot.domain.covers import Cover, CoverChange
from modelus_bot.domain.members import everybody
from modelus_bot.os_errors import in_words
from modelus_bot.ui import answering, embeds
from modelus_bot.ui.answering import FAILURES
from modelus_bot.ui.forms import form
from modelus_bot.ui.presses import answered
from modelus_bot.ui.sending import send

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["CoverButton", "Place", "buttons_of", "post_card", "rewrite_cards"]

Step = Literal["take", "approve", "decline", "refuse", "withdraw"]
LABELS: dict[str, tuple[str, discord.ButtonStyle]] = {
    "take": ("Take", discord.ButtonStyle.primary),
    "approve": ("Approve", discord.ButtonStyle.success),
    "decline": ("Decline", discord.ButtonStyle.danger),
    "refuse": ("I can't", discord.ButtonStyle.secondary),
    "withdraw": ("Withdraw", discord.ButtonStyle.secondary),
}
WRITES: dict[str, type[TakeCover | ApproveCover | RefuseCover | WithdrawCover]] = {
    "take": TakeCover,
    "approve": ApproveCover,
    "refuse": RefuseCover,
    "withdraw": WithdrawCover,
}
FORM_PATIENCE = 900.0
"""Seconds after which a form that was opened is forgotten here; what is sent then is taken all the same."""
LINK = re.compile(r"https://discord\.com/channels/\d+/(\d{1,20})/(\d{1,20})")


class Place(NamedTuple):
    """Where a message is."""

    channel_id: int
    message_id: int


class CoverButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"cover:(?P<step>take|approve|decline|refuse|withdraw):(?P<id>\d{1,18})",
):
    """One step of one request; the rules are in the domain."""

    def __init__(self, step: str, cover_id: int) -> None:
        """Make the button for a step of request number ``cover_id``."""
        label, style = LABELS[step]
        super().__init__(discord.ui.Button(label=label, style=style, custom_id=f"cover:{step}:{cover_id}"))
        self.step, self.cover_id = step, cover_id

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction, __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its id."""
        return cls(match["step"], int(match["id"]))

    @answered
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Take the step, then rewrite the messages; declining asks for a reason first."""
        if self.step == "decline":
            await answering.show_form(interaction, DeclineForm(self.cover_id))
            return
        await answering.defer(interaction)
        await _take_step(interaction.client, interaction, WRITES[self.step](cover_id=self.cover_id))


class DeclineForm(discord.ui.Modal, title="Decline this request"):
    """Asks why, and declines."""

    reason: discord.ui.TextInput[Any] = discord.ui.TextInput(
        label="Reason (the requester reads it)",
        custom_id="reason",
        style=discord.TextStyle.paragraph,
        required=False,
        max_length=300,
    )

    def __init__(self, cover_id: int) -> None:
        """Ask about request number ``cover_id``."""
        super().__init__(custom_id=f"cover:decline:{cover_id}", timeout=FORM_PATIENCE)


@form(r"cover:decline:(?P<id>\d{1,18})")
async def _declined(
    match: re.Match[str], interaction: discord.Interaction[Any], fields: dict[str, str]
) -> None:
    """Decline with the reason that was typed."""
    await answering.defer(interaction)
    reason = fields.get("reason", "").strip() or None
    await _take_step(
        interaction.client, interaction, DeclineCover(cover_id=int(match["id"]), reason=reason), reason
    )


def buttons_of(cover: Cover) -> discord.ui.View | None:
    """Return the buttons that make sense as the request stands; None when it is decided."""
    if not cover.is_pending:
        return None
    steps: list[Step] = ["decline", "withdraw"]
    if cover.replacement_id is not None:
        steps = ["approve", "decline", "refuse", "withdraw"]
    if cover.status == "open":
        steps.insert(0, "take")
    view = discord.ui.View(timeout=None)
    for step in steps:
        view.add_item(CoverButton(step, cover.id))
    return view


async def _take_step(
    bot: ModelUsBot, interaction: discord.Interaction, write: Write[CoverChange], reason: str | None = None
) -> None:
    """Write a step, then rewrite the message it was pressed on and the other ones."""
    names = {interaction.user.id: interaction.user.display_name} | await bot.db.read(everybody)
    change = await bot.db.write(write, bot.context(interaction, reason))
    card = card_of(change.cover, names, change.before)
    pressed = interaction.message
    link = _link_in(pressed) if pressed is not None else None
    here = Place(interaction.channel_id or 0, pressed.id) if pressed is not None else None
    await answering.together(
        _show_step(interaction, change, _linked(card, link)),
        rewrite_cards(bot, interaction, change.cover, card, also=_place(link), done=here),
    )
    await introduce(bot, interaction)


async def _show_step(interaction: discord.Interaction, change: CoverChange, card: discord.Embed) -> None:
    await answering.answer(interaction, card, view=buttons_of(change.cover))
    if change.duty_changed:
        text = f"{change.cover.duty} changed hands at once. `/oncall now` shows who is on duty."
        await answering.tell(interaction, embeds.success("On duty changed", text))


def _linked(card: discord.Embed, link: str | None) -> discord.Embed:
    """Return the card with its title linking to where the request was asked."""
    linked = card.copy()
    linked.url = link
    return linked


def _link_in(message: discord.Message) -> str | None:
    """Return the link to where the request was asked, as one of its messages has it."""
    return next((card.url for card in message.embeds if card.url is not None), None)


def _place(link: str | None) -> Place | None:
    found = LINK.fullmatch(link or "")
    return Place(int(found[1]), int(found[2])) if found else None


async def post_card(
    bot: ModelUsBot, interaction: discord.Interaction, cover: Cover, names: dict[int, str]
) -> None:
    """Answer with the saved request, and show it in the duty channel whatever becomes of the answer."""
    card = card_of(cover, names)
    await answering.together(
        answering.answer(interaction, card, view=buttons_of(cover)), _post(bot, interaction, cover, card)
    )


async def _post(bot: ModelUsBot, interaction: discord.Interaction, cover: Cover, card: discord.Embed) -> None:
    """Show a request in the duty channel, and remember the message that is rewritten first."""
    message_id = answering.message_id(interaction)
    channel = bot.get_channel(bot.settings.server.duty_channel_id or 0)
    if isinstance(channel, discord.TextChannel) and channel.id != interaction.channel_id:
        link = _link_to(interaction, message_id) if message_id is not None else None
        key = f"cover:{cover.id}:{interaction.id}"
        view = buttons_of(cover)
        try:
            message_id = (await send(channel, key=key, embed=_linked(card, link), view=view)).id
        except FAILURES as error:
            logger.bind(cover=cover.id, error=in_words(error)).warning("cover_not_posted")
    if message_id is None:
        return
    context = bot.context(interaction).numbered(f"{interaction.id}:message")
    try:
        await bot.db.write(SetCoverMessage(cover_id=cover.id, message_id=message_id), context)
    except DatabaseError as error:
        logger.bind(cover=cover.id, reference=error.reference).warning("cover_message_not_remembered")


def _link_to(interaction: discord.Interaction, message_id: int) -> str:
    return f"https://discord.com/channels/{interaction.guild_id}/{interaction.channel_id}/{message_id}"


async def rewrite_cards(
    bot: ModelUsBot,
    interaction: discord.Interaction,
    cover: Cover,
    card: discord.Embed,
    *,
    also: Place | None = None,
    done: Place | None = None,
) -> None:
    """Rewrite the messages that show a request: the remembered one, where it was asked, and ``also``,
    but not the one that is ``done``.

    The remembered message is in the duty channel or here; its card links to where the request was asked.
    What cannot be rewritten keeps buttons that say how the request stands.
    """
    places = [also] if also is not None else []
    seen = {done}
    if cover.message_id is not None:
        channels = (bot.settings.server.duty_channel_id, interaction.channel_id)
        places += [Place(one, cover.message_id) for one in channels if one is not None]
    while places:
        place = places.pop()
        if place in seen:
            continue
        seen.add(place)
        origin = await _rewrite(bot, place, cover, card)
        if origin is not None:
            places.append(origin)


async def _rewrite(bot: ModelUsBot, place: Place, cover: Cover, card: discord.Embed) -> Place | None:
    """Rewrite one message if it is there; return where its card says the request was asked."""
    channel = bot.get_channel(place.channel_id)
    if not isinstance(channel, discord.TextChannel | discord.Thread):
        return None
    try:
        message = await channel.fetch_message(place.message_id)
        link = _link_in(message)
        await message.edit(embed=_linked(card, link), view=buttons_of(cover))
    except discord.NotFound:
        return None
    except (discord.HTTPException, aiohttp.ClientError) as error:
        logger.bind(cover=cover.id, error=in_words(error)).warning("cover_card_not_rewritten")
        return None
    return _place(link)
