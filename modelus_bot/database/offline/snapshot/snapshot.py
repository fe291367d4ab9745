"""Snapshot: the critical tables as files beside the database, and answers from them while it is away."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, TypeVar

from loguru import logger

from modelus_bot.config.snapshot import SnapshotSettings
from modelus_bot.database.core.change_counter import ChangeCounter
from modelus_bot.database.core.errors import DatabaseError, DatabaseUnavailable, ManagerClosed, SchemaMismatch
from modelus_bot.database.core.operation import Query
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.core.visibility.declaration import Viewer, Visibility
from modelus_bot.database.offline.snapshot.age import answered_as_of, note_age
from modelus_bot.database.offline.snapshot.answering import Answering
from modelus_bot.database.offline.snapshot.contents import EVERY_ROW, Contents, kept_contents
from modelus_bot.database.offline.snapshot.folder import SnapshotFolder, UnusableSnapshot
from modelus_bot.database.offline.snapshot.manifest import SnapshotManifest
from modelus_bot.database.schema import SchemaValidator
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.runtime.tasks import ended, owned
from modelus_bot.runtime.timer import Timer
from modelus_bot.runtime.tunables import Pause, Tunable

__all__ = ["Kept", "ReadContents", "Snapshot"]

R = TypeVar("R")

Kept = Mapping[str, str]
ReadContents = Callable[
    [Query[[tuple[str, ...], int, Kept], Contents], tuple[str, ...], int, Kept], Awaitable[Contents]
]
"""Runs the query on the database with these arguments; raises ``DatabaseError`` while it cannot."""

LOOK_AGAIN = Pause(60.0)
"""Seconds after which the database is compared although nobody said that it changed: others write, too."""
MANIFEST_AGE = 3600
"""Seconds after which the manifest is written again although nothing changed, so that its age stays true."""
SHARE = Tunable(20)
"""At most one part in this many of the time goes into snapshots, however large the tables grow."""
RETRY_CAP = 30.0
SETTLE_SECONDS = Tunable(3.0)


class Snapshot:
    """Keeps ``tables`` up to date in ``folder`` and answers queries that read nothing else.

    ``async with`` loads what lies in the folder and starts to save; nothing is saved before ``follow``
    says how the database is read. ``changes`` counts its commits. What is held in memory goes on answering
    when the folder is lost, too.
    """

    def __init__(
        self,
        folder: Path,
        tables: Sequence[str],
        settings: SnapshotSettings,
        changes: ChangeCounter,
        *,
        validator: SchemaValidator | None = None,
        clock: Callable[[], float] = time.time,
        visibility: Visibility | None = None,
        rows: Mapping[str, str] = EVERY_ROW,
    ) -> None:
        """Remember where and what; nothing is read yet. ``rows`` are conditions on what may be kept."""
        self.folder = folder
        self.problem: str | None = None
        """Why the last attempt at saving failed, in words."""
        self._tables, self._rows = tuple(tables), rows
        self.settings = settings
        self.changes = changes
        self._kept = changes.count
        """How many of the changes are in the folder."""
        self._validator = validator or SchemaValidator()
        self._clock = clock
        self._visibility = visibility or Visibility()
        self._read: ReadContents | None = None
        self._files: SnapshotFolder | None = None
        self._answering: Answering | None = None
        self._contents: Contents | None = None
        self.as_of: int | None = None
        """UTC seconds as of which answers are right; None while there is nothing to answer from."""
        self._saved: SnapshotManifest | None = None
        self._pause = Timer()
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._writing: asyncio.Task[None] | None = None

    @property
    def manifest(self) -> SnapshotManifest | None:
        """What lies in the folder."""
        return self._saved

    async def __aenter__(self) -> Self:
        """Load what was saved last, if it is whole, and start the task that saves."""
        self._files = SnapshotFolder(self.folder, await asyncio.to_thread(lambda: self._validator.digest))
        self._answering = Answering(self._validator.scripts, self._visibility)
        await self._load(self._files)
        self._task = owned(self._save_by_and_by(), name="snapshot-saver")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop; what is being saved is finished first. What is new is saved by ``settle``, before."""
        try:
            await self._finish()
        finally:
            self._task = None
            self._tell_what_is_not_saved()
            if self._answering is not None:
                await self._answering.close()

    async def _finish(self) -> None:
        """End the task that saves; a disk that takes its time has some seconds more."""
        if self._task is None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS.value):
                async with self._turn:
                    await ended(self._task)
                await self._written()
        await ended(self._task)

    def _tell_what_is_not_saved(self) -> None:
        """Say so if the folder lacks something at the end, and what that means."""
        if self.changes.count == self._kept:
            return
        saved = self._saved
        if saved is None:
            means = "nothing can be shown while the database is away, until the next snapshot is saved"
        else:
            shown = datetime.fromtimestamp(saved.written_at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
            means = (
                f"while the database is away, what was so at {shown} is shown, until the next one is saved"
            )
        logger.bind(
            folder=str(self.folder),
            error=self.problem or "it was still being saved, and may be whole in the end",
            means=f"No change is lost: the database has all of them. But {means}.",
        ).warning("snapshot_not_saved_at_close")

    def follow(self, read: ReadContents) -> None:
        """From now on save what ``read`` returns; called again after the database was opened anew."""
        self._read = read
        self.changes.add()

    def apply(self, settings: SnapshotSettings) -> None:
        """Go on with an edited pause."""
        self.settings = self.settings.edited(settings)
        self._pause.cut()

    async def settle(self) -> None:
        """Save what is new before the database is closed, within seconds.

        What could not be saved is told at the end: the database may be opened again before.
        """
        try:
            async with asyncio.timeout(SETTLE_SECONDS.value):
                await self._save(last=True)
        except TimeoutError:
            self.problem = f"it took longer than {SETTLE_SECONDS.value:g} seconds"
        except (DatabaseError, OSError) as error:
            self.problem = in_words(error)

    async def answer(
        self, query: Query[..., Any], run: Callable[[ReadTransaction], R], viewer: Viewer | None = None
    ) -> R:
        """Run a kept query on what is held, and remember its age for the reply (``answered_as_of``).

        Raises ``DatabaseError`` when nothing is held or the query reads other tables, and what the query
        raises unchanged.
        """
        contents, as_of, answering = self._contents, self.as_of, self._answering
        if contents is None or as_of is None or answering is None:
            raise DatabaseUnavailable("there is no snapshot to answer from", operation=query.name)
        before = answered_as_of.get()
        note_age(as_of)
        try:
            return await answering.answer(contents, query, run, viewer)
        except DatabaseError:
            answered_as_of.set(before)
            raise

    async def _load(self, files: SnapshotFolder) -> None:
        log = logger.bind(folder=str(self.folder))
        try:
            saved, contents = await asyncio.to_thread(files.load, self._tables)
        except UnusableSnapshot as unusable:
            if not unusable.missing:
                log.bind(reason=str(unusable)).warning("snapshot_not_used")
            return
        self._saved, self._contents, self.as_of = saved, contents, contents.as_of
        log.bind(generation=saved.generation, as_of=contents.as_of).info("snapshot_loaded")

    async def _save_by_and_by(self) -> None:
        """Save after changes and failures, at most so often; look again once in a while without any."""
        failures, seen = 0, 0
        while True:
            if not failures:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_AGAIN.value):
                        await self.changes.beyond(seen)
            seen = self.changes.count
            if self._read is None:
                continue
            started = time.perf_counter()
            try:
                await self._save()
            except (DatabaseError, OSError) as error:
                failures += 1
                self._note_failure(error, first=failures == 1)
            except Exception as error:  # noqa: BLE001 - the saver must outlive any fault of its own
                failures += 1
                logger.opt(exception=error).error("snapshot_fault")
            else:
                failures = 0
                self.problem = None
            await self._rest(time.perf_counter() - started, failures)

    async def _rest(self, took: float, failures: int) -> None:
        """Wait until the next snapshot may be taken."""
        until = time.monotonic()
        while True:
            least = max(self.settings.snapshot_seconds, SHARE.value * took)
            seconds = max(least, min(RETRY_CAP, 0.5 * 2.0 ** min(failures, 10))) if failures else least
            if await self._pause.over(max(0.0, until + seconds - time.monotonic())):
                return

    async def _save(self, *, last: bool = False) -> None:
        """Hold what the database says now, and write what is new; raises ``DatabaseError``, ``OSError``."""
        read, files = self._read, self._files
        if read is None or files is None:
            return
        async with self._turn:
            await self._written()
            changes = self.changes.count
            contents = await read(kept_contents, self._tables, int(self._clock()), self._rows)
            if contents.migrations != tuple(script.id for script in self._validator.scripts):
                raise SchemaMismatch("the database has other migrations than this version")
            if contents != self._contents:
                self._contents = contents
            self.as_of = contents.as_of
            if self._saved is not None and self._saved.describes(contents):
                self._kept = changes
            if self._is_new(contents, last=last):
                self._writing = owned(self._write(files, contents, changes), name="snapshot-writing")
                await asyncio.shield(self._writing)

    async def _write(self, files: SnapshotFolder, contents: Contents, changes: int) -> None:
        """Write to the folder; goes on where nobody waits for it any more."""
        self._saved = await asyncio.to_thread(files.save, contents, self._saved)
        self._kept = changes
        log = logger.bind(generation=self._saved.generation, audit_id=contents.audit_id)
        log.debug("snapshot_saved")

    async def _written(self) -> None:
        """Wait for what somebody gave up waiting for: the folder is written to by one at a time."""
        if self._writing is not None:
            await asyncio.wait({self._writing})
            writing, self._writing = self._writing, None
            if not writing.cancelled() and (error := writing.exception()) is not None:
                self.problem = in_words(error)

    def _is_new(self, contents: Contents, *, last: bool) -> bool:
        """Say whether the folder should be written to."""
        saved = self._saved
        if saved is None:
            return True
        older = contents.as_of - saved.written_at
        return not saved.describes(contents) or older >= (1 if last else MANIFEST_AGE)

    def _note_failure(self, error: Exception, *, first: bool) -> None:
        """Log the first failure of several; the next ones say nothing new, nor does one of closing."""
        self.problem = in_words(error)
        if first and not isinstance(error, ManagerClosed):
            logger.bind(folder=str(self.folder), error=self.problem).warning("snapshot_not_saved")
