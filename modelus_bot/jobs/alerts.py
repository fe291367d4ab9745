"""Tells administrators what they have to know, by direct message and in a channel, however long it takes."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from loguru import logger

from modelus_bot.database.errors import DatabaseError
from modelus_bot.database.recovery.alerts import Alert
from modelus_bot.domain.members import members
from modelus_bot.jobs.deliveries import Delivered, deliver
from modelus_bot.jobs.loop import Job

if TYPE_CHECKING:
    from modelus_bot.bot import ModelUsBot

__all__ = ["Alerts"]

KEPT = 200
"""How many alerts wait for Discord at most; more push out the oldest."""
GIVEN_UP_AFTER = 86_400.0
"""Seconds after which those who still cannot be reached are told no more."""
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
"""Seconds until somebody who could not be reached is tried again; each pause is twice the one before."""


@dataclass(slots=True)
class _Waiting:
    """An alert on its way: when it came up, who was reached and who is still to be reached."""

    alert: Alert
    number: int
    at: float
    left: list[int] | None = None
    """Ids of people, and of the channel; None until they were looked up."""
    reached: int = 0
    refused: int = 0


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

    While Discord cannot be reached alerts are kept and tried again; what is left at the end is logged.
    """

    name = "alerts"
    interval = 2.0

    def __init__(self, bot: ModelUsBot) -> None:
        """Know nobody yet."""
        super().__init__(bot)
        self._known: frozenset[int] = frozenset()
        self._waiting: deque[_Waiting] = deque()
        self._patience = _Patience()
        self._numbers = 0

    @property
    def waiting(self) -> int:
        """How many alerts are not delivered yet."""
        return len(self._waiting)

    async def run(self) -> None:
        """Take over what is new and send what waits."""
        self._take()
        if not self._waiting or not self.bot.is_ready() or time.time() < self._patience.until:
            return
        people = sorted(await self._administrators())
        channel = self.bot.settings.server.alert_channel_id
        away: set[int] = set()
        for one in list(self._waiting):
            if one.left is None:
                one.left = [*people, channel] if channel is not None else people.copy()
            await self._send(one, channel, away)
            if not one.left or time.time() - one.at > GIVEN_UP_AFTER:
                self._waiting.remove(one)
                _log_outcome(one)
        if away:
            self._patience.failed(time.time())
        else:
            self._patience.worked()

    async def close(self) -> None:
        """Log what nobody was told, so that it is not lost."""
        self._take()
        for one in self._waiting:
            logger.bind(alert=one.alert.kind, text=one.alert.text, reached=one.reached, **_when(one)).warning(
                "alert_not_told"
            )
        self._waiting.clear()

    def _take(self) -> None:
        protection = self.bot.db.protection
        while protection is not None and protection.waiting:
            self._numbers += 1
            self._waiting.append(_Waiting(protection.waiting.popleft(), self._numbers, time.time()))
        while len(self._waiting) > KEPT:
            oldest = self._waiting.popleft()
            logger.bind(alert=oldest.alert.kind, text=oldest.alert.text, **_when(oldest)).warning(
                "alert_pushed_out"
            )

    async def _administrators(self) -> frozenset[int]:
        """Return who runs the bot; while the database is away, those known from before and the settings."""
        server = self.bot.settings.server
        people = set(server.admin_ids)
        people |= {
            guild.owner_id
            for guild in self.bot.guilds
            if guild.owner_id is not None and server.guild_id in (None, guild.id)
        }
        try:
            self._known = frozenset(
                one.discord_id for one in await self.bot.db.read(members) if one.role == "admin"
            )
        except DatabaseError as error:
            logger.bind(error=error.detail).info("administrators_not_read")
        return frozenset(people) | self._known

    async def _send(self, one: _Waiting, channel: int | None, away: set[int]) -> None:
        """Send to everybody who is left, but not to who is ``away``: each gets alerts in their order."""
        nonce = f"{int(one.at)}-{one.number}"
        when = datetime.fromtimestamp(one.at, UTC)
        for number in [number for number in one.left or () if number not in away]:
            done = await deliver(
                self.bot, number, one.alert, channel=number == channel, when=when, nonce=nonce
            )
            if done is Delivered.LATER:
                away.add(number)
            elif one.left is not None:
                one.left.remove(number)
                one.reached += done is Delivered.YES
                one.refused += done is Delivered.REFUSED


def _when(one: _Waiting) -> dict[str, int]:
    return {"came_up": int(one.at)}


def _log_outcome(one: _Waiting) -> None:
    of = one.reached + one.refused + len(one.left or ())
    log = logger.bind(alert=one.alert.kind, reached=one.reached, of=of)
    if one.reached:
        log.info("alert_sent")
    else:
        log.bind(text=one.alert.text).error("alert_reached_nobody")
