"""The journal's file and what is known of it, kept in step: what is known is on the disk first."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from loguru import logger

from modelus_bot.database.core.append_file import AppendFile, UndoFailed
from modelus_bot.database.core.errors import JournalUnavailable, OutcomeUnknown
from modelus_bot.database.core.framing import Scan, frame
from modelus_bot.database.offline.journal.entry import JournalEntry, Settled
from modelus_bot.database.offline.journal.state import JournalState
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.runtime.tasks import Outside

__all__ = ["Store"]

T = TypeVar("T")

CLOSE_PATIENCE = 5.0
"""Seconds that closing waits for a disk that hangs."""


@dataclass(frozen=True, slots=True)
class _Saving:
    """An entry on its way to the disk."""

    entry: JournalEntry
    line: bytes
    saved: asyncio.Future[int]


class Store:
    """Entries and what became of them, in memory and in one file.

    All work on the file goes on one after another in threads, and to its end even if who asked for it
    is cancelled. Entries that come while the disk is busy are saved together with one flush.
    """

    def __init__(self, path: Path, counted: Callable[[int], None]) -> None:
        """Remember what to open; nothing is touched yet.

        ``counted`` is told how many entries wait whenever that may have changed.
        """
        self.state = JournalState()
        self.loaded = False
        self.damaged = 0
        """How many pieces of the file were found damaged and set aside."""
        self._counted = counted
        self._file = AppendFile(path)
        self._queue: list[_Saving] = []
        self._saving: dict[str, _Saving] = {}
        self._coming = 0
        self._on_disk = asyncio.Lock()
        self._outside = Outside()
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def depth(self) -> int:
        """How many entries wait, those on their way to the disk included."""
        return len(self.state.waiting) + len(self._saving)

    @property
    def size(self) -> int:
        """How many bytes the file has, with what is on its way."""
        return self._file.size + self._coming

    def waiting(self) -> tuple[JournalEntry, ...]:
        """Return the entries that wait and are on the disk, in no order."""
        return tuple(self.state.waiting.values())

    async def load(self) -> None:
        """Read the file unless that was done; raises ``JournalUnavailable``."""
        if not self.loaded:
            await self._alone(self._load)

    async def close(self) -> None:
        """Let what is being done with the file end, and close it; nobody is told how many wait any more."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_PATIENCE)
        self._counted = _nobody
        self._file.close()

    def request_ids(self) -> frozenset[str]:
        """Return the request ids of all that is here or on its way, decided or not."""
        return self.state.request_ids() | self._saving.keys()

    def known(self, request_id: str) -> JournalEntry | None:
        """Return the entry with this request id that is here or on its way."""
        saving = self._saving.get(request_id)
        return saving.entry if saving is not None else self.state.known(request_id)

    def save(self, entry: JournalEntry, line: bytes) -> None:
        """Put a new entry on its way to the disk."""
        saving = _Saving(entry, line, asyncio.get_running_loop().create_future())
        saving.saved.add_done_callback(_look_at)
        self._saving[entry.request_id] = saving
        self._coming += len(line)
        self._queue.append(saving)
        self._counted(self.depth)
        if len(self._queue) == 1:
            self._start(self._flush())

    async def saved(self, entry: JournalEntry) -> int:
        """Return the number of an entry once it is on the disk; raises what ``Journal.append`` does."""
        saving = self._saving.get(entry.request_id)
        return entry.number if saving is None else await asyncio.shield(saving.saved)

    async def all_saved(self) -> None:
        """Wait until nothing is on its way to the disk."""
        while self._saving:
            await asyncio.wait([item.saved for item in self._saving.values()])

    async def settle(self, decided: Sequence[Settled], tried: Sequence[JournalEntry]) -> None:
        """Note decisions and counted tries; raises like ``Journal.append``, and then nothing was noted."""
        bodies = [*(item.body() for item in decided), *(item.tried_body() for item in tried)]

        async def work() -> None:
            await self._write(b"".join(map(frame, bodies)))
            for item in decided:
                self.state.settle(item)
            for again in tried:
                self.state.tried(again)
            self._counted(self.depth)

        if bodies:
            await self._alone(work)

    async def told(self, found: Sequence[Settled]) -> None:
        """Forget what authors have been told, and make the file as short as it can be."""

        async def work() -> None:
            self.state.told(found)
            await self._rewrite()

        await self._alone(work)

    async def set_refused_aside(self, entries: Sequence[JournalEntry]) -> None:
        """Keep entries that nobody can apply in a file for operators; raises ``JournalUnavailable``."""
        lines = b"".join(frame(entry.body()) for entry in entries)
        await self._alone(lambda: asyncio.to_thread(self._file.set_aside, ".refused", lines))

    async def _flush(self) -> None:
        """Save everything that has come together by the time the disk is free."""
        async with self._on_disk:
            batch, self._queue = self._queue, []
            error: Exception | None = None
            try:
                await self._write(b"".join(item.line for item in batch))
                for item in batch:
                    self.state.add(item.entry)
            except Exception as failure:  # noqa: BLE001 - whatever it is, those who wait have to hear of it
                error = failure
            for item in batch:
                del self._saving[item.entry.request_id]
                self._coming -= len(item.line)
                if error is not None:
                    item.saved.set_exception(_failure(error, item.entry.operation))
                else:
                    item.saved.set_result(item.entry.number)
            self._counted(self.depth)

    async def _write(self, lines: bytes) -> None:
        """Add lines; a file that is gone from its path is made anew of what is known. Raises ``OSError``."""
        if not self._file.is_open or not await asyncio.to_thread(self._append_in_place, lines):
            await self._rewrite(lines)

    def _append_in_place(self, lines: bytes) -> bool:
        if not self._file.is_in_place():
            return False
        self._file.append(lines)
        return True

    async def _rewrite(self, more: bytes = b"") -> None:
        position = self.state.state()
        await asyncio.to_thread(lambda: self._file.replace(position.content() + more))

    async def _load(self) -> None:
        if self.loaded:
            return
        found, self.state, strange = await asyncio.to_thread(self._read)
        self.loaded = True
        self._counted(self.depth)
        lost = (*found.damaged, *(frame(body) for body in strange))
        if lost:
            self.damaged += len(lost)
            await self._set_damaged_aside(lost)

    def _read(self) -> tuple[Scan, JournalState, list[bytes]]:
        found = self._file.open()
        return found, *JournalState.of(found.bodies)

    async def _set_damaged_aside(self, lost: Sequence[bytes]) -> None:
        """Keep damaged pieces for an operator and cut them out; the next start tries again if that fails."""
        log = logger.bind(path=str(self._file.path), pieces=len(lost))
        try:
            await asyncio.to_thread(self._file.set_aside, ".damaged", b"".join(map(_ended, lost)))
            await self._rewrite()
        except OSError as error:
            log.bind(error=in_words(error)).error("journal_lines_damaged_and_left")
        else:
            log.error("journal_lines_damaged")

    async def _alone(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do something with the file while nothing else does."""

        async def turn() -> T:
            async with self._on_disk:
                return await work()

        try:
            return await asyncio.shield(self._start(turn()))
        except (OSError, MemoryError) as error:
            raise _failure(error, None) from error

    def _start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = self._outside.start(work, name="journal")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _nobody(depth: int) -> None:
    """Take no notice of how many wait."""


def _failure(error: Exception, operation: str | None) -> Exception:
    """Return what callers hear of a failing disk."""
    failure = error
    if isinstance(error, UndoFailed):
        failure = OutcomeUnknown(f"journal: {in_words(error)}", operation=operation)
    elif not isinstance(error, OSError):
        failure = OutcomeUnknown(f"journal: {error!r}", operation=operation)
    else:
        code = errno.errorcode.get(error.errno or 0)
        failure = JournalUnavailable(f"journal: {in_words(error)}", code_name=code, operation=operation)
    failure.__cause__ = error if failure is not error else error.__cause__
    return failure


def _look_at(future: asyncio.Future[int]) -> None:
    """Take note of a failure that nobody may be waiting for any more."""
    if not future.cancelled():
        future.exception()


def _ended(piece: bytes) -> bytes:
    return piece if piece.endswith(b"\n") else piece + b"\n"
