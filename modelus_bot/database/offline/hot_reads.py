"""HotReads: answers that are asked for again and again, kept in memory until something changes.

An answer is valid until the next commit of this process, which is counted before anybody hears that the
commit worked, and until another program commits. That shows on the database's log, which is glanced at before
an answer is given out; when it looks different SQLite is asked. Whoever was told that a change is saved
therefore never reads what was before it, whoever made it.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from modelus_bot.config.snapshot import SnapshotSettings
from modelus_bot.database.core.change_counter import ChangeCounter
from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.core.operation import Query
from modelus_bot.database.core.wal_stamp import TICK_NANOSECONDS, WalStamp, glance, settled
from modelus_bot.database.engine import Version
from modelus_bot.runtime.tasks import Outside
from modelus_bot.runtime.tunables import Tunable

__all__ = ["HotReads", "log_stamp"]

R = TypeVar("R")


LOOK_EVERY = 0.25
"""Seconds after which SQLite is asked whatever the log looks like: not every disk keeps exact times."""

LOOK_PATIENCE = Tunable(0.5)
"""Seconds to wait for that look; a reader that is busier than that is asked for the answer itself."""

_NOTHING = object()
_UNSETTLED: WalStamp = (0, 0, -1, 0)
"""Equal to no log: one that was written to a moment ago may change once more without looking different."""


class HotReads:
    """Keeps the answers of ``hot`` queries by their arguments, at most ``hot_reads`` of them.

    ``changes`` counts the commits of this process. ``version`` asks the reader's connection whether another
    one has committed; one question at a time serves all who wait. ``stamp`` glances at the log, None where
    there is none. Everything happens on the event loop's thread.
    """

    def __init__(
        self,
        settings: SnapshotSettings,
        changes: ChangeCounter,
        version: Callable[[], Awaitable[Version]],
        stamp: Callable[[], WalStamp | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start with nothing kept."""
        self.hits = 0
        self.misses = 0
        self._outside = Outside()
        self.settings = settings
        self._changes = changes
        self._counted = changes.count
        """How many commits there were when what is kept was compared last."""
        self._ask_version = version
        self._ask_stamp = stamp
        self.clock = clock
        self._answers: OrderedDict[Any, Any] = OrderedDict()
        self._forgotten = 0
        """How often everything was forgotten."""
        self._version: Version | None = None
        self._looked_at = float("-inf")
        self._begun = self._ended = 0
        self._doubt: bool | None = None
        """What the glance of this turn of the event loop gave; None before there was one."""
        self._stamp: WalStamp | None = None
        self._looking: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """Return how many answers are kept that no commit of this process has made stale."""
        return len(self._valid())

    def apply(self, settings: SnapshotSettings) -> None:
        """Go on with an edited limit."""
        self.settings = self.settings.edited(settings)
        while len(self._answers) > self.settings.hot_reads:
            self._answers.popitem(last=False)

    async def read(
        self,
        query: Query[..., R],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        ask: Callable[[], Awaitable[R]],
    ) -> R:
        """Return a hot query's answer, from memory if it is valid, else from ``ask``.

        What ``ask`` raises passes unchanged and is not kept; neither are answers to arguments that
        cannot be compared.
        """
        key = _key(query, args, kwargs)
        if key is None or not self.settings.hot_reads:
            return await ask()
        if key in self._valid() and self._in_doubt():
            wanted = self._begun + 1
            while key in self._valid() and self._ended < wanted:
                await self._look()
        known = self._valid().get(key, _NOTHING)
        if known is not _NOTHING:
            self.hits += 1
            self._answers.move_to_end(key)
            return cast("R", _handed_out(known))
        self.misses += 1
        forgotten = self._forgotten
        answer = await ask()
        answers = self._valid()
        if forgotten == self._forgotten:
            answers[key] = answer
            if len(answers) > self.settings.hot_reads:
                answers.popitem(last=False)
        return cast("R", _handed_out(answer))

    def _valid(self) -> OrderedDict[Any, Any]:
        """Return what is kept, without what a commit of this process has made stale."""
        if self._counted != self._changes.count:
            self._counted = self._changes.count
            self._forget()
        return self._answers

    def _forget(self) -> None:
        """Forget everything; what is on its way is not kept either."""
        self._forgotten += 1
        self._answers.clear()

    def _in_doubt(self) -> bool:
        """Say whether SQLite has to be asked before anything that is kept is given out.

        One glance serves a turn of the event loop: nobody hears of a commit in between.
        """
        if self._doubt is None:
            self._doubt = self.clock() - self._looked_at >= LOOK_EVERY or self._stamp != self._ask_stamp()
            asyncio.get_running_loop().call_soon(self._next_turn)
        return self._doubt

    def _next_turn(self) -> None:
        self._doubt = None

    async def _look(self) -> None:
        """Forget everything if another program has committed since the last look.

        Looks are shared; one that had begun before somebody came may have missed what they know of.
        """
        if self._looking is None or self._looking.done():
            self._looking = self._outside.start(self._compare(), name="hot-reads-look")
        await asyncio.shield(self._looking)

    async def _compare(self) -> None:
        """Forget everything unless the same connection says that nothing was committed since.

        Our own commits count here, too: it costs one more question, and is always right.
        """
        self._begun += 1
        now, before, stamp = self.clock(), self._version, self._ask_stamp()
        if stamp is not None and not settled(stamp, time.time_ns(), TICK_NANOSECONDS):
            stamp = _UNSETTLED
        try:
            async with asyncio.timeout(LOOK_PATIENCE.value):
                self._version = connection, number = await self._ask_version()
        except (DatabaseError, TimeoutError):
            self._version = self._stamp = None
            self._forget()
            return
        finally:
            self._ended = self._begun
        if before is None or before[0] is not connection or before[1] != number:
            self._forget()
        self._looked_at = now
        self._stamp = stamp


def log_stamp(database: Path) -> Callable[[], WalStamp | None]:
    """Return what glances at the -wal of a database."""
    log = f"{database}-wal"

    def stamp() -> WalStamp | None:
        try:
            return glance(log) or None
        except OSError:
            return None

    return stamp


def _key(query: Query[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return what equal questions have in common, types included (1 is not True); None if nobody can tell."""
    named = tuple(sorted(kwargs.items())) if kwargs else ()
    key = (query.function, args, named, tuple(map(type, args)), tuple(type(value) for _, value in named))
    try:
        hash(key)
    except TypeError:
        return None
    return key


def _handed_out(answer: Any) -> Any:
    """Return an answer that its reader may change without changing what others are given."""
    return answer.copy() if isinstance(answer, dict | list | set) else answer
