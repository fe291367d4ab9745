"""Posts once a week who is on duty, and lets the post follow the rota until the next one."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import discord
from loguru import logger

from modelus_bot.domain.calendar import latest_weekly
from modelus_bot.jobs.loop import Job
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.subjects.weekly_post.cards import digest_of, mark_of, week_card
from modelus_bot.subjects.weekly_post.model import DutyWeek, WeeklyRun
from modelus_bot.subjects.weekly_post.queries import duty_week, weekly_run
from modelus_bot.subjects.weekly_post.rules import week_of
from modelus_bot.subjects.weekly_post.writes import BeginWeeklyPost, NoteWeeklyPost, PassOverWeek
from modelus_bot.ui.answering import FAILURES
from modelus_bot.ui.cards import Card
from modelus_bot.ui.rendering import has_foot
from modelus_bot.ui.sending import channel_of, rewrite, send

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["WeeklyPostJob"]

AGAIN_AFTER = 60
"""Seconds until the next try after Discord refused."""
CLOCKS_APART = timedelta(minutes=10)
"""How far Discord's clock may be from ours where a post is looked for."""
LOOKED_AT = 200
"""Messages since the first try among which a post is looked for."""


class WeeklyPostJob(Job):
    """Looks every five seconds; a week that was missed is made up for until the next one's hour, once."""

    name = "weekly_post"
    interval = 5.0

    def __init__(self, bot: ModelUsBot) -> None:
        """Nothing is put off."""
        super().__init__(bot)
        self._not_before = 0

    async def run(self) -> None:
        """Post the week, or bring its post up to date."""
        server, now = self.bot.settings.server, int(time.time())
        self._not_before = min(self._not_before, now + AGAIN_AFTER)
        place = server.weekly_channel_id
        if place is None or self.bot.home is None or not self.bot.is_ready() or now < self._not_before:
            return
        day = self._first_day(now)
        run, ever = await self.bot.db.read(weekly_run, week_of(day))
        try:
            if run is None and not ever:
                await self.bot.db.write(PassOverWeek(run_key=week_of(day)), self.context())
            elif run is None or run.status == "running":
                await self._post(place, day, run)
            elif run.message_id is not None:
                await self._follow(run, day)
        except FAILURES as error:
            self._not_before = now + AGAIN_AFTER
            logger.bind(week=week_of(day), error=in_words(error)).warning("week_not_posted")

    def _first_day(self, now: int) -> date:
        """Return the day of the newest hour at which a week was to be posted."""
        server = self.bot.settings.server
        zone = ZoneInfo(server.timezone)
        slot = latest_weekly(now, server.weekly_day_number, server.weekly_minute, zone)
        return datetime.fromtimestamp(slot, zone).date()

    async def _post(self, place: int, day: date, run: WeeklyRun | None) -> None:
        """Post a week; what an earlier try has posted, of which nothing could be noted, is taken over."""
        channel = await channel_of(self.bot, place)
        if channel is None:
            self._not_before = int(time.time()) + AGAIN_AFTER
            return
        week = await self.bot.db.read(duty_week, day)
        card = week_card(week)
        if not await self.bot.db.write(BeginWeeklyPost(run_key=week_of(day)), self.context()):
            return
        posted = await self._posted_before(channel, week, run) if run is not None else None
        if posted is not None:
            await rewrite(posted, card)
        else:
            posted = await send(channel, key=f"week:{week_of(day)}:{place}", card=card)
        await self._note(week_of(day), posted.channel.id, posted.id, card)
        logger.bind(week=week_of(day), message=posted.id).info("week_posted")

    async def _posted_before(
        self, channel: discord.abc.Messageable, week: DutyWeek, run: WeeklyRun
    ) -> discord.Message | None:
        """Return the post that an earlier try left in the channel; None where that cannot be read."""
        since = datetime.fromtimestamp(run.started_at, UTC) - CLOCKS_APART
        try:
            async for message in channel.history(after=since, oldest_first=True, limit=LOOKED_AT):
                own = self.bot.user is not None and message.author.id == self.bot.user.id
                if own and has_foot(message, mark_of(week)):
                    return message
        except discord.Forbidden:
            logger.bind(week=run.run_key).warning("week_not_looked_for")
        return None

    async def _follow(self, run: WeeklyRun, day: date) -> None:
        """Rewrite the post if the rota has changed; one that was deleted stays deleted."""
        card = week_card(await self.bot.db.read(duty_week, day))
        if digest_of(card) == run.digest or run.channel_id is None or run.message_id is None:
            return
        channel = await channel_of(self.bot, run.channel_id)
        message_id: int | None = run.message_id
        if not isinstance(channel, discord.TextChannel | discord.Thread | discord.VoiceChannel):
            return
        try:
            await rewrite(channel.get_partial_message(run.message_id), card)
        except discord.NotFound:
            message_id = None
        await self._note(run.run_key, run.channel_id, message_id, card)

    async def _note(self, run_key: str, channel_id: int, message_id: int | None, card: Card) -> None:
        write = NoteWeeklyPost(
            run_key=run_key, channel_id=channel_id, message_id=message_id, digest=digest_of(card)
        )
        await self.bot.db.write(write, self.context())
