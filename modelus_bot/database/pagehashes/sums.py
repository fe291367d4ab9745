"""PageSums: the main file changes only by checkpoints, so every change must be a committed -wal frame.

The hashes lie beside the database. Frames that were committed are collected from the -wal before they
can be checkpointed and written to a journal before each checkpoint of ours; a page that is neither as
recorded nor like any such frame was changed by nobody who may.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loguru import logger

from modelus_bot.database.child import ChildFailed, run_child
from modelus_bot.database.files import write_durably
from modelus_bot.database.pagehashes.comparing import compare_job, encode_sums, read_sums
from modelus_bot.database.pagehashes.wal import PAGE_HASH, Position, Seen, page_hash, read_new_frames

__all__ = ["PageSums", "SumsReport"]

SECONDS = 120.0
EMPTY = frozenset(page_hash(bytes(size)) for size in (512, 1024, 2048, 4096, 8192, 16384, 32768, 65536))
LOOKS = 2
PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class SumsReport:
    """What a look at every page found: pages that nobody may have changed, and how many were explained.

    ``unseen`` pages changed while the -wal was used by others, so that their change may be right:
    whoever asks has to check the file closely and ``adopt`` it. ``known`` is false while there is
    nothing recorded to compare with.
    """

    unexplained: tuple[int, ...] = ()
    unseen: tuple[int, ...] = ()
    explained: int = 0
    pages: int = 0
    known: bool = False
    seconds: float = 0.0


@dataclass(slots=True)
class _Collected:
    """Hashes of committed frames by page, for the generations of the -wal that still matter."""

    pages: dict[int, set[bytes]] = field(default_factory=dict)
    position: Position = field(default_factory=Position)
    size: int | None = None
    gap: bool = False
    settled: bool = False
    """Whether everything committed so far was seen just before a checkpoint of ours."""

    def take(self, seen: Seen, *, settled: bool) -> bool:
        """Add what was seen; returns whether there was anything worth keeping."""
        for page, digests in seen.pages.items():
            self.pages.setdefault(page, set()).update(digests)
        self.gap = self.gap or (seen.restarted and not self.settled)
        changed = bool(seen.pages) or seen.position != self.position or settled != self.settled
        self.settled = settled or (self.settled and not seen.pages and not seen.restarted)
        self.position = seen.position
        self.size = seen.size or self.size
        return changed


class PageSums:
    """Knows what every page of the main file should be; used by one owner, one call after the other."""

    def __init__(self, database: Path) -> None:
        """Keep the hashes beside ``database``; nothing is read yet."""
        self._database = database
        self._wal = database.with_name(database.name + "-wal")
        self._sums = database.with_name(database.name + "-sums")
        self._journal = database.with_name(database.name + "-sums-journal")
        self._collected = _Collected()
        self.strict = True
        """Whether only we checkpoint; where others do, changes can go by unseen and prove nothing."""
        self._turn = asyncio.Lock()
        self._collecting = threading.Lock()
        self._stat: tuple[int, int, int] | None = None
        self._loaded = False

    async def follow(self) -> None:
        """Collect what was committed since the last call, and keep it safely before a checkpoint."""
        await asyncio.to_thread(self._follow)

    def settle(self) -> None:
        """Collect everything that was committed; blocking, for the writer's thread before a checkpoint."""
        self._follow(settled=True)

    async def check(self, *, closed: bool = False) -> SumsReport:
        """Compare every page; changes that are explained are recorded. Raises ``ChildFailed``.

        ``closed`` says that this process has no connection to the file, so that no child is needed.
        """
        async with self._turn:
            if not self._database.exists():
                return SumsReport()
            await asyncio.to_thread(self._follow)
            generation = self._collected.position.salts
            result = await self._compare(None, closed=closed)
            if not result["known"]:
                return SumsReport(pages=result["pages"])
            explained: dict[int, bytes] = {}
            left = self._sort(result["differing"], explained)
            for _ in range(0 if closed else LOOKS):
                if not left:
                    break
                await asyncio.sleep(PAUSE)
                await asyncio.to_thread(self._follow)
                again = await self._compare(left, closed=closed)
                left = self._sort(again["differing"], explained)
            if explained and not left:
                await asyncio.to_thread(self._record, explained, generation)
            gap = self._collected.gap or not self.strict
            if left:
                logger.bind(pages=left[:20], count=len(left), unseen=gap).warning("pages_unexplained")
            return SumsReport(
                () if gap else tuple(left),
                tuple(left) if gap else (),
                len(explained),
                result["pages"],
                known=True,
                seconds=result["seconds"],
            )

    async def adopt(self) -> None:
        """Trust the file as it is now, as after it was replaced by a checked one. Raises ``ChildFailed``."""
        await self._adopt(closed=False)

    async def adopt_closed(self) -> None:
        """Trust the file as it is now; this process has no connection to it."""
        await self._adopt(closed=True)

    async def _adopt(self, *, closed: bool) -> None:
        async with self._turn:
            await asyncio.to_thread(self._forget)
            await self._compare(None, adopt=True, closed=closed)

    async def after_close(self) -> None:
        """Record what the last connection's closing moved into the file; ``settle`` came before it."""
        try:
            report = await self.check(closed=True)
            if not report.known and self._database.exists():
                await self.adopt_closed()
        except ChildFailed as error:
            logger.bind(error=error.detail).warning("page_sums_not_settled")

    async def _compare(self, pages: list[int] | None, *, closed: bool, adopt: bool = False) -> dict[str, Any]:
        task = {"database": str(self._database), "sums": str(self._sums), "pages": pages, "adopt": adopt}
        if not closed:
            return await run_child("pagehashes", task, seconds=SECONDS)
        try:
            return await asyncio.to_thread(compare_job, task, lambda _: None)
        except OSError as error:
            raise ChildFailed(str(error)) from error

    def _follow(self, *, settled: bool = False) -> None:
        with self._collecting:
            self._load_journal()
            stat = _stat(self._wal)
            if stat is not None and stat == self._stat and not settled:
                return
            self._stat = stat
            seen = read_new_frames(self._wal, self._collected.position)
            if self._collected.take(seen, settled=settled):
                self._append(_line(_sets(seen), self._collected))

    def _sort(self, differing: list[list[Any]], explained: dict[int, bytes]) -> list[int]:
        """Put pages whose content was committed into ``explained``; return the others.

        Pages that came with the file's growth and were never written are full of zeros.
        """
        known_sums = read_sums(self._sums)
        recorded = len(known_sums[1]) // PAGE_HASH if known_sums else 0
        left = []
        for number, text in differing:
            digest = bytes.fromhex(text)
            beyond = self._collected.size is not None and number > self._collected.size
            known = self._collected.pages.get(number, ())
            if digest in known or (beyond and not digest) or (number > recorded and digest in EMPTY):
                explained[number] = digest
            else:
                left.append(number)
        return left

    def _record(self, explained: dict[int, bytes], generation: bytes) -> None:
        """Write the new hashes; frames of a -wal that is still being used may be checkpointed again."""
        known = read_sums(self._sums)
        if known is None:
            return
        page_size, sums = known
        hashes = [sums[at : at + PAGE_HASH] for at in range(0, len(sums), PAGE_HASH)]
        for number, digest in sorted(explained.items()):
            while len(hashes) < number:
                hashes.append(bytes(PAGE_HASH))
            hashes[number - 1] = digest
        while hashes and not hashes[-1]:
            hashes.pop()
        write_durably(self._sums, encode_sums(page_size, b"".join(one or bytes(PAGE_HASH) for one in hashes)))
        with self._collecting:
            if generation != self._collected.position.salts:
                return
            current = read_new_frames(self._wal, Position(generation))
            if current.restarted:
                return
            self._collected.pages = _sets(current)
            self._collected.gap = False
            write_durably(self._journal, _line(self._collected.pages, self._collected))

    def _load_journal(self) -> None:
        """Read what an earlier run had seen before its checkpoints; a torn last line is left out."""
        if self._loaded:
            return
        self._loaded = True
        try:
            lines = self._journal.read_text("ascii", "replace").splitlines()
        except OSError:
            return
        for line in lines:
            try:
                entry = json.loads(line)
                pages = {
                    int(page): {bytes.fromhex(one) for one in many} for page, many in entry["pages"].items()
                }
                position = Position(bytes.fromhex(entry["salts"]), int(entry["offset"]))
            except (ValueError, KeyError, TypeError, AttributeError):
                break
            for page, digests in pages.items():
                self._collected.pages.setdefault(page, set()).update(digests)
            self._collected.position = position
            self._collected.size = entry.get("size") or self._collected.size
            self._collected.settled = bool(entry.get("settled"))

    def _append(self, line: bytes) -> None:
        descriptor = os.open(self._journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            os.write(descriptor, line)
            os.fdatasync(descriptor)
        finally:
            os.close(descriptor)

    def _forget(self) -> None:
        self._sums.unlink(missing_ok=True)
        self._journal.unlink(missing_ok=True)
        with self._collecting:
            self._collected = _Collected()
            self._stat = None
            self._loaded = True


def _sets(seen: Seen) -> dict[int, set[bytes]]:
    return {page: set(digests) for page, digests in seen.pages.items()}


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _line(pages: dict[int, set[bytes]], collected: _Collected) -> bytes:
    entry = {
        "salts": collected.position.salts.hex(),
        "offset": collected.position.offset,
        "size": collected.size,
        "settled": collected.settled,
        "pages": {page: sorted(one.hex() for one in digests) for page, digests in pages.items()},
    }
    return json.dumps(entry, separators=(",", ":")).encode() + b"\n"
