"""Watches over the open file: is it there, untouched, whole; and starts what has to be done when not.

One task does it all, one thing after the other, so that no two of them ever work on the file at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Self

from loguru import logger

from modelus_bot.database.core.errors import (
    CorruptionDetected,
    DatabaseError,
    FileMoved,
    FileTouched,
)
from modelus_bot.database.core.state_file import DatabaseState
from modelus_bot.database.engine import (
    Checkpointer,
    ConnectionManager,
    ConnectionRole,
    schema_version_of,
)
from modelus_bot.database.integrity import CheckReport, QuarantineReport
from modelus_bot.database.recovery.damage_response import DamageResponse
from modelus_bot.database.recovery.recover import Recovered
from modelus_bot.database.recovery.recovery_context import RecoveryContext
from modelus_bot.database.recovery.response_table import (
    Response,
    Watched,
    after_check,
    after_comparison,
    is_about_a_search,
    is_suspicious,
    on_watch,
)
from modelus_bot.database.recovery.sidecar_alerts import SidecarWatch
from modelus_bot.database.schema import mend_searches
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.runtime.tasks import ended, owned

__all__ = ["FileMonitor"]

FOLLOW_EVERY = 0.5
MENDING_SECONDS = 60.0
"""How long making the index of a search anew may hold up writes; a quarter million texts take five."""


class FileMonitor:
    """Owns the one task that checks the open file and has it replaced when it must be.

    ``head`` returns the newest audit link that was acknowledged, as (id, hash in hex), None before
    the first write; ``forget`` makes the writer read it again from the file; ``mend`` moves broken rows
    into quarantine.
    """

    def __init__(
        self,
        context: RecoveryContext,
        connections: ConnectionManager,
        head: Callable[[], tuple[int, str] | None],
        forget: Callable[[], None],
        mend: Callable[[], Awaitable[QuarantineReport]],
    ) -> None:
        """Prepare; ``async with`` starts to watch."""
        self._mend = mend
        self._context = context
        self._connections = connections
        self._head = head
        self._response = DamageResponse(context, connections, head, forget)
        self.checkpointer = Checkpointer(context.path, connections, context.archive, context.settle)
        self._sidecars = SidecarWatch(context)
        self._wake = asyncio.Event()
        self._suspicion: tuple[DatabaseError, float] | None = None
        self._task: asyncio.Task[None] | None = None
        self._follower: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._good_at = 0
        self._search_damaged = False
        self._watching = False
        self._written_to = False
        self._schema: int | None = None
        self.checked_at: float | None = None

    async def __aenter__(self) -> Self:
        """Start watching."""
        self._watching = True
        await self._remember()
        self._response.arm()
        self._task = owned(self._watch(), name="database-guard")
        self._follower = owned(self._follow(), name="page-sums")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop watching; what is being replaced is finished first."""
        self._watching = False
        async with self._turn:
            await ended(self._task, self._follower)

    def suspect(self, error: DatabaseError) -> None:
        """Take note of a failure that may mean damage; the file is looked at right away."""
        if is_about_a_search(error):
            self._search_damaged = True
            self._wake.set()
        if is_suspicious(error):
            if self._suspicion is None or self._suspicion[1] <= self._response.released_at:
                self._suspicion = error, time.monotonic()
            self._wake.set()

    def takes_over(self, error: FileMoved | FileTouched) -> bool:
        """Take note of a file that is gone or another one; False once nobody watches any more."""
        if self._watching:
            self.suspect(error)
        return self._watching

    def wake(self) -> None:
        """Look now: how often that happens may have been edited."""
        self._wake.set()

    async def swap(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run ``work``, which replaces the file by another state, while nothing has it open."""
        async with self._turn:
            await self._response.swap(work)

    @property
    def last_recovery(self) -> Recovered | None:
        """The last recovery since the file was opened."""
        return self._response.last

    async def _watch(self) -> None:
        checked = -math.inf if self._context.rows_broken else time.monotonic()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._context.settings.watch_every):
                    await self._wake.wait()
            self._wake.clear()
            full = time.monotonic() >= checked + self._context.settings.check_every
            async with self._turn:
                try:
                    await self._look(full=full)
                except Exception as error:  # noqa: BLE001 - the monitor must outlive any fault of its own
                    logger.opt(exception=error).error("guard_fault")
            if full:
                checked = time.monotonic()

    async def _follow(self) -> None:
        """Look often whether the files are there and untouched, also while nobody reads."""
        while True:
            await asyncio.sleep(FOLLOW_EVERY)
            try:
                self._notice_writing()
            except OSError as error:
                logger.bind(error=in_words(error)).warning("writing_not_noticed")

    def _notice_writing(self) -> None:
        """Have every page compared after somebody wrote to the main file, and a lost file brought back."""
        if self._connections.moved() is not None:
            self._wake.set()
        if self._response.notices_writing():
            self._written_to = True
            self._wake.set()

    async def _look(self, *, full: bool) -> None:
        suspicion, moved = self._fresh_suspicion(), self._connections.moved()
        seen = await self._watched(suspicion, moved is not None, full=full)
        response = on_watch(seen)
        if response is Response.REBUILD and moved is not None:
            await self._response.rebuild(moved)
        elif response is Response.CONFIRM:
            await self._confirm(seen)
        elif response is Response.CHECK:
            await self.check()
        elif response is Response.COMPARE:
            await self._compare_pages()
        if self._search_damaged and seen.calm:
            await self._mend_searches()
        await self._remember()
        self._sidecars.look()

    async def _confirm(self, seen: Watched) -> None:
        """Have the file looked at closely; where that was not possible its pages are compared next."""
        if seen.given_up or seen.suspicion is None:
            await self._response.confirm(CorruptionDetected("the file was found damaged before"))
        else:
            self._written_to = not await self._response.confirm(seen.suspicion)

    async def _watched(self, suspicion: DatabaseError | None, moved: bool, *, full: bool) -> Watched:
        """See what there is to see, and do the daily work where nothing speaks against it."""
        given_up = self._response.given_up
        retry = (
            not moved and given_up and (full or await asyncio.to_thread(self._context.search_backoff.over))
        )
        seen = Watched(moved, given_up, retry, suspicion, check_due=full)
        if not seen.calm:
            return seen
        await self.checkpointer.work()
        changed = await self._schema_changed()
        if not self._context.archive.available:
            self._response.notices_writing()
        return replace(seen, schema_changed=changed, written_to=self._written_to)

    async def _schema_changed(self) -> bool:
        """Say whether another program changed the schema since the last look."""
        try:
            found = await self._connections.run(ConnectionRole.READER, schema_version_of)
        except DatabaseError:
            return False
        before, self._schema = self._schema, found
        return before not in {None, found}

    def _fresh_suspicion(self) -> DatabaseError | None:
        """Take what was suspected, unless the file was looked at or replaced since."""
        noted, self._suspicion = self._suspicion, None
        return noted[0] if noted is not None and noted[1] > self._response.released_at else None

    async def _compare_pages(self) -> None:
        """Compare every page with what was committed; much quicker than a whole check."""
        self._written_to = False
        try:
            checksums = await self._context.checksums.check()
        except BaseException:
            self._written_to = True
            raise
        match after_comparison(checksums):
            case Response.CONFIRM:
                await self._response.confirm(
                    CorruptionDetected(f"page {checksums.unexplained[0]} was altered")
                )
            case Response.CHECK:
                report = await self._context.check(self._context.path)
                if report.damaged:
                    await self._response.confirm(CorruptionDetected("; ".join(report.problems[:3])))

    async def check(self) -> None:
        """Check the whole file in children while the bot works; damage that is found is recovered from."""
        checksums = await self._context.checksums.check()
        report = await self._context.check(self._context.path)
        self.checked_at = self._context.clock()
        match after_check(report, checksums):
            case Response.CONFIRM:
                problems = [
                    *report.problems,
                    *(f"page {page} was altered" for page in checksums.unexplained[:20]),
                ]
                await self._response.confirm(CorruptionDetected("; ".join(problems[:3])))
            case Response.MEND_ROWS:
                await self._mend_rows(report)
            case Response.NOTHING:
                self._good_at = int(self.checked_at)
        self._search_damaged = True

    async def _mend_rows(self, report: CheckReport) -> None:
        """Move rows that break a rule into quarantine, or put them right where the rule says how."""
        done = str(await self._mend()) if report.broken_rows else "They need a person to look at them."
        self._context.alert(
            "database_rows_broken",
            f"The database's structure is whole, but a check found: {'; '.join(report.problems[:3])}. {done}",
            "warning",
            problems=list(report.problems),
            done=done,
        )

    async def _mend_searches(self) -> None:
        """Have indexes of searches made anew that are damaged or say something else than the rows."""
        run = self._connections.run
        mended = await run(ConnectionRole.WRITER, mend_searches, seconds=MENDING_SECONDS)
        self._search_damaged = False
        if mended:
            logger.bind(searches=list(mended)).warning("search_index_mended")

    async def _remember(self) -> None:
        """Keep beside the database how far it is, for the day it cannot say so itself."""
        known = self._context.state.load() or DatabaseState()
        audit_id, audit_head = self._head() or (known.audit_id, known.audit_head)
        good_at = max(known.good_at, self._good_at)
        state = replace(known.reached(audit_id, audit_head), clean=False, good_at=good_at, begun=True)
        if state != known or self._context.state.owed:
            await asyncio.to_thread(self._context.state.keep, state)
