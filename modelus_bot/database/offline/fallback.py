"""Fallback: what serves people while the database is away, and what happens first when it is back."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from loguru import logger

from modelus_bot.clock.clock import Clock
from modelus_bot.config import DegradationSettings, Settings, SnapshotSettings
from modelus_bot.database.core.alert import Alert
from modelus_bot.database.core.append_file import journal_path
from modelus_bot.database.core.audit.entry import AuditEntry, command_entry
from modelus_bot.database.core.audit.fallback_log import AuditFile, audit_path
from modelus_bot.database.core.change_counter import ChangeCounter
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import (
    DatabaseError,
    DatabaseUnavailable,
    DiskFull,
    JournalUnavailable,
    OutcomeUnknown,
)
from modelus_bot.database.core.instance_lock import meant
from modelus_bot.database.core.notifier import NOBODY, Notifier, Overseer
from modelus_bot.database.core.operation import Query, Write
from modelus_bot.database.core.system_errors import as_database_error
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.core.visibility.declaration import Viewer, Visibility
from modelus_bot.database.engine import Version
from modelus_bot.database.offline.hot_reads import HotReads, log_stamp
from modelus_bot.database.offline.journal.answered import answered
from modelus_bot.database.offline.journal.deferred import WriteDeferred
from modelus_bot.database.offline.journal.journal import Journal
from modelus_bot.database.offline.journal.outcomes import Explain
from modelus_bot.database.offline.journal.reconciliation import Reconciliation
from modelus_bot.database.offline.journal.replaying import Submit, Telling
from modelus_bot.database.offline.reserve import reserve_beside
from modelus_bot.database.offline.snapshot.contents import EVERY_ROW
from modelus_bot.database.offline.snapshot.folder import snapshot_folder
from modelus_bot.database.offline.snapshot.snapshot import Snapshot
from modelus_bot.database.offline.space import SpaceWatch
from modelus_bot.database.offline.wait_policy import WaitPolicy

__all__ = ["Fallback"]

R = TypeVar("R")

JOURNAL_PATIENCE = 20.0
"""Seconds that somebody waits for the disk to take a change that is saved for later."""

CATCH_UP_FIRST, CATCH_UP_CAP = 0.5, 5.0
"""Seconds between two attempts at what could not be applied although the database works."""


class Fallback:
    """Journal, snapshot, hot answers, fallback log and disk reserve of one database file.

    ``tables`` are the ones that queries are answered from while the database is away, of some only the
    ``rows`` that a condition lets out of the file. ``telling`` makes the
    write that lets the authors of saved changes know what became of them, ``explain`` the sentences in it.
    Viewers see what ``visibility`` lets them. ``disk_full`` and ``room`` tell how the disk's space comes and
    goes.
    """

    def __init__(
        self,
        path: Path,
        *,
        degradation: DegradationSettings,
        snapshot: SnapshotSettings,
        reserve_megabytes: int,
        tables: Sequence[str],
        telling: Telling,
        explain: Explain,
        clock: Clock | None = None,
        overseer: Overseer = NOBODY,
        visibility: Visibility | None = None,
        rows: Mapping[str, str] = EVERY_ROW,
    ) -> None:
        """Build the parts; nothing is read or started yet."""
        path = meant(path)
        self.changes = ChangeCounter()
        """Counts what makes stale what is kept here."""
        self.journal = Journal(journal_path(path), degradation, telling=telling, explain=explain, clock=clock)
        self.snapshot = Snapshot(
            snapshot_folder(path), tables, snapshot, self.changes, visibility=visibility, rows=rows
        )
        self.reserve = reserve_beside(path, reserve_megabytes)
        self.audit_file = AuditFile(audit_path(path), overseer=overseer)
        self.disk_full, self.room = Notifier[DiskFull](), Notifier[None]()
        self.space = SpaceWatch(self.reserve, self.disk_full.tell, functools.partial(self.room.tell, None))
        self.hot = HotReads(snapshot, self.changes, self._version, log_stamp(path))
        self.waits = WaitPolicy(degradation, self.journal, self.snapshot)
        self._overseer = overseer
        self._next_try, self._pause = 0.0, CATCH_UP_FIRST
        self._ask_version: Callable[[], Awaitable[Version]] | None = None
        self._parts = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Read what an earlier run left, and hold the disk's reserve."""
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.journal)
            await stack.enter_async_context(self.audit_file)
            await stack.enter_async_context(self.snapshot)
            await stack.enter_async_context(self.space)
            self._parts = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop saving; what waits stays in its file."""
        await self._parts.aclose()

    def apply(self, edited: Settings) -> None:
        """Go on with edited settings."""
        self.space.apply(edited.maintenance.reserve_megabytes)
        self.waits.apply(edited.degradation)
        self.journal.apply(edited.degradation)
        self.snapshot.apply(edited.snapshot)
        self.hot.apply(edited.snapshot)

    def follow(self, read: Callable[..., Awaitable[Any]], version: Callable[[], Awaitable[Version]]) -> None:
        """Take snapshots through ``read``, and ask ``version`` whether other programs have written."""
        self._ask_version = version
        self.snapshot.follow(read)

    async def defer(self, write: Write[Any], context: Context, cause: DatabaseError) -> WriteDeferred:
        """Save a write for later; raises ``cause`` when it cannot wait, and what the journal raises."""
        if not write.deferrable or not cause.away:
            raise cause
        self.waits.waited_in_vain()
        number = await self._appended(write, context, cause)
        await self.note(
            command_entry(
                "journal",
                str(number),
                at=context.at,
                actor=context.actor,
                reason=context.reason,
                request_id=context.request_id,
                new={"operation": type(write).__name__},
            )
        )
        return WriteDeferred(number, type(write).__name__, context.at)

    async def _appended(self, write: Write[Any], context: Context, cause: DatabaseError) -> int:
        """Save a write in the journal and return its number.

        A write that may have been made already is never said not to be saved, whatever the journal says;
        nor is one that the journal may hold.
        """
        try:
            async with asyncio.timeout(JOURNAL_PATIENCE):
                return await self.journal.append(write, context)
        except Exception as error:
            logger.bind(reference=cause.reference, error=str(error)).warning("change_not_saved_for_later")
            if isinstance(cause, OutcomeUnknown):
                raise cause from error
            if isinstance(error, DatabaseError):
                raise
            raise OutcomeUnknown(f"journal: {error!r}", operation=type(write).__name__) from error

    async def note(self, entry: AuditEntry) -> None:
        """Keep an audit entry about what happened beside the database; failing is logged only."""
        try:
            async with asyncio.timeout(JOURNAL_PATIENCE):
                await self.audit_file.append(entry)
        except Exception as error:  # noqa: BLE001 - what the entry is about has happened all the same
            failure = as_database_error(error)
            logger.bind(reference=failure.reference, error=failure.detail).warning("audit_entry_not_kept")

    async def answer(
        self,
        query: Query[..., R],
        run: Callable[[ReadTransaction], R],
        cause: DatabaseError,
        viewer: Viewer | None = None,
    ) -> R:
        """Answer from the last snapshot; raises ``cause`` when there is none or the query is not kept."""
        if not cause.away or not self.waits.can_answer(query):
            raise cause
        self.waits.waited_in_vain()
        try:
            return await self.snapshot.answer(query, run, viewer)
        except (OSError, MemoryError) as error:
            raise cause from error

    def suspect(self, error: DatabaseError) -> None:
        """Give up the reserve when the disk is full, so that there is space to save changes in."""
        if isinstance(error, DiskFull):
            self.reserve.release()

    async def require_space(self) -> None:
        """Raise ``DiskFull`` while the reserve that was given up cannot be held again."""
        if not await asyncio.to_thread(self.reserve.restore):
            raise DiskFull("there is not enough free space to go on safely")

    async def come_back(self, submit: Submit, read: Callable[..., Awaitable[Any]]) -> None:
        """Apply what was saved for later, before anything new; raises ``DatabaseError`` if it fails again."""
        if not self.journal.unfinished:
            return
        try:
            report = await self.journal.replay(submit, answered=functools.partial(read, answered))
        except (JournalUnavailable, OutcomeUnknown) as error:
            logger.bind(reference=error.reference, error=error.detail).error("journal_not_replayed")
            return
        if not report.empty:
            self._overseer.tell(_replayed(report))
        if report.waiting:
            raise DatabaseUnavailable(f"{report.waiting} saved changes could not be applied yet")

    def owes(self) -> bool:
        """Say whether something waits although everything works, and it is time to try it again."""
        return self.journal.unfinished and time.monotonic() >= self._next_try

    def tried(self, *, worked: bool) -> None:
        """Note how that try ended: after failures the pauses grow."""
        self._pause = CATCH_UP_FIRST if worked else min(CATCH_UP_CAP, self._pause * 2)
        self._next_try = 0.0 if worked else time.monotonic() + self._pause

    async def _version(self) -> Version:
        if self._ask_version is None:
            raise DatabaseUnavailable("never opened")
        return await self._ask_version()


def _replayed(report: Reconciliation) -> Alert:
    severity: Literal["info", "warning"] = "warning" if report.refused or report.expired else "info"
    return Alert("journal_replayed", report.words, severity)
