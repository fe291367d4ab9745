"""The messages that show a cover request: their buttons, and rewriting them on every change.

A button's id says which step of which request it is and, in the duty channel, where the request was
asked (channel and message), so that everything goes on working after a restart.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self

import aiohttp
import discord
from loguru import logger

from modelus_bot.cogs.cover_card import card_of
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
from modelus_bot.ui import embeds
from modelus_bot.ui.presses import answered, too_late

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
ID = re.compile(
    r"cover:(?P<step>take|approve|decline|refuse|withdraw):(?P<id>\d{1,18})"
    r"(:(?P<channel>\d{1,20}):(?P<message>\d{1,20}))?"
)


class Place(NamedTuple):
    """Where a message is."""

    channel_id: int
    message_id: int


class CoverButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=ID):
    """One step of one request; the rules are in the domain."""

    def __init__(self, step: str, cover_id: int, asked_at: Place | None = None) -> None:
        """Make the button for a step of request ``cover_id``, that was asked at another place."""
        label, style = LABELS[step]
        custom_id = ":".join(map(str, ("cover", step, cover_id, *(asked_at or ()))))
        super().__init__(discord.ui.Button(label=label, style=style, custom_id=custom_id))
        self.step, self.cover_id = step, cover_id

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction, __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its id."""
        return cls(match["step"], int(match["id"]), _asked_at(match))

    @answered
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Take the step, then rewrite the messages; declining asks for a reason first."""
        if self.step == "decline":
            await interaction.response.send_modal(DeclineForm(self.cover_id))
            return
        await interaction.response.defer()
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
        super().__init__()
        self._cover_id = cover_id

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Decline with the reason."""
        if too_late(interaction):
            return
        await interaction.response.defer()
        reason = str(self.reason.value).strip() or None
        write = DeclineCover(cover_id=self._cover_id, reason=reason)
        await _take_step(interaction.client, interaction, write, reason)

    async def on_error(  # type: ignore[override]  # discord.py calls modals without an item
        self, interaction: discord.Interaction[Any], error: Exception
    ) -> None:
        """Say what went wrong."""
        await interaction.client.error_handler.handle(interaction, error)


def buttons_of(cover: Cover, asked_at: Place | None = None) -> discord.ui.View | None:
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
        view.add_item(CoverButton(step, cover.id, asked_at))
    return view


async def _take_step(
    bot: ModelUsBot, interaction: discord.Interaction, write: Write[CoverChange], reason: str | None = None
) -> None:
    """Write a step, then rewrite the message it was pressed on and the other ones."""
    names = {interaction.user.id: interaction.user.display_name} | await bot.db.read(everybody)
    change = await bot.db.write(write, bot.context(interaction, reason))
    card = card_of(change.cover, names, change.before)
    pressed = interaction.message
    asked_at = _place_in(pressed) if pressed is not None else None
    await interaction.edit_original_response(embed=card, view=buttons_of(change.cover, asked_at))
    here = Place(interaction.channel_id or 0, pressed.id) if pressed is not None else None
    await rewrite_cards(bot, interaction, change.cover, card, also=asked_at, done=here)
    if change.duty_changed:
        text = f"{change.cover.discipline} changed hands at once. `/oncall now` shows who is on duty."
        await interaction.followup.send(embed=embeds.success("On duty changed", text), ephemeral=True)


def _asked_at(match: re.Match[str]) -> Place | None:
    return Place(int(match["channel"]), int(match["message"])) if match["channel"] else None


def _place_in(message: discord.Message) -> Place | None:
    """Return where the request was asked, as the buttons of one of its messages say."""
    for row in message.components:
        for button in getattr(row, "children", ()):
            if match := ID.fullmatch(getattr(button, "custom_id", None) or ""):
                return _asked_at(match)
    return None


async def post_card(
    bot: ModelUsBot, interaction: discord.Interaction, cover: Cover, names: dict[int, str]
) -> None:
    """Answer with the saved request, show it in the duty channel too, and remember that message."""
    card = card_of(cover, names)
    view = buttons_of(cover) or discord.utils.MISSING
    message: discord.Message = await interaction.followup.send(embed=card, view=view, wait=True)
    channel = bot.get_channel(bot.settings.server.duty_channel_id or 0)
    if isinstance(channel, discord.TextChannel) and channel.id != interaction.channel_id:
        asked_at = Place(interaction.channel_id or 0, message.id)
        try:
            message = await channel.send(
                embed=card, view=buttons_of(cover, asked_at) or discord.utils.MISSING
            )
        except (discord.HTTPException, aiohttp.ClientError) as error:
            logger.bind(cover=cover.id, error=str(error)).warning("cover_not_posted")
    context = bot.context(interaction).numbered(f"{interaction.id}:message")
    try:
        await bot.db.write(SetCoverMessage(cover_id=cover.id, message_id=message.id), context)
    except DatabaseError as error:
        logger.bind(cover=cover.id, reference=error.reference).warning("cover_message_not_remembered")


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

    The remembered message is in the duty channel or here; its buttons know where the request was asked.
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
    """Rewrite one message if it is there; return where its buttons say the request was asked."""
    channel = bot.get_channel(place.channel_id)
    if not isinstance(channel, discord.TextChannel | discord.Thread):
        return None
    try:
        message = await channel.fetch_message(place.message_id)
        origin = _place_in(message)
        await message.edit(embed=card, view=buttons_of(cover, origin))
    except discord.NotFound:
        return None
    except (discord.HTTPException, aiohttp.ClientError) as error:
        logger.bind(cover=cover.id, error=str(error)).warning("cover_card_not_rewritten")
        return None
    return origin
