"""Looks after the clock: asks Discord when it was set, tells administrators, undoes what was wrong."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Literal

import aiohttp
import discord
from loguru import logger

from modelus_bot.clock.apart import TOLD_FROM
from modelus_bot.clock.belief import Doubt, DoubtReason
from modelus_bot.clock.clock import Clock
from modelus_bot.clock.words import apart_words, doubt_words, over_words
from modelus_bot.database import Alert, Mode
from modelus_bot.jobs.loop import Job
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.subjects.clock.writes import TakeBackFuture, TakenBack

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["ClockWatch"]

REMEMBER_EVERY = 30.0
ASK_EVERY = 60.0
"""Seconds between two questions to Discord while the clock is doubted."""
ASK_SECONDS = 10.0
TELL_AFTER = 90.0
"""Seconds that a doubt which Discord usually ends at once may last before administrators hear of it."""
QUIET = {DoubtReason.ABSENT, DoubtReason.STARTING}


class ClockWatch(Job):
    """Looks every second; the jobs that act by the clock wait until this one has seen to what was wrong."""

    name = "clock_watch"
    interval = 1.0
    by_the_clock = False

    def __init__(self, bot: ModelUsBot) -> None:
        """Know nothing of what is wrong."""
        super().__init__(bot)
        self._remembered = self._asked = float("-inf")
        self._doubt: Doubt | None = None
        self._since = 0.0
        self._told = self._looked_back = self._apart_told = False

    async def run(self) -> None:
        """Look once."""
        clock = self.bot.db.clock
        clock.look()
        changed = self._take_news(clock)
        if self._doubt is not None:
            self._tell_late(clock)
            await self._ask_discord()
        self._tell_apart(clock)
        if changed or time.monotonic() >= self._remembered + REMEMBER_EVERY:
            self._remembered = time.monotonic()
            await asyncio.to_thread(clock.remember)
        await self._look_back(clock)

    async def close(self) -> None:
        """Remember the clock as it is at the end; whoever closes later tells of what happened to it last."""
        self._take_news(self.bot.db.clock)
        await asyncio.to_thread(self.bot.db.clock.remember)

    def _take_news(self, clock: Clock) -> bool:
        """Take what happened to the clock and tell of it; says whether anything did."""
        changed = False
        while clock.news:
            news, changed = clock.news.popleft(), True
            if not news.over:
                if self._doubt is None:
                    self._since = time.monotonic()
                self._doubt = news.doubt
                if news.doubt.why not in QUIET and not self._told:
                    self._tell(clock, news.doubt)
                continue
            self._doubt, self._looked_back = None, False
            if self._told:
                self._told = False
                self._alert("clock_believed", over_words(confirmed=news.confirmed), "info")
        return changed

    def _tell_late(self, clock: Clock) -> None:
        if self._doubt is not None and not self._told and time.monotonic() > self._since + TELL_AFTER:
            self._tell(clock, self._doubt)

    def _tell(self, clock: Clock, doubt: Doubt) -> None:
        self._told = True
        minutes = self.bot.settings.clock.steady_minutes
        self._alert("clock_doubted", doubt_words(doubt, wall=clock(), steady_minutes=minutes), "critical")

    def _tell_apart(self, clock: Clock) -> None:
        """Tell once of a clock that is wrong by too little to be doubted, again after it was right."""
        apart = clock.apart
        if apart is None or abs(apart) > clock.tolerance or clock.doubt is not None:
            return
        if abs(apart) < TOLD_FROM / 2:
            self._apart_told = False
        elif abs(apart) >= TOLD_FROM and not self._apart_told:
            self._apart_told = True
            self._alert("clock_apart", apart_words(apart), "warning")

    def _alert(self, kind: str, text: str, severity: Literal["info", "warning", "critical"]) -> None:
        protection = self.bot.db.protection
        if protection is not None:
            protection.tell(Alert(kind, text, severity))

    async def _ask_discord(self) -> None:
        """Provoke an answer from Discord, whose date is noted by whoever sees all answers."""
        if not self.bot.is_ready() or time.monotonic() < self._asked + ASK_EVERY:
            return
        self._asked = time.monotonic()
        try:
            async with asyncio.timeout(ASK_SECONDS):
                await self.bot.application_info()
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
            logger.bind(error=in_words(error)).info("clock_not_confirmed")

    async def _look_back(self, clock: Clock) -> None:
        """Undo what was done in a future that did not come, once somebody vouches for the clock.

        Nobody vouching, a clock that is wrong now would make all that was right look like the future.
        """
        if not clock.believable:
            return
        if not self._looked_back and clock.confirmed and self.bot.db.mode is not Mode.NORMAL:
            return
        if not self._looked_back and clock.confirmed:
            write = TakeBackFuture(beyond=int(clock() + clock.tolerance))
            taken = await self.bot.db.write(write, self.context())
            self._looked_back = True
            if not taken.empty:
                logger.bind(covers=taken.covers, notices=taken.notices, told=taken.told).warning(
                    "future_taken_back"
                )
                self._alert("future_taken_back", _words(taken), "info")
        clock.settle()


def _words(taken: TakenBack) -> str:
    """Return what was undone and what people heard wrongly."""
    parts = ["The machine's clock had been ahead, and what was done because of it was undone:"]
    if taken.covers:
        numbers = ", ".join(map(str, taken.covers))
        parts.append(f"requests for cover that had expired wait again ({numbers});")
    parts.append(f"{taken.notices} notices were withdrawn before anybody got them.")
    if taken.told:
        parts.append(f"{taken.told} had been sent; those people are told how it really is.")
    return " ".join(parts)
