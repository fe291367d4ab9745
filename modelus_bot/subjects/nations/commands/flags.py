"""/nation flag: a picture that stays, because the bot posts it again where it may stand for good.

Discord's addresses of files end after a day or so. What is kept is the message; its file is asked for when a
card is shown, and goes with it, so that cards of long ago show the flag of their day.
"""

from __future__ import annotations

import asyncio
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from loguru import logger

from modelus_bot.domain.refusals import InvalidInput, Refusal
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.subjects.nations.cards.changes import change_card
from modelus_bot.subjects.nations.choices import PicksNations
from modelus_bot.subjects.nations.model import Nation
from modelus_bot.subjects.nations.rules.flags import MOST_BYTES, RULE, picture_kind
from modelus_bot.subjects.nations.writes.leading import SetFlag
from modelus_bot.text.escaping import plain
from modelus_bot.ui import answering
from modelus_bot.ui.answering import FAILURES
from modelus_bot.ui.commands.suggestions import Choices
from modelus_bot.ui.sending import channel_of, send

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["CarriesFlags", "Flag", "flag_of"]

NO_PLACE = (
    "There is no channel yet in which flags can be kept. An administrator of the bot sets"
    " server.archive_channel_id first."
)
NOT_POSTED = "Discord did not take the flag, so nothing was changed. Please try again in a minute."


TIMEOUT = 4.0
"""Seconds that a card waits for its flag."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag's file: a name with the ending that its bytes have."""

    name: str
    data: bytes

    def file(self) -> discord.File:
        """Return it as Discord takes it, anew for each try."""
        return discord.File(io.BytesIO(self.data), filename=self.name)


class CarriesFlags(PicksNations):
    """The command about flags."""

    @app_commands.command(name="flag", description="Give your nation a flag")
    @app_commands.describe(
        image="A PNG, JPEG, GIF or WebP picture of at most 5 MB",
        nation="Another nation, for administrators; your own if left out",
    )
    async def flag(
        self, interaction: discord.Interaction, image: discord.Attachment, nation: str | None = None
    ) -> None:
        """Look at the picture's bytes, ask whether it may be, post it where it stays, keep where that is."""
        await answering.defer(interaction, private=True)
        await self.require_allowed(interaction)
        number = await self.nation_id(nation) if nation is not None else None
        if image.size > MOST_BYTES:
            raise InvalidInput(f"This file is larger than 5 MB. {RULE}", rule="flag.size")
        data = await image.read()
        kind = picture_kind(data)
        place = self.bot.settings.server.archive_channel_id
        if place is None:
            raise InvalidInput(NO_PLACE, rule="flag.place")
        context = self.bot.context(interaction)
        trial = SetFlag(channel_id=place, message_id=interaction.id, nation_id=number)
        allowed = await self.bot.db.preview(trial, context)
        posted = await _post(self.bot, place, allowed.after, data, kind, interaction.id)
        write = SetFlag(channel_id=place, message_id=posted.id, nation_id=allowed.after.id)
        try:
            saved = await self.bot.db.write(write, context)
        except Refusal:
            await _take_back(posted)
            raise
        await answering.answer(interaction, change_card(saved))

    @flag.autocomplete("nation")
    async def _flagged(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await self.suggest_nations(interaction, typed)


async def _post(
    bot: ModelUsBot, place: int, nation: Nation, data: bytes, kind: str, number: int
) -> discord.Message:
    """Post a flag's picture under a name of our own; raises ``InvalidInput`` if Discord does not take it."""
    name = f"flag-{nation.id}-{number}.{kind}"
    try:
        channel = await channel_of(bot, place)
        if channel is None:
            raise InvalidInput(NO_PLACE, rule="flag.place")
        return await send(
            channel,
            key=f"flag:{nation.id}:{number}",
            content=f"Flag of {plain(nation.full_name)}",
            files=(lambda: discord.File(io.BytesIO(data), filename=name),),
        )
    except FAILURES as error:
        logger.bind(nation=nation.id, error=in_words(error)).warning("flag_not_posted")
        raise InvalidInput(NOT_POSTED, rule="flag.not_posted") from error


async def _take_back(posted: discord.Message) -> None:
    """Delete a flag that was refused after all; if Discord does not do it, it only stands there."""
    try:
        await posted.delete()
    except FAILURES as error:
        logger.bind(message=posted.id, error=in_words(error)).info("flag_not_deleted")


async def flag_of(bot: ModelUsBot, nation: Nation) -> Flag | None:
    """Return a nation's flag as it was kept; None if it has none, or Discord does not give it now."""
    if nation.flag_channel_id is None or nation.flag_message_id is None:
        return None
    try:
        async with asyncio.timeout(TIMEOUT):
            channel = await channel_of(bot, nation.flag_channel_id)
            if channel is None:
                return None
            message = await channel.fetch_message(nation.flag_message_id)
            found = message.attachments[0] if message.attachments else None
            if found is None or found.size > MOST_BYTES:
                return None
            data = await found.read()
            return Flag(f"flag.{picture_kind(data)}", data)
    except (*FAILURES, InvalidInput) as error:
        logger.bind(nation=nation.id, error=in_words(error)).info("flag_not_found")
        return None
