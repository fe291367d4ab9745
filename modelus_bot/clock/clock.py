"""Clock: what time it is, how old something is, and whether either may be believed."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from loguru import logger

from modelus_bot.clock.apart import Apart
from modelus_bot.clock.belief import Belief, Doubt, Past, begun, looked, told, trusted
from modelus_bot.clock.memory import Memory, boot_id, clock_path
from modelus_bot.clock.steps import age_of, cutoff_of, present_terms
from modelus_bot.config.clock import ClockSettings

__all__ = ["Clock", "ClockNews", "since_start"]

KEPT_NEWS = 20

WRITTEN_BESIDE = ("", "-wal", "-shm", "-journal", "-state")
"""How names of files end whose last change says that it was at least that late."""


@dataclass(frozen=True, slots=True)
class ClockNews:
    """The clock began to be doubted, or a doubt is over: then ``doubt`` is what was doubted before."""

    doubt: Doubt
    over: bool
    confirmed: bool
    """Whether it ended because somebody vouched for the clock, or because the clock was put right."""


def since_start() -> float:
    """Return the seconds since the machine was started, those asleep included; nobody can set them."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class Clock:
    """The clock that everything of one database asks. Called, it gives UTC seconds as the machine has them.

    Each question about an age looks at the clock first, so that a jump is noticed before anything is done
    because of it. Thread-safe. Without ``memory`` only jumps since it was built are noticed.
    """

    def __init__(
        self,
        memory: Memory | None = None,
        settings: ClockSettings | None = None,
        *,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = since_start,
        boot: str | None = None,
    ) -> None:
        """Recall what was known, and hold the clock against it; reads a small file."""
        self._memory = memory
        self.settings = settings or ClockSettings()
        self._wall, self._steady = wall, steady
        self._boot = boot_id() if boot is None else boot
        self._guard = threading.RLock()
        self._zero = wall() - steady()
        self._apart = Apart()
        self.settled = True
        """Whether what was done while the clock was wrong has been looked after."""
        self.news: deque[ClockNews] = deque(maxlen=KEPT_NEWS)
        """What administrators have to be told of, oldest first, until somebody takes it."""
        past = memory.load() if memory is not None else None
        self._guesses = past is None or not past.boot
        self._belief = Belief(self._zero)
        self._take(begun(past, wall(), steady(), self._boot, self.settings))

    @classmethod
    def of(cls, database: Path, settings: ClockSettings | None = None) -> Self:
        """Return the clock of a database, which knows from files beside it what time it was."""
        beside = (database.with_name(database.name + suffix) for suffix in WRITTEN_BESIDE)
        return cls(Memory(clock_path(database), tuple(beside)), settings)

    def __call__(self) -> float:
        """Return what the machine's clock says, in UTC seconds."""
        return self._wall()

    def steady(self) -> float:
        """Return UTC seconds that pass evenly while this runs, whatever the clock is set to meanwhile."""
        return self._zero + self._steady()

    @property
    def believable(self) -> bool:
        """Whether something may be done because of the time it is."""
        return self.look().doubt is None

    @property
    def doubt(self) -> Doubt | None:
        """Why nothing may be done because of the time it is, None when it may."""
        return self.look().doubt

    @property
    def ready(self) -> bool:
        """Whether jobs may act: the clock is believed, and nothing is left of the time when it was wrong."""
        return self.believable and self.settled

    @property
    def confirmed(self) -> bool:
        """Whether the clock is believed and somebody vouches for it."""
        belief = self.look()
        return belief.doubt is None and belief.confirmed

    @property
    def apart(self) -> float | None:
        """Seconds that the clock is ahead of others' (negative: behind), None while that is not known."""
        with self._guard:
            return self._apart.seconds(self._wall() - self._steady())

    @property
    def tolerance(self) -> float:
        """By how many seconds the clock may be wrong without being doubted."""
        return self.settings.jump_seconds

    def settle(self) -> None:
        """Note that what was done while the clock was wrong has been looked after."""
        self.settled = True

    def apply(self, settings: ClockSettings) -> None:
        """Go on with other limits."""
        self.settings = settings

    def look(self) -> Belief:
        """Hold the clock against what is believed; costs two readings of clocks."""
        with self._guard:
            steady = self._steady()
            return self._take(looked(self._belief, self._wall() - steady, steady, self.settings))

    def age(self, stamp: float) -> float:
        """Return how many seconds have passed since ``stamp``, without those the clock only jumped."""
        return age_of(stamp, self._wall(), self.look().steps)

    def older(self, stamp: float, seconds: float) -> bool:
        """Say whether something is certainly older than ``seconds``: never while the clock is doubted."""
        belief = self.look()
        return belief.doubt is None and age_of(stamp, self._wall(), belief.steps) > seconds

    def cutoff(self, seconds: float) -> float | None:
        """Return a moment before which everything is older than ``seconds``, None while it is doubted."""
        belief = self.look()
        return None if belief.doubt is not None else cutoff_of(seconds, self._wall(), belief.steps)

    def steadily(self, stamp: float) -> float:
        """Return a stamp in the seconds of ``steady``, so that their difference is its age."""
        now = self._wall()
        return self.steady() - now + present_terms(stamp, now, self.look().steps)

    def found(self, stamp: float) -> None:
        """Note the time of something that was written before; counts only where nothing better is known."""
        with self._guard:
            if self._guesses and self._belief.doubt is None and not self._belief.confirmed:
                past = Past(stamp, steps=self._belief.steps)
                self._take(begun(past, self._wall(), self._steady(), self._boot, self.settings))

    def told(self, moment: float) -> None:
        """Note what somebody else's clock says now, in UTC seconds."""
        with self._guard:
            wall, steady = self._wall(), self._steady()
            self._apart.seen(moment - steady)
            self._take(told(self._belief, wall - moment, wall - steady, steady, self.settings))

    def trust(self) -> None:
        """Believe the clock as it is, because an administrator says that it is right."""
        with self._guard:
            self._take(trusted(self._belief, self._wall() - self._steady()))

    def remember(self) -> None:
        """Write down what is believed, for the next start; blocking."""
        if self._memory is None:
            return
        belief = self.look()
        past = Past(
            belief.offset + self._steady(),
            belief.offset,
            self._boot,
            belief.steps,
            belief.excused,
            belief.highest,
            belief.doubt,
        )
        self._memory.save(past)

    def _take(self, belief: Belief) -> Belief:
        before, self._belief = self._belief, belief
        was, now = before.doubt, belief.doubt
        if now is not None and (was is None or was.why is not now.why):
            logger.bind(why=now.why.value, seconds=round(now.seconds)).warning("clock_doubted")
            self.news.append(ClockNews(now, over=False, confirmed=False))
        elif was is not None and now is None:
            right = belief.confirmed or abs(belief.offset - before.offset) <= self.settings.jump_seconds
            logger.bind(why=was.why.value, confirmed=belief.confirmed).warning("clock_believed_again")
            self.settled = False
            self.news.append(ClockNews(was, over=True, confirmed=right))
        return belief
