"""Availability: the one place that decides the mode, from how reads and writes end, and that probes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from loguru import logger

from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.errors import (
    DatabaseError,
    DatabaseReadOnly,
    DiskFull,
    StorageFailed,
)
from modelus_bot.database.core.notifier import Notifier
from modelus_bot.database.engine.breaker import BreakerState, CircuitBreaker, Mode, mode_for
from modelus_bot.runtime.tasks import ended, owned
from modelus_bot.runtime.tunables import Pause

__all__ = ["Availability", "ModeChange"]

LOOK_SECONDS = Pause(0.1)

Probe = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ModeChange:
    """The mode before and after, why, and when (UTC seconds)."""

    before: Mode
    after: Mode
    cause: DatabaseError | None
    at: int = field(default_factory=lambda: int(time.time()))


class Availability:
    """Two circuit breakers, for reads and for writes, and the mode that follows from them.

    Only the prober finds out whether the database is back, so that nothing is written before
    ``probe_writes`` has done what comes first. ``mode_changed`` tells of each change of the mode once.
    """

    def __init__(self, settings: DatabaseSettings) -> None:
        """Start with everything working."""
        self.writes = _breaker(settings, DiskFull, DatabaseReadOnly)
        self.reads = _breaker(settings)
        self.mode_changed = Notifier[ModeChange]()
        self._mode = Mode.NORMAL
        self._task: asyncio.Task[None] | None = None

    @property
    def mode(self) -> Mode:
        """What works at the moment: everything, reading only, or nothing."""
        return mode_for(self.writes, self.reads)

    @property
    def cause(self) -> DatabaseError | None:
        """Why the mode is not normal; None while it is."""
        if self.mode is Mode.NORMAL:
            return None
        return self.writes.cause or self.reads.cause

    def apply(self, settings: DatabaseSettings) -> None:
        """Go on with other limits."""
        for breaker in (self.writes, self.reads):
            breaker.configure(
                settings.breaker_failures, settings.breaker_probe_first, settings.breaker_probe_cap
            )

    def failed(self, breaker: CircuitBreaker, error: DatabaseError) -> None:
        """Note how an operation failed."""
        if breaker.failed(error):
            logger.bind(reference=error.reference, cause=error.detail, mode=self.mode.value).error(
                "breaker_opened"
            )
            self._told(error)

    def lost(self, error: DatabaseError) -> None:
        """Note that the file cannot be reached at all."""
        opened = [breaker.lost(error) for breaker in (self.writes, self.reads)]
        if any(opened):
            logger.bind(
                reference=error.reference, cause=error.detail, error_type=error.error_type.value
            ).error("database_unavailable")
        self._told(error)

    def lost_writes(self, error: DatabaseError) -> None:
        """Note that nothing can be written at the moment; reading goes on."""
        if self.writes.lost(error):
            logger.bind(reference=error.reference, cause=error.detail, mode=self.mode.value).error(
                "breaker_opened"
            )
        self._told(error)

    def probe_soon(self, _: object = None) -> None:
        """Do not wait for the pause: something says that writing works again."""
        self.writes.probe_now()

    async def look_for_reads(self, probe: Probe) -> None:
        """Find out now whether reading works again: what comes before writing may take a while."""
        if self.reads.state is BreakerState.OPEN:
            self.reads.probe_now()
            await self._probe_once(self.reads, probe)

    def start(self, probe_reads: Probe, probe_writes: Probe, look_after: Probe) -> None:
        """Probe from now on: each raises ``DatabaseError`` while the database does not work.

        ``look_after`` is called several times a second while everything works.
        """
        probing = self._probe(probe_reads, probe_writes, look_after)
        self._task = owned(probing, name="database-prober")

    async def stop(self) -> None:
        """Probe no more."""
        await ended(self._task)
        self._task = None

    async def _probe(self, reads: Probe, writes: Probe, look_after: Probe) -> None:
        """While a breaker is open, find out with growing pauses whether the database is back."""
        while True:
            await asyncio.sleep(LOOK_SECONDS.value)
            for breaker, probe in ((self.reads, reads), (self.writes, writes)):
                if breaker.state is BreakerState.OPEN and breaker.seconds_to_probe() == 0:
                    await self._probe_once(breaker, probe)
            if self.mode is Mode.NORMAL:
                await self._look_after(look_after)

    async def _look_after(self, work: Probe) -> None:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - the prober must outlive any fault of its own
            logger.opt(exception=error).error("database_look_fault")

    async def _probe_once(self, breaker: CircuitBreaker, probe: Probe) -> None:
        try:
            breaker.check("probe")
            await probe()
        except DatabaseError as error:
            breaker.trip(error)
        except Exception as error:  # noqa: BLE001 - the prober must outlive any fault of its own
            logger.opt(exception=error).error("database_probe_fault")
            breaker.trip(StorageFailed(str(error)))
        else:
            if breaker.succeeded():
                logger.bind(mode=self.mode.value).info("breaker_closed")
            self._told(None)

    def _told(self, cause: DatabaseError | None) -> None:
        """Tell of the mode if it is another one."""
        before, self._mode = self._mode, self.mode
        if before is not self._mode:
            self.mode_changed.tell(ModeChange(before, self._mode, cause))


def _breaker(settings: DatabaseSettings, *conclusive: type[DatabaseError]) -> CircuitBreaker:
    return CircuitBreaker(
        settings.breaker_failures,
        settings.breaker_probe_first,
        settings.breaker_probe_cap,
        conclusive=conclusive,
    )
