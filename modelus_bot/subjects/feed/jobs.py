"""Posts what happened, several events as one message, each at most once however often the bot is killed."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import discord
from loguru import logger

from modelus_bot.gateway.places import trouble_with_feed_channel
from modelus_bot.jobs.loop import Job
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.runtime.tunables import Tunable
from modelus_bot.subjects.feed.cards import is_post, post_card
from modelus_bot.subjects.feed.model import FeedPost
from modelus_bot.subjects.feed.queries import on_its_way
from modelus_bot.subjects.feed.rules.packing import ready
from modelus_bot.subjects.feed.writes.posting import GiveUpEvents, NoteFeedPost, PackEvents, RefuseEvents
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.ui import cards
from modelus_bot.ui.answering import FAILURES, passes
from modelus_bot.ui.sending import channel_of, send

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["GATHERING", "FeedJob"]

GATHERING = Tunable(10.0)
"""Seconds that an event waits for others, or for being taken back."""
AGAIN_AFTER, REFUSED_AGAIN = 20.0, 60.0
"""Seconds until the next try after Discord did not take a message, and after it refused one."""
CLOCKS_APART = timedelta(minutes=10)
"""How far Discord's clock may be from ours where a message is looked for."""
LOOKED_AT = 1000
"""Messages since it was packed among which one is looked for."""
LOOKING = 20.0
"""Seconds that looking may take."""
HOUR = 3600
BAD_CONTENT = {400, 413}


class _Unclear(Exception):
    """So much was written since that a message can be neither found nor said to be missing."""


class FeedJob(Job):
    """Looks every five seconds; one message at a time, in the order in which things happened."""

    name = "feed"
    interval = 5.0

    def __init__(self, bot: ModelUsBot) -> None:
        """Nothing is put off."""
        super().__init__(bot)
        self._not_before = 0.0
        self._place: int | None = None

    async def run(self) -> None:
        """Settle what is on its way, or send the next message."""
        server = self.bot.settings.server
        place = server.feed_channel_id
        if place is None or self.bot.home is None or self.bot.home.unavailable or not self.bot.is_ready():
            return
        if place != self._place or trouble_with_feed_channel(self.bot.home, server) is not None:
            self._place, self._not_before = place, 0.0
        if time.monotonic() < self._not_before:
            return
        found = await self.bot.db.read(on_its_way)
        try:
            if found.post is not None:
                await self._settle(found.post, place)
            elif ready(found.oldest_at, found.waiting, int(time.time()), GATHERING.value):
                await self._post_next(place)
        except FAILURES as error:
            self._put_off(error, "feed_not_posted")

    def _put_off(self, error: Exception, event: str, seconds: float = AGAIN_AFTER) -> None:
        self._not_before = time.monotonic() + seconds
        logger.bind(channel=self._place, error=in_words(error)).warning(event)

    @property
    def _since(self) -> int:
        """The instant before which nothing is posted any more."""
        return int(time.time()) - self.bot.settings.server.feed_hours * HOUR

    async def _post_next(self, place: int) -> None:
        """Pack and send, unless administrators are told already that the channel cannot be used."""
        if trouble_with_feed_channel(self.bot.home, self.bot.settings.server) is not None:
            return
        post = await self.bot.db.write(PackEvents(channel_id=place, since=self._since), self.context())
        if post is not None:
            await self._send(post)

    async def _send(self, post: FeedPost) -> None:
        """Send a message that is not there; what may be there after all is left to the next run.

        Raises what may be over later.
        """
        tries: list[str] = []
        try:
            channel = await channel_of(self.bot, post.channel_id)
            if channel is None:
                self._not_before = time.monotonic() + REFUSED_AGAIN
                await self._refuse(post, "nothing can be sent there")
                return
            names = await self.bot.db.read(everybody)
            card = post_card(post, names)
            sent = await send(channel, key=_key(post), card=card, unsure=lambda: tries.append("unclear"))
        except FAILURES as error:
            if passes(error) or tries:
                raise
            await self._refused(post, error)
        else:
            await self._note(post, sent.id)

    async def _refused(self, post: FeedPost, error: Exception) -> None:
        """Let the events of a message that Discord refused wait, or do without it where it is to blame."""
        if isinstance(error, discord.Forbidden | discord.NotFound):
            await self._refuse(post, in_words(error))
            self._put_off(error, "feed_refused", REFUSED_AGAIN)
        elif isinstance(error, discord.HTTPException) and error.status in BAD_CONTENT:
            await self.bot.db.write(GiveUpEvents(ids=post.ids, fate="refused"), self.context())
            logger.bind(events=post.ids, error=in_words(error)).error("feed_message_refused")
        else:
            raise error

    async def _settle(self, post: FeedPost, place: int) -> None:
        """Find out what became of a message; one that is not there is sent, if it still may be."""
        try:
            there = await self._looked_for(post)
        except discord.NotFound as error:
            await self._refuse(post, in_words(error))
        except (discord.Forbidden, _Unclear) as error:
            await self.bot.db.write(GiveUpEvents(ids=post.ids, fate="unclear"), self.context())
            logger.bind(events=post.ids, error=in_words(error)).warning("feed_message_unclear")
        else:
            if there is not None:
                await self._note(post, there)
            elif post.closed or place != post.channel_id or post.events[-1].at < self._since:
                await self._refuse(post, None)
            else:
                await self._send(post)

    async def _looked_for(self, post: FeedPost) -> int | None:
        """Return the message that an earlier try left; raises ``_Unclear`` and what Discord raises."""
        channel = await channel_of(self.bot, post.channel_id)
        if channel is None:
            return None
        since = datetime.fromtimestamp(post.packed_at, UTC) - CLOCKS_APART
        seen = 0
        async with asyncio.timeout(LOOKING):
            async for message in channel.history(after=since, oldest_first=True, limit=LOOKED_AT):
                seen += 1
                own = self.bot.user is not None and message.author.id == self.bot.user.id
                if own and any(
                    is_post(post, drawn.footer.text, drawn.description) for drawn in message.embeds
                ):
                    return message.id
        if seen == LOOKED_AT:
            raise _Unclear(f"more than {LOOKED_AT} messages")
        return None

    async def _refuse(self, post: FeedPost, why: str | None) -> None:
        said = cards.clip(why, 200) if why else None
        await self.bot.db.write(RefuseEvents(ids=post.ids, refusal=said), self.context())

    async def _note(self, post: FeedPost, message_id: int) -> None:
        await self.bot.db.write(NoteFeedPost(ids=post.ids, message_id=message_id), self.context())
        logger.bind(events=len(post.ids), message=message_id).info("feed_posted")


def _key(post: FeedPost) -> str:
    """Return what makes a message another one, also where a restored database gives a number again."""
    told = ":".join(f"{event.id}:{event.at}:{event.headline}" for event in post.events)
    return f"feed:{post.channel_id}:{post.packed_at}:{told}"
