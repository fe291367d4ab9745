"""Threads that cannot hang whoever starts them, and the executor that blocking work is done on.

``threading.Thread.start`` waits until the new thread has said that it runs. One that has no memory for its
first step never says so, and an event loop that started it stands still for good. Nothing here waits
without an end, and nothing keeps the process from ending.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import Any, ParamSpec, TypeVar

from modelus_bot.runtime.os_errors import none_left

__all__ = ["DaemonThread", "Workers", "no_thread", "patiently", "use_workers"]

P = ParamSpec("P")
T = TypeVar("T")

MOST_WORKERS = 32
LOOK_EVERY = 1.0
"""Seconds after which a thread that did not say that it runs is taken for lost, and another one started."""

BEGIN_PATIENCE = 0.5
"""Seconds that starting a thread waits for its first step."""

CLOSE_PATIENCE = 5.0
"""Seconds that closing waits for work that is being done; a thread that hangs is left behind."""

MEMORY_PAUSE = 0.05


def no_thread(reason: object) -> OSError:
    """Return what is raised where the machine has no thread left: a failure that passes."""
    return none_left(f"no thread could be started: {reason}")


def patiently(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function again and again while there is no memory for it.

    For a thread that tells the event loop what somebody waits for there.
    """
    while True:
        try:
            return function(*args, **kwargs)
        except MemoryError:
            time.sleep(MEMORY_PAUSE)


class _Begun(threading.Event):
    """What ``threading.Thread.start`` waits for; here it does not wait for ever."""

    def wait(self, timeout: float | None = None) -> bool:
        return super().wait(BEGIN_PATIENCE if timeout is None else timeout)


class DaemonThread(threading.Thread):
    """A thread that does not keep the process from ending, and whose ``start`` ends whatever happens."""

    def __init__(self, target: Callable[..., object], *args: Any, name: str) -> None:
        """Prepare it; ``start`` starts it."""
        super().__init__(target=target, args=args, name=name, daemon=True)
        self._started = _Begun()

    def start(self) -> None:
        """Start it; raises ``OSError`` (EAGAIN) when there is no thread, or no memory for its first step."""
        try:
            super().start()
        except (RuntimeError, MemoryError) as error:
            raise no_thread(error) from error
        if not self._started.is_set():
            raise no_thread("it did not begin")


class _Answer(Future[T]):
    """A future whose waiters hear of its end even when there is no memory to tell them at once."""

    def add_done_callback(self, fn: Callable[[Future[T]], object]) -> None:
        """Have ``fn`` called at the end, again while there is no memory for it."""
        super().add_done_callback(lambda answer: patiently(fn, answer))


class _Work:
    """One call and who waits for it."""

    __slots__ = ("_call", "answer")

    def __init__(self, call: Callable[[], Any]) -> None:
        self._call = call
        self.answer: _Answer[Any] = _Answer()

    def do(self) -> None:
        if not self.answer.set_running_or_notify_cancel():
            return
        try:
            result = self._call()
        except BaseException as error:  # noqa: BLE001 - whatever it is belongs to who waits
            self.answer.set_exception(error)
        else:
            self.answer.set_result(result)

    def refuse(self, error: OSError) -> None:
        if self.answer.set_running_or_notify_cancel():
            self.answer.set_exception(error)


class Workers(ThreadPoolExecutor):
    """An event loop's executor: threads are started while all are busy, and kept.

    ``submit`` raises ``OSError`` (EAGAIN) when there is no thread at all and none can be started; so does
    what it returned when the thread that was started for it turned out to be lost.
    """

    def __init__(self) -> None:
        """Start without a thread."""
        super().__init__(max_workers=MOST_WORKERS)
        self._works: SimpleQueue[_Work | None] = SimpleQueue()
        self._guard = threading.Lock()
        self._unfinished = 0
        self._running = 0
        self._coming: list[float] = []
        """When the threads were started that have not said yet that they run."""
        self._closed = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a call made on a thread; called on the event loop's own."""
        if self._closed:
            raise RuntimeError("cannot schedule new futures after shutdown")
        work = _Work(functools.partial(fn, *args, **kwargs))
        with self._guard:
            self._unfinished += 1
        try:
            self._grow()
            self._works.put(work)
        except BaseException:
            self._finished()
            raise
        if self._running < self._unfinished:
            with contextlib.suppress(RuntimeError):
                asyncio.get_running_loop().call_later(LOOK_EVERY, self._look)
        return work.answer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more, and let the threads end; waits for them only shortly."""
        self._closed = True
        if cancel_futures:
            self._refuse_waiting(no_thread("closed"))
        for _ in range(MOST_WORKERS):
            self._works.put(None)
        until = time.monotonic() + CLOSE_PATIENCE
        while wait and self._running and time.monotonic() < until:
            time.sleep(0.001)

    def _grow(self) -> None:
        """Start a thread if there is work for one more; raises ``OSError`` when there is none at all."""
        with self._guard:
            now = time.monotonic()
            self._coming = [at for at in self._coming if now - at < LOOK_EVERY]
            if self._running + len(self._coming) >= min(self._unfinished, MOST_WORKERS):
                return
            self._coming.append(now)
        try:
            DaemonThread(self._serve, name="worker").start()
        except (OSError, MemoryError) as error:
            with self._guard:
                self._coming = [at for at in self._coming if at != now]
                alone = self._running == 0
            if alone:
                raise no_thread(error) from error

    def _look(self) -> None:
        """Start a thread for what still waits; without any, nobody waits for one in vain."""
        if self._closed or self._works.empty():
            return
        try:
            self._grow()
        except OSError as error:
            self._refuse_waiting(error)
        else:
            asyncio.get_running_loop().call_later(LOOK_EVERY, self._look)

    def _refuse_waiting(self, error: OSError) -> None:
        with contextlib.suppress(Empty):
            while (work := self._works.get_nowait()) is not None:
                self._finished()
                work.refuse(error)

    def _finished(self) -> None:
        with self._guard:
            self._unfinished -= 1

    def _serve(self) -> None:
        with self._guard:
            self._running += 1
            if self._coming:
                self._coming.pop()
        try:
            while (work := self._works.get()) is not None:
                work.do()
                self._finished()
                del work
        finally:
            with self._guard:
                self._running -= 1


def use_workers() -> None:
    """Let the running event loop do blocking work on ``Workers``."""
    asyncio.get_running_loop().set_default_executor(Workers())
