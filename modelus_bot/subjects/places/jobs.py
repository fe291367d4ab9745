"""Tells administrators once of a channel or role that cannot be used, and once that all can again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import discord
from loguru import logger

from modelus_bot.database import Alert, DatabaseError
from modelus_bot.gateway.places import Trouble, look_at_places, refused_feed
from modelus_bot.jobs.loop import Job
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.subjects.disciplines.queries import disciplines
from modelus_bot.subjects.feed.queries import feed_refusal
from modelus_bot.text.escaping import plain

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["PlacesJob"]


class PlacesJob(Job):
    """Looks every ten seconds; what was told is kept with the alerts, so that no start tells it again."""

    name = "places"
    interval = 10.0

    def __init__(self, bot: ModelUsBot) -> None:
        """Know of no roles yet."""
        super().__init__(bot)
        self._roles: dict[str, int | None] = {}

    async def run(self) -> None:
        """Compare what is wrong now with what administrators know."""
        protection = self.bot.db.protection
        guild = self.bot.home
        if protection is None or guild is None or guild.unavailable or not self.bot.is_ready():
            return
        found = await self._look(guild)
        if found is None:
            return
        book = protection.book
        await book.open()
        now = {item.key: item for item in found}
        for key in now.keys() - book.places:
            logger.bind(place=key).warning("place_not_usable")
            protection.tell(Alert("place_not_usable", plain(now[key].text)))
        ended = book.places - now.keys()
        if ended and not now:
            protection.tell(Alert("places_usable", "Every configured channel and role can be used.", "info"))
        book.note_places(frozenset(now))

    async def _look(self, guild: discord.Guild) -> list[Trouble] | None:
        """Return what is wrong; None while Discord cannot be asked."""
        try:
            self._roles = {
                discipline.label: discipline.role_id for discipline in await self.bot.db.read(disciplines)
            }
        except DatabaseError as error:
            logger.bind(error=error.detail).info("roles_not_read")
        known = {channel.id: channel for channel in (*guild.channels, *guild.threads)}
        try:
            server = self.bot.settings.server
            found = await look_at_places(self.bot, guild, guild.me, server, self._roles, known)
            return [*found, *await self._refused(found)]
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            logger.bind(error=in_words(error)).info("places_not_looked_at")
            return None

    async def _refused(self, found: list[Trouble]) -> list[Trouble]:
        """Return what Discord refuses although nothing can be seen to be wrong with the feed's channel."""
        number = self.bot.settings.server.feed_channel_id
        if number is None or any(item.key.startswith("feed_channel_id:") for item in found):
            return []
        try:
            refusal = await self.bot.db.read(feed_refusal, number)
        except DatabaseError as error:
            logger.bind(error=error.detail).info("refusals_not_read")
            return []
        return [] if refusal is None else [refused_feed(number, refusal)]
