"""Journal: saves changes in a file while the database is away, and applies them in order when it is back."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any, Self

from loguru import logger

from modelus_bot.clock.clock import Clock
from modelus_bot.config import DegradationSettings
from modelus_bot.config.units import MEGABYTE
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import (
    JournalFull,
    JournalTooOld,
    JournalUnavailable,
    QueryFailed,
    RequestConflict,
)
from modelus_bot.database.core.framing import frame
from modelus_bot.database.core.operation import Write
from modelus_bot.database.offline.journal.entry import JournalEntry, entry_of, new_request_id
from modelus_bot.database.offline.journal.outcomes import Explain, explain_plainly
from modelus_bot.database.offline.journal.reconciliation import Reconciliation
from modelus_bot.database.offline.journal.registry import operation_name
from modelus_bot.database.offline.journal.replaying import Answered, Replay, Submit, Telling
from modelus_bot.database.offline.journal.store import Store

__all__ = ["Journal"]

HOUR = 3600


class Journal:
    """The changes that wait for one database; the bot's instance lock sees to it that there is one owner.

    ``explain`` puts into words why a change was refused, ``telling`` makes the write that queues
    messages to authors; both belong to the subject of notices.
    """

    def __init__(
        self,
        path: Path,
        settings: DegradationSettings,
        *,
        explain: Explain = explain_plainly,
        telling: Telling | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Remember what to open; nothing is touched yet."""
        self.path = path
        self._clock = clock or Clock()
        self.settings = settings
        self._explain, self._telling = explain, telling
        self.depth = 0
        """How many changes wait, those on their way to the disk included."""
        self._store = Store(path, self._counted)
        self._replaying = asyncio.Lock()
        self._at_rest = asyncio.Event()
        self._at_rest.set()
        self._closed = False

    async def __aenter__(self) -> Self:
        """Read what waits; a file that cannot be read now is tried again when it is needed."""
        self._closed = False
        try:
            await self._store.load()
        except JournalUnavailable as error:
            logger.bind(path=str(self.path), error=error.detail).warning("journal_not_read")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let what is being saved reach the disk, and close the file; it is read anew when opened again."""
        self._closed = True
        await self._store.close()
        self._store = Store(self.path, self._counted)
        self.depth = 0

    @property
    def unfinished(self) -> bool:
        """Whether a replay has something to do: changes, authors to be told, or a file not read yet."""
        store = self._store
        return bool(self.depth or store.state.settled or not store.loaded)

    @property
    def oldest_at(self) -> int | None:
        """When the oldest change that waits was saved, in UTC seconds; None when none waits."""
        return min((entry.saved_at for entry in self._store.state.waiting.values()), default=None)

    @property
    def bytes(self) -> int:
        """How large the file is, with what is on its way."""
        return self._store.size

    @property
    def damaged(self) -> int:
        """How many pieces of the file were found damaged when it was opened, and set aside."""
        return self._store.damaged

    def pending(self) -> tuple[JournalEntry, ...]:
        """Return the changes that wait, in the order in which they will be applied."""
        return tuple(self._store.state.in_order())

    def request_ids(self) -> frozenset[str]:
        """Return the request ids that the database must not forget: a replay may ask for them again."""
        return self._store.request_ids()

    def apply(self, settings: DegradationSettings) -> None:
        """Go on with other limits."""
        self.settings = settings

    async def append(self, write: Write[Any], context: Context) -> int:
        """Save a change for later and return its number once it is on the disk.

        The same request gets the same number. Raises ``JournalFull``, ``JournalUnavailable``,
        ``RequestConflict``, or ``OutcomeUnknown`` when the disk failed in a way that leaves open what a
        restart will find. A caller that is cancelled may have saved it.
        """
        operation = operation_name(type(write))
        if not write.deferrable:
            raise QueryFailed("it cannot wait", operation=operation)
        await self._store.load()
        if self._closed:
            raise JournalUnavailable("the journal is closed", operation=operation)
        context = context.numbered(context.request_id or new_request_id())
        entry = self._store.known(context.request_id or "")
        if entry is None:
            entry = self._save(operation, write, context)
        elif entry.operation != operation or type(write).model_validate_json(entry.parameters) != write:
            raise RequestConflict(f"request {entry.request_id} was {entry.operation}", operation=operation)
        return await self._store.saved(entry)

    async def replay(self, submit: Submit, *, answered: Answered | None = None) -> Reconciliation:
        """Apply what waits through ``submit``, by priority and then by number, and tell the authors.

        Stops at the first sign that the database is away again; what is left waits for the next replay.
        ``answered`` says which request ids the database has seen. Raises ``JournalUnavailable`` when
        the file cannot be read or written; nobody has been told anything then that could change.
        """
        async with self._replaying:
            self._at_rest.clear()
            try:
                await self._store.load()
                hours = self.settings.journal_hours
                replay = Replay(
                    self._store, submit, self._telling, self._explain, answered, hours, self._clock
                )
                return await replay.run()
            finally:
                self._at_rest.set()

    async def drained(self, seconds: float) -> bool:
        """Wait so long for a replay to end that is under way, and say whether nothing waits any more.

        Who waits for it need not be saved behind the others: under steady load a replay would never end.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._at_rest.wait()
        return self.depth == 0

    def _counted(self, depth: int) -> None:
        self.depth = depth

    def _save(self, operation: str, write: Write[Any], context: Context) -> JournalEntry:
        """Put a new entry on its way to the disk, unless there are too many or they wait for too long."""
        first = next(iter(self._store.state.waiting.values()), None)
        if first is not None and self._clock.older(first.saved_at, self.settings.journal_hours * HOUR):
            why = f"the oldest of {self.depth} changes waits since {first.saved_at}"
            raise JournalTooOld(why, operation=operation)
        entry = entry_of(
            self._store.state.take_number(),
            operation,
            write,
            context,
            saved_at=int(self._clock()),
            max_retries=self.settings.journal_retries,
        )
        line = frame(entry.body())
        if self.bytes + len(line) > self.settings.journal_megabytes * MEGABYTE:
            raise JournalFull(f"{self.depth} changes wait, {self.bytes} bytes", operation=operation)
        self._store.save(entry, line)
        return entry
