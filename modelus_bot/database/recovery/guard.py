"""Watches over the open file: is it there, untouched, whole; and starts what has to be done when not.

One task does it all, one thing after the other, so that no two of them ever work on the file at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Awaitable, Callable
from typing import Self

from loguru import logger

from modelus_bot.database.checkpoints import Checkpointer
from modelus_bot.database.child import ChildFailed
from modelus_bot.database.connection import ConnectionManager
from modelus_bot.database.errors import (
    ConnectionLost,
    CorruptionDetected,
    DatabaseError,
    FileMoved,
    FileTouched,
    StorageFailed,
)
from modelus_bot.database.identity import written_at
from modelus_bot.database.integrity.quarantine import QuarantineReport
from modelus_bot.database.integrity.report import CheckReport
from modelus_bot.database.recovery.parts import Parts
from modelus_bot.database.recovery.rebuilding import copied_from_open_handle
from modelus_bot.database.recovery.recovering import Recovered, put_in_place, recover
from modelus_bot.database.recovery.state import State

__all__ = ["Guard"]

FOLLOW_EVERY = 0.5


class Guard:
    """Owns the one task that checks the open file and replaces it when it must.

    ``head`` returns the newest audit link that was acknowledged, as (id, hash in hex), None before
    the first write; ``forget`` makes the writer read it again from the file; ``mend`` moves broken rows
    into quarantine.
    """

    def __init__(
        self,
        parts: Parts,
        connections: ConnectionManager,
        head: Callable[[], tuple[int, str] | None],
        forget: Callable[[], None],
        mend: Callable[[], Awaitable[QuarantineReport]],
    ) -> None:
        """Prepare; ``async with`` starts to watch."""
        self._mend = mend
        self._parts = parts
        self._connections = connections
        self._head = head
        self._forget = forget
        before = parts.sums.before_checkpoint
        self.checkpointer = Checkpointer(parts.path, connections, parts.archive, before)
        self._wake = asyncio.Event()
        self._suspicion: DatabaseError | None = None
        self._task: asyncio.Task[None] | None = None
        self._follower: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._good_at = 0
        self._written_at = 0
        self._compare = False
        self._given_up = False
        self.checked_at: float | None = None
        self.last_recovery: Recovered | None = None

    async def __aenter__(self) -> Self:
        """Start watching."""
        self._connections.on_moved = self.suspect
        await self._remember()
        self._arm()
        self._task = asyncio.create_task(self._watch(), name="database-guard")
        self._follower = asyncio.create_task(self._follow(), name="page-sums")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop watching; what is being replaced is finished first."""
        self._connections.on_moved = None
        async with self._turn:
            for task in (self._task, self._follower):
                if task is not None:
                    task.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await task

    def suspect(self, error: DatabaseError) -> None:
        """Take note of a failure that may mean damage; the file is looked at right away."""
        if isinstance(error, FileMoved | FileTouched | CorruptionDetected | StorageFailed):
            self._suspicion = self._suspicion or error
            self._wake.set()

    def wake(self) -> None:
        """Look now: how often that happens may have been edited."""
        self._wake.set()

    async def swap(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run ``work``, which replaces the file by another state, while nothing has it open."""
        async with self._turn:
            waiting = ConnectionLost("the database is being restored")
            self._connections.hold(waiting)
            try:
                await self._close_everything(waiting)
                await work()
                known = self._parts.state.load() or State()
                await asyncio.to_thread(self._parts.state.save, known.reached(0, ""))
            finally:
                self._forget()
                self._release()
                await self._parts.archive.start()

    async def _watch(self) -> None:
        checked = -math.inf if self._parts.rows_broken else time.monotonic()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._parts.settings.watch_every):
                    await self._wake.wait()
            self._wake.clear()
            full = time.monotonic() >= checked + self._parts.settings.check_every
            async with self._turn:
                try:
                    await self._look(full=full)
                except Exception as error:  # noqa: BLE001 - the guard must outlive any fault of its own
                    logger.opt(exception=error).error("guard_fault")
            if full:
                checked = time.monotonic()

    async def _follow(self) -> None:
        """Look often whether the main file was written to: the archive's program may do that at any time."""
        while True:
            await asyncio.sleep(FOLLOW_EVERY)
            try:
                self._notice_writing()
            except OSError as error:
                logger.bind(error=str(error)).warning("writing_not_noticed")

    def _notice_writing(self) -> None:
        """Have every page compared after somebody wrote to the main file."""
        now = written_at(self._parts.path)
        if now != self._written_at:
            self._written_at = now
            self._compare = True
            self._wake.set()

    async def _look(self, *, full: bool) -> None:
        suspicion, self._suspicion = self._suspicion, None
        if (moved := self._connections.moved()) is not None:
            await self._rebuild(moved)
        elif isinstance(suspicion, CorruptionDetected | StorageFailed | FileTouched):
            await self._confirm(suspicion)
        elif self._given_up and full:
            await self._confirm(CorruptionDetected("the file was found damaged before"))
        elif not self._given_up:
            await self.checkpointer.work()
            if not self._parts.archive.available:
                self._written_at = written_at(self._parts.path)
            if full:
                await self.check()
            elif self._compare:
                await self._compare_pages()
        await self._remember()

    async def _compare_pages(self) -> None:
        """Compare every page with what was committed; much quicker than a whole check."""
        self._compare = False
        sums = await self._parts.sums.check()
        if sums.unexplained:
            await self._confirm(CorruptionDetected(f"page {sums.unexplained[0]} was altered"))
        elif sums.unclear:
            report = await self._parts.check(self._parts.path)
            if report.damaged:
                await self._confirm(CorruptionDetected("; ".join(report.problems[:3])))

    async def check(self) -> None:
        """Check the whole file in children while the bot works; damage that is found is recovered from."""
        sums = await self._parts.sums.check()
        report = await self._parts.check(self._parts.path)
        self.checked_at = self._parts.clock()
        if report.damaged or sums.unexplained:
            problems = [*report.problems, *(f"page {page} was altered" for page in sums.unexplained[:20])]
            await self._confirm(CorruptionDetected("; ".join(problems[:3])))
        elif not report.ok:
            await self._mend_rows(report)
        else:
            self._good_at = int(self.checked_at)

    async def _mend_rows(self, report: CheckReport) -> None:
        """Move rows that break a rule into quarantine, or put them right where the rule says how."""
        done = str(await self._mend()) if report.broken_rows else "They need a person to look at them."
        self._parts.alert(
            "database_rows_broken",
            f"The database's structure is whole, but a check found: {'; '.join(report.problems[:3])}. {done}",
            "warning",
            problems=list(report.problems),
            done=done,
        )

    async def _confirm(self, suspicion: DatabaseError) -> None:
        """Hold everything and look closely; go on if the file is whole, replace it if not."""
        parts = self._parts
        self._connections.hold(ConnectionLost("the database is being checked"))
        try:
            sums = await parts.sums.check()
            report = await parts.check(parts.path)
            if not report.damaged and not sums.unexplained:
                logger.bind(suspicion=suspicion.detail).info("damage_not_confirmed")
                await parts.sums.before_close()
                await self._connections.suspend(ConnectionLost("the connections are being renewed"))
                await parts.sums.after_close()
                self._release()
                return
            problems = [*report.problems, *(f"page {page} was altered" for page in sums.unexplained[:20])]
            await self._recover(suspicion, problems, sums.unexplained)
        except ChildFailed as error:
            logger.bind(error=error.detail).error("damage_cannot_be_looked_for")
            self._release()
        except DatabaseError as error:
            self._give_up(error)
        except BaseException:
            self._release()
            raise

    async def _recover(
        self, suspicion: DatabaseError, problems: list[str], bad_pages: tuple[int, ...]
    ) -> None:
        parts = self._parts
        if parts.settings.recovery == "off":
            raise CorruptionDetected(f"damage was found and recovery is off: {'; '.join(problems[:3])}")
        parts.alert(
            "database_damaged",
            "The database is damaged. It is being restored; changes wait or are refused meanwhile.",
            "critical",
            cause=suspicion.detail,
            problems=problems,
        )
        await self._close_everything(ConnectionLost("the database is being restored"))
        recovered = await recover(
            parts, suspicion.detail, problems, audit_id=self._reached(), bad_pages=bad_pages
        )
        await self._go_on(recovered)

    async def _rebuild(self, moved: FileMoved) -> None:
        """Bring a lost file back from the connections that still have it open."""
        parts = self._parts
        logger.bind(cause=moved.detail).error("database_file_moved")
        started = parts.clock()
        self._connections.hold(ConnectionLost("the database is being brought back"))
        try:
            try:
                rebuilt = await copied_from_open_handle(parts, self._connections)
            except CorruptionDetected as error:
                await self._recover(error, [moved.detail, error.detail], ())
                return
            await self._close_everything(ConnectionLost("the database is being brought back"))
            aside = await put_in_place(parts, rebuilt, moved.detail, ())
            seconds = parts.clock() - started
            await self._go_on(Recovered("the open file", self._reached(), 0, 0, (), aside, seconds))
        except DatabaseError as error:
            self._give_up(error)
        except OSError as error:
            logger.bind(error=str(error)).warning("database_cannot_be_brought_back_yet")
            self._release()
        except BaseException:
            self._release()
            raise

    async def _go_on(self, recovered: Recovered) -> None:
        known = self._parts.state.load() or State()
        self._parts.note_retreat(self._reached(), recovered.audit_id, recovered.source)
        await asyncio.to_thread(self._parts.state.save, known.reached(recovered.audit_id, ""))
        self._forget()
        self._connections.claim_again()
        self._release()
        await self._parts.archive.start()
        self.last_recovery = recovered
        self._parts.alert(
            "database_recovered",
            str(recovered),
            "critical" if recovered.lost else "warning",
            source=recovered.source,
            audit_id=recovered.audit_id,
            lost=recovered.lost,
            seconds=round(recovered.seconds, 2),
        )

    async def _close_everything(self, waiting: ConnectionLost) -> None:
        """Close connections first, so that the archive's program keeps the -wal, then stop that."""
        await self._connections.suspend(waiting)
        await self._parts.archive.stop()

    def _release(self) -> None:
        self._given_up = False
        self._arm()
        self._connections.release()

    def _arm(self) -> None:
        """Take writes to the main file for a stranger's, unless the archive's program checkpoints, too."""
        self._written_at = written_at(self._parts.path)
        if not self._parts.archive.available:
            self._connections.expect_untouched()

    def _give_up(self, error: DatabaseError) -> None:
        """Serve nothing from a file that is damaged and cannot be replaced; people read why."""
        self._given_up = True
        self._connections.hold(error)
        self._parts.trouble(
            "database_not_recovered",
            "The database is damaged and could not be restored by itself. Nothing is served from it."
            " See the page Backup and restore.",
            error,
        )

    def _reached(self) -> int:
        """Return the newest audit link that is known to have been acknowledged."""
        head, known = self._head(), self._parts.state.load()
        return max(head[0] if head else 0, known.audit_id if known else 0)

    async def _remember(self) -> None:
        """Keep beside the database how far it is, for the day it cannot say so itself."""
        known = self._parts.state.load() or State()
        audit_id, audit_head = self._head() or (known.audit_id, known.audit_head)
        state = State(False, audit_id, audit_head, max(known.good_at, self._good_at))
        if state != known or self._parts.state.owed:
            with contextlib.suppress(OSError):
                await asyncio.to_thread(self._parts.state.save, state)
