"""A trace of the event loop: how long it was in one turn, in one callback, and what it did there."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import threading
import time
from asyncio import events
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.loop.causes import Share, Step, spent
from tests.loop.sampling import Watcher, look_at

__all__ = ["Moment", "Seen", "Trace", "traced_loop"]

BEAT = 0.005
"""Seconds between two beats of the task that measures how late the loop is."""
WORTH_A_LOOK = 0.03
"""Seconds of a turn, or of waking up too late, from which on it is looked into."""
MOMENTS = 1000


@dataclass(frozen=True, slots=True)
class Moment:
    """A turn of the loop that took long, or to which it woke late; ``steps`` are its longest callbacks.

    A turn is what happens between two looks for something to do: everybody else waits for its end.
    """

    share: Share
    waking: bool
    callbacks: int
    steps: tuple[Step, ...]
    stacks: tuple[tuple[str, int], ...]
    """Where the loop's thread was seen, and how often."""
    others: tuple[tuple[str, float, str], ...]
    """The threads that worked meanwhile: name, seconds, and where they were seen."""

    def lines(self) -> list[str]:
        """Return it in words."""
        share = self.share
        what = "woke late" if self.waking else f"turn of {self.callbacks} callbacks"
        found = [f"{share.seconds * 1000:.0f} ms, {share.cause} ({what}; ms: {share.words()})"]
        found += [
            f"    {step.seconds * 1000:.0f} ms, worked {step.worked * 1000:.0f}: {step.who}"
            for step in self.steps
        ]
        found += [f"    seen {count} times: {where}" for where, count in self.stacks]
        found += [f"    meanwhile {name} worked {s * 1000:.0f} ms {where}" for name, s, where in self.others]
        return found


@dataclass(slots=True)
class Seen:
    """What happened since somebody last asked; times in seconds."""

    late: float = 0.0
    """How late at most a task was that wants to run every 5 ms, whatever the reason."""
    turn: float = 0.0
    """The most work of its own, collecting included, in one turn of the loop."""
    step: float = 0.0
    """The most in one callback."""
    waited: float = 0.0
    """The longest wait of its own in one turn."""
    moments: list[Moment] = field(default_factory=list)

    def lines(self, most: int = 5) -> list[str]:
        """Return the figures and the worst moments in words."""
        by_own = sorted(self.moments, key=lambda moment: -moment.share.own)[:most]
        worst = [*by_own, *(item for item in self.latest()[:2] if item not in by_own)]
        head = (
            f"late {self.late * 1000:.0f} ms, work {self.turn * 1000:.0f} ms in a turn,"
            f" {self.step * 1000:.0f} ms in a callback, own waits {self.waited * 1000:.0f} ms"
        )
        return [head, *(line for item in worst for line in item.lines())]

    def latest(self) -> list[Moment]:
        """Return the moments, longest first, whatever they were spent on."""
        return sorted(self.moments, key=lambda moment: -moment.share.seconds)


class Trace:
    """Listens in on the event loop of this thread; made by ``traced_loop``."""

    def __init__(self, watcher: Watcher) -> None:
        """Nothing was seen yet."""
        self._watcher = watcher
        self._seen = Seen()
        self._thread = threading.get_ident()
        self._began, self._worked = time.perf_counter(), time.thread_time()
        self._collected, self._collecting = 0.0, 0.0
        self._at_turn = 0.0
        self._callbacks = 0
        self._steps: list[Step] = []

    def take(self) -> Seen:
        """Return what was seen since the last call, and begin anew."""
        found, self._seen = self._seen, Seen()
        return found

    async def beat(self) -> None:
        """Be the task that wants to run every 5 ms."""
        while True:
            asked = time.perf_counter() + BEAT
            await asyncio.sleep(BEAT)
            self._seen.late = max(self._seen.late, time.perf_counter() - asked)

    def turn_begins(self, slept: float, allowed: float | None) -> None:
        """Note that the loop woke up: after ``slept`` seconds although it wanted to after ``allowed``."""
        self._begin()
        if allowed is not None and slept - allowed >= WORTH_A_LOOK:
            self._look_into(self._began - slept + allowed, slept - allowed, 0.0, waking=True)
            self._begin()

    def turn_ends(self) -> None:
        """Note that the loop has nothing to do before it has looked again."""
        self._watcher.busy = False
        seconds, worked = time.perf_counter() - self._began, time.thread_time() - self._worked
        self._seen.turn = max(self._seen.turn, worked)
        if seconds >= WORTH_A_LOOK:
            self._look_into(self._began, seconds, worked, waking=False)

    def run(self, run: Any, handle: Any) -> None:
        """Run one callback and time it."""
        began, worked = time.perf_counter(), time.thread_time()
        run(handle)
        done, seconds = time.thread_time() - worked, time.perf_counter() - began
        self._callbacks += 1
        self._seen.step = max(self._seen.step, done)
        if seconds > 0.002:
            self._steps.append(Step(seconds, done, who(handle)))

    def collecting(self, phase: str, _: dict[str, int]) -> None:
        """Note a garbage collection in the loop's thread."""
        if threading.get_ident() != self._thread:
            return
        if phase == "start":
            self._collecting = time.thread_time()
        else:
            self._collected += time.thread_time() - self._collecting

    def _begin(self) -> None:
        self._began, self._worked, self._at_turn = time.perf_counter(), time.thread_time(), self._collected
        self._callbacks, self._steps = 0, []
        self._watcher.busy = True

    def _look_into(self, began: float, seconds: float, worked: float, *, waking: bool) -> None:
        watcher = self._watcher
        looks = [*watcher.between(began, time.perf_counter()), look_at(watcher.watched)]
        ignored = watcher.number
        share = spent(
            watcher.watched,
            looks,
            seconds=seconds,
            worked=worked,
            collected=0.0 if waking else self._collected - self._at_turn,
            ignored=ignored,
        )
        self._seen.waited = max(self._seen.waited, share.waited)
        stacks = Counter(" < ".join(look.stack[:8]) for look in looks[1:] if look.stack)
        steps = tuple(sorted(self._steps, reverse=True)[:3])
        moment = Moment(
            share, waking, self._callbacks, steps, tuple(stacks.most_common(3)), self._others(looks)
        )
        self._seen.moments = sorted([*self._seen.moments, moment], key=lambda item: -item.share.seconds)[
            :MOMENTS
        ]

    def _others(self, looks: list[Any]) -> tuple[tuple[str, float, str], ...]:
        first, last, watcher = looks[0], looks[-1], self._watcher
        where = {number: place for look in looks for number, place in look.others.items()}
        worked = {
            number: seconds - first.worked.get(number, 0.0)
            for number, seconds in last.worked.items()
            if number not in {watcher.watched, watcher.number}
        }
        most = sorted(worked.items(), key=lambda item: -item[1])[:3]
        return tuple(
            (watcher.name_of(number), seconds, where.get(number, ""))
            for number, seconds in most
            if seconds > 0.005
        )


@asynccontextmanager
async def traced_loop() -> AsyncIterator[Trace]:
    """Trace the event loop of this thread; not for uvloop, which has no callbacks to listen in on."""
    loop: Any = asyncio.get_running_loop()
    run, selector = events.Handle._run, loop._selector
    select = selector.select
    with Watcher() as watcher:
        trace = Trace(watcher)

        def timed_select(timeout: float | None = None) -> Any:
            trace.turn_ends()
            began = time.perf_counter()
            found = select(timeout)
            slept = time.perf_counter() - began
            trace.turn_begins(slept, timeout if timeout is not None else None)
            return found

        selector.select = timed_select
        events.Handle._run = lambda handle: trace.run(run, handle)  # type: ignore[method-assign]
        gc.callbacks.append(trace.collecting)
        beating = asyncio.create_task(trace.beat(), name="beat")
        try:
            yield trace
        finally:
            beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await beating
            gc.callbacks.remove(trace.collecting)
            events.Handle._run = run  # type: ignore[method-assign]
            del selector.select


def who(handle: Any) -> str:
    """Say whose callback it was."""
    owner = getattr(handle._callback, "__self__", None)
    if isinstance(owner, asyncio.Task):
        coroutine = owner.get_coro()
        return f"{owner.get_name()}: {getattr(coroutine, '__qualname__', coroutine)}"
    return getattr(handle._callback, "__qualname__", repr(handle._callback))
