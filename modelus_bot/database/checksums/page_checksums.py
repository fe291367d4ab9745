"""PageChecksums: notices pages of the main file whose content nobody wrote, which SQLite cannot see."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, Self

from loguru import logger

from modelus_bot.database.checksums.expected_hashes import ExpectedHashes
from modelus_bot.database.checksums.report import ChecksumReport
from modelus_bot.database.checksums.tracker import ChecksumTracker
from modelus_bot.database.core.child_process import Report, run_child
from modelus_bot.database.core.sidecar import Sidecar
from modelus_bot.database.engine import Epoch
from modelus_bot.database.format.page_hash import HASH_BYTES

__all__ = ["PageChecksums"]

CHILD_SECONDS = 600.0
SECOND_LOOKS = (0.05, 0.5)
"""Pauses in seconds before pages that differ are read again: a checkpoint may be writing them."""

WHOLE_LOOKS = 3
"""How often the file is read when commits are missed while it is read."""


class Runner(Protocol):
    """How the job is run: ``run_child``."""

    def __call__(
        self, job: str, task: dict[str, Any], *, on_progress: Report | None, seconds: float | None
    ) -> Awaitable[dict[str, Any]]:
        """Run it."""
        ...


@dataclass(frozen=True, slots=True)
class _FileLook:
    """Hashes of neighbouring pages, as a child read them."""

    page_size: int
    first: int
    hashes: bytes
    whole: bool
    cpu_seconds: float

    @property
    def count(self) -> int:
        return len(self.hashes) // HASH_BYTES


class PageChecksums:
    """Keeps a hash of every page of ``database``'s main file beside it and follows its -wal.

    Inside ``async with`` connections may be open, and a thread looks at the -wal forty times a second.
    Outside of it nothing may write the file, unless ``forget`` comes before and ``adopt`` after. The writer
    commits ``epoch`` before its first change; without one the file's own number stands for it.
    """

    def __init__(self, database: Path, epoch: Epoch | None = None, *, run: Runner = run_child) -> None:
        """Remember where things are; nothing is read yet."""
        self._database = database
        self._follower = ChecksumTracker(database, epoch)
        self._run = run
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Self:
        """Start following the -wal; enter before the first connection is opened."""
        await asyncio.to_thread(self._follower.start)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop following; leave after the last connection was closed."""
        async with self._turn:
            await asyncio.to_thread(self._follower.finish)

    @property
    def gap(self) -> bool:
        """Whether commits were missed, so that a check of the whole file should come soon."""
        return self._follower.gap

    @property
    def sidecar(self) -> Sidecar:
        """Whether the sums can be kept on the disk at present."""
        return self._follower.sidecar

    @property
    def frames(self) -> int | None:
        """How many frames there were in the -wal a moment ago; None while nobody knows."""
        return self._follower.frames

    async def comparable(self) -> bool:
        """Say whether there are hashes that missed no commit; without them a check trusts what it finds."""
        async with self._turn:
            expected = await asyncio.to_thread(self._follower.current)
            return expected is not None and not expected.known.missed

    async def check(
        self, first: int = 1, last: int | None = None, *, bytes_per_second: int = 0
    ) -> ChecksumReport:
        """Compare the file, or its pages ``first`` to ``last``, with the hashes.

        Without hashes the file is trusted as it is. Raises ``ChildFailed`` when it cannot be read.
        """
        async with self._turn:
            started = time.perf_counter()
            expected = await asyncio.to_thread(self._follower.current)
            if expected is None:
                look = await self._adopt()
                report = ChecksumReport(look.count, adopted=True, cpu_seconds=look.cpu_seconds)
            else:
                report = await self._checked(expected, first, last, bytes_per_second)
            report = replace(report, seconds=time.perf_counter() - started)
            _tell(report)
            return report

    async def adopt(self) -> None:
        """Trust the file as it is from now on."""
        async with self._turn:
            await self._adopt()

    async def forget(self) -> None:
        """Drop the hashes, on the disk as well: call it before the file is replaced or written unobserved.

        Raises ``OSError``.
        """
        async with self._turn:
            await asyncio.to_thread(self._follower.forget)

    def note_commits(self) -> None:
        """Note every commit on the disk; blocks. For when nobody can commit: right before the -wal is moved.

        That is on the writer's thread before a checkpoint, and between two openings of connections.
        """
        self._follower.poll_durably()

    async def _adopt(self) -> _FileLook:
        look = await self._look(0, 1, None, 0)
        await asyncio.to_thread(self._follower.trust, look.page_size, look.hashes)
        return look

    async def _checked(
        self, expected: ExpectedHashes, first: int, last: int | None, pace: int
    ) -> ChecksumReport:
        report = ChecksumReport()
        for _ in range(WHOLE_LOOKS):
            gaps = await asyncio.to_thread(self._follower.begin_look, expected)
            try:
                most = None if expected.known.missed else expected.allowed
                look = await self._look(expected.page_size, first, last, pace, most)
                report = await self._judged(expected, look, gaps)
            finally:
                self._follower.end_look(expected)
            if expected.gaps == gaps:
                break
        return report

    async def _judged(self, expected: ExpectedHashes, look: _FileLook, gaps: int) -> ChecksumReport:
        follower = self._follower
        verdict = await asyncio.to_thread(
            follower.compare, expected, look.first, look.hashes, whole=look.whole
        )
        explained = verdict.explained + len(verdict.wrong)
        wrong: dict[int, bytes | None] = dict.fromkeys(verdict.wrong)
        for pause in SECOND_LOOKS:
            if not wrong:
                break
            await asyncio.sleep(pause)
            found = await self._read_again(expected.page_size, sorted(wrong))
            verdict = await asyncio.to_thread(follower.compare_some, expected, found)
            wrong = {page: found[page] for page in verdict.wrong}
        report = await asyncio.to_thread(follower.conclude, expected, wrong, whole=look.whole, gaps=gaps)
        return replace(
            report, pages=look.count, explained=explained - len(wrong), cpu_seconds=look.cpu_seconds
        )

    async def _look(
        self, page_size: int, first: int, last: int | None, pace: int, most: int | None = None
    ) -> _FileLook:
        pieces: dict[int, bytes] = {}

        def keep(piece: dict[str, Any]) -> None:
            pieces[piece["first"]] = base64.b64decode(piece["hashes"])

        task = {
            "path": str(self._database),
            "page_size": page_size,
            "first": first,
            "last": last,
            "bytes_per_second": pace,
            "most": most,
        }
        answer = await self._run(
            "page_checksums",
            task,
            on_progress=keep,
            seconds=CHILD_SECONDS,
        )
        whole = first == 1 and last is None
        hashes = b"".join(pieces[at] for at in sorted(pieces))
        return _FileLook(answer["page_size"], first, hashes, whole, answer["cpu_seconds"])

    async def _read_again(self, page_size: int, pages: list[int]) -> dict[int, bytes | None]:
        task = {"path": str(self._database), "page_size": page_size, "pages": pages}
        answer = await self._run("page_checksums", task, on_progress=None, seconds=CHILD_SECONDS)
        found = (None if item is None else bytes.fromhex(item) for item in answer["listed"])
        return dict(zip(pages, found, strict=True))


def _tell(report: ChecksumReport) -> None:
    log = logger.bind(
        pages=report.pages,
        explained=report.explained,
        unexplained=list(report.unexplained[:20]),
        unclear=list(report.unclear[:20]),
        shadowed=list(report.shadowed[:20]),
        milliseconds=round(report.seconds * 1000),
    )
    if report.unexplained:
        log.error("pages_altered")
    elif report.unclear or report.shadowed:
        log.warning("pages_unclear")
    else:
        log.debug("pages_compared")
