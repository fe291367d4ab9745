"""Tells administrators what they have to know, by direct message and in a channel, however long it takes."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from loguru import logger

from modelus_bot.database import DatabaseError
from modelus_bot.database.administration import AlertBook, Undelivered
from modelus_bot.jobs.loop import Job
from modelus_bot.subjects.alerts.jobs.deliveries import Delivered, deliver
from modelus_bot.subjects.people.queries import members

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["Alerts"]

GIVEN_UP_AFTER = 86_400.0
"""Seconds after which those who still cannot be reached are told no more."""
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
"""Seconds until somebody who could not be reached is tried again; each pause is twice the one before."""


@dataclass(slots=True)
class _Patience:
    """When Discord is tried again after it could not be reached."""

    until: float = 0.0
    pause: float = field(default=FIRST_PAUSE)

    def failed(self, now: float) -> None:
        self.until = now + self.pause
        self.pause = min(LONGEST_PAUSE, self.pause * 2)

    def worked(self) -> None:
        self.until, self.pause = 0.0, FIRST_PAUSE


class Alerts(Job):
    """Looks every two seconds and sends each alert once to every administrator and to the channel.

    While Discord cannot be reached alerts are kept and tried again, also after the next start.
    """

    name = "alerts"
    interval = 2.0
    by_the_clock = False

    def __init__(self, bot: ModelUsBot) -> None:
        """Know nobody yet."""
        super().__init__(bot)
        self._known: frozenset[int] = frozenset()
        self._patience = _Patience()

    @property
    def waiting(self) -> int:
        """How many alerts are not delivered yet."""
        protection = self.bot.db.protection
        return len(protection.book.waiting) if protection is not None else 0

    async def run(self) -> None:
        """Take over what is new and send what waits."""
        protection = self.bot.db.protection
        if protection is None:
            return
        book = protection.book
        await book.open()
        book.take(time.time())
        await book.save()
        if book.waiting and self.bot.is_ready() and time.monotonic() >= self._patience.until:
            await self._send_all(book)

    async def close(self) -> None:
        """Keep what nobody was told for the next start, and log it."""
        protection = self.bot.db.protection
        if protection is None:
            return
        book = protection.book
        await book.open()
        book.take(time.time())
        await book.save()
        for item in book.waiting:
            logger.bind(
                alert=item.alert.kind, text=item.alert.text, reached=item.reached, came_up=int(item.at)
            ).warning("alert_not_told")

    async def _send_all(self, book: AlertBook) -> None:
        """Send each alert to everybody who is left; who was reached is noted before the next one is sent."""
        people = sorted(await self._administrators())
        channel = self.bot.settings.server.alert_channel_id
        away: set[int] = set()
        for item in list(book.waiting):
            if item.left is None:
                item.address([*people, channel] if channel is not None else people.copy())
            await self._send(item, channel, away)
            if not item.left or self.bot.db.clock.older(item.at, GIVEN_UP_AFTER):
                book.waiting.remove(item)
                _log_outcome(item)
            await book.save()
        if away:
            self._patience.failed(time.monotonic())
        else:
            self._patience.worked()

    async def _administrators(self) -> frozenset[int]:
        """Return who runs the bot; while the database is away, those known from before and the settings."""
        server = self.bot.settings.server
        people = set(server.admin_ids)
        home = self.bot.home
        if home is not None and home.owner_id is not None:
            people.add(home.owner_id)
        try:
            self._known = frozenset(
                member.discord_id for member in await self.bot.db.read(members) if member.role == "admin"
            )
        except DatabaseError as error:
            logger.bind(error=error.detail).info("administrators_not_read")
        return frozenset(people) | self._known

    async def _send(self, undelivered: Undelivered, channel: int | None, away: set[int]) -> None:
        """Send at once to everybody who is left, but not to who is ``away``: each gets alerts in order."""
        key = f"alert:{undelivered.at}:{undelivered.number}:{undelivered.alert.kind}:{undelivered.alert.text}"
        when = datetime.fromtimestamp(undelivered.at, UTC)
        numbers = [number for number in undelivered.left or () if number not in away]
        sent = await asyncio.gather(
            *(
                deliver(
                    self.bot, number, undelivered.alert,
                    channel=number == channel, when=when, key=key,
                )
                for number in numbers
            )
        )  # fmt: skip
        for number, done in zip(numbers, sent, strict=True):
            if done is Delivered.LATER:
                away.add(number)
            elif undelivered.left is not None:
                undelivered.left.remove(number)
                undelivered.count(reached=done is Delivered.YES, refused=done is Delivered.REFUSED)


def _log_outcome(undelivered: Undelivered) -> None:
    of = undelivered.reached + undelivered.refused + len(undelivered.left or ())
    log = logger.bind(alert=undelivered.alert.kind, reached=undelivered.reached, of=of)
    if undelivered.reached:
        log.info("alert_sent")
    else:
        log.bind(text=undelivered.alert.text).error("alert_reached_nobody")
