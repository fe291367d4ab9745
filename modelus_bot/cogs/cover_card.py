"""The message that shows a cover request, and its buttons, which outlive a restart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, Self

import discord

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
from modelus_bot.ui.people import name_of

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["CoverButton", "card_of", "post_card", "view_of"]

Step = Literal["take", "approve", "decline", "refuse", "withdraw"]
LABELS: dict[str, tuple[str, discord.ButtonStyle]] = {
    "take": ("Take", discord.ButtonStyle.primary),
    "approve": ("Approve", discord.ButtonStyle.success),
    "decline": ("Decline", discord.ButtonStyle.danger),
    "refuse": ("I can't", discord.ButtonStyle.secondary),
    "withdraw": ("Withdraw", discord.ButtonStyle.secondary),
}
STANDS = {
    "open": "Open",
    "taken": "Taken, waiting for approval",
    "approved": "Approved",
    "declined": "Declined",
    "withdrawn": "Withdrawn",
    "expired": "Expired",
    "revoked": "Revoked",
}


def card_of(cover: Cover, names: dict[int, str]) -> discord.Embed:
    """Return the card that shows a request."""
    make = {"approved": embeds.success, "open": embeds.question, "taken": embeds.question}.get(
        cover.status, embeds.info
    )
    who = name_of(cover.replacement_id, names) if cover.replacement_id else "anybody on the roster"
    lines = [
        f"**Turn:** {cover.discipline}, {cover.sprint_name}",
        f"**Of:** {name_of(cover.original_id, names)}",
        f"**Cover by:** {who}",
        f"**Status:** {STANDS[cover.status]}",
    ]
    if cover.requested_by != cover.original_id:
        lines.insert(2, f"**Asked by:** {name_of(cover.requested_by, names)}")
    if cover.decided_by is not None:
        lines.append(f"**Decided by:** {name_of(cover.decided_by, names)}")
    if cover.reason:
        lines.append(f"**Reason:** {cover.reason}")
    return make(f"Cover request {cover.id}", "\n".join(lines))


def view_of(cover: Cover) -> discord.ui.View | None:
    """Return the buttons that make sense as the request stands; None when it is decided."""
    if not cover.is_pending:
        return None
    steps: list[Step] = ["approve", "decline", "withdraw"]
    if cover.status == "open":
        steps.insert(0, "take")
    if cover.replacement_id is None:
        steps.remove("approve")
    else:
        steps.append("refuse")
    view = discord.ui.View(timeout=None)
    for step in steps:
        view.add_item(CoverButton(step, cover.id))
    return view


async def post_card(bot: ModelUsBot, interaction: discord.Interaction, cover: Cover) -> None:
    """Answer with the request, show it in the duty channel if there is one, and remember that message."""
    names = await bot.db.read(everybody)
    card, view = card_of(cover, names), view_of(cover) or discord.utils.MISSING
    message: discord.Message = await interaction.followup.send(embed=card, view=view, wait=True)
    channel = bot.get_channel(bot.settings.server.duty_channel_id or 0)
    if isinstance(channel, discord.TextChannel) and channel.id != interaction.channel_id:
        message = await channel.send(embed=card, view=view)
    if cover.message_id != message.id:
        context = bot.context(interaction).numbered(f"{interaction.id}:message")
        await bot.db.write(SetCoverMessage(cover_id=cover.id, message_id=message.id), context)


class CoverButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"cover:(?P<step>take|approve|decline|refuse|withdraw):(?P<id>\d{1,18})",
):
    """One step of one request; everything it needs is in its id, the rules are in the domain."""

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

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Take the step, then rewrite the message; declining asks for a reason first."""
        bot: ModelUsBot = interaction.client
        try:
            if self.step == "decline":
                await interaction.response.send_modal(DeclineForm(self.cover_id))
                return
            await interaction.response.defer()
            await apply_step(bot, interaction, self._write())
        except Exception as error:  # noqa: BLE001 - every failure becomes a reply
            await bot.error_handler.handle(interaction, error)

    def _write(self) -> Write[CoverChange]:
        writes: dict[str, type[TakeCover | ApproveCover | RefuseCover | WithdrawCover]] = {
            "take": TakeCover,
            "approve": ApproveCover,
            "refuse": RefuseCover,
            "withdraw": WithdrawCover,
        }
        return writes[self.step](cover_id=self.cover_id)


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
        bot: ModelUsBot = interaction.client
        await interaction.response.defer()
        reason = str(self.reason.value).strip() or None
        await apply_step(bot, interaction, DeclineCover(cover_id=self._cover_id, reason=reason), reason)

    async def on_error(  # type: ignore[override]  # discord.py calls modals without an item
        self, interaction: discord.Interaction[Any], error: Exception
    ) -> None:
        """Say what went wrong."""
        await interaction.client.error_handler.handle(interaction, error)


async def apply_step(
    bot: ModelUsBot, interaction: discord.Interaction, write: Write[CoverChange], reason: str | None = None
) -> None:
    """Write a step and rewrite the message it was pressed on."""
    change = await bot.db.write(write, bot.context(interaction, reason))
    names = await bot.db.read(everybody)
    await interaction.edit_original_response(embed=card_of(change.cover, names), view=view_of(change.cover))
    if change.duty_changed:
        text = f"{change.cover.discipline} changed hands at once. `/oncall now` shows who is on duty."
        await interaction.followup.send(embed=embeds.success("On duty changed", text), ephemeral=True)
