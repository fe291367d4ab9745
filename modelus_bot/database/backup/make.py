"""Makes one copy that counts, trying again a few times: written in a child, checked, named."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

from loguru import logger
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_random_exponential

from modelus_bot.config import BackupSettings
from modelus_bot.config.units import MEGABYTE
from modelus_bot.database.backup.facts import CopyFacts
from modelus_bot.database.backup.failures import (
    CopyDamaged,
    FolderBusy,
    NotChecked,
    SourceDamaged,
    failure_of,
)
from modelus_bot.database.backup.folder import CopyFolder
from modelus_bot.database.backup.manifest import BackupManifest
from modelus_bot.database.backup.naming import Kind
from modelus_bot.database.backup.verification import Verifier
from modelus_bot.database.backup.verify_job import Verification
from modelus_bot.database.core.child_answer import from_answer
from modelus_bot.database.core.child_process import ChildFailed, Report
from modelus_bot.database.core.errors import BackupFailed
from modelus_bot.database.integrity import Budget
from modelus_bot.runtime.os_errors import in_words

__all__ = ["UNPACED", "Maker", "seconds_for"]

UNPACED = 1e12
"""Bytes a second where nobody is held up by a copy."""
HELD: frozenset[Kind] = frozenset({"pre_migration", "pre_restore"})
"""Made while everybody is held anyway: the faster, the sooner they go on."""

RETRY_FIRST = 1.0
RETRY_CAP = 60.0
LEAST_SECONDS = 600.0
OTHERS_SECONDS = 900.0
"""How long another program's copy into the same folder is waited for."""

OTHERS_EVERY = 0.1


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, BackupFailed) and not isinstance(error, SourceDamaged | NotChecked)


def seconds_for(size: int, rate: float) -> float:
    """Return after how many seconds copying ``size`` bytes at ``rate`` bytes a second counts as hanging."""
    return LEAST_SECONDS + 3 * size / rate


class Maker:
    """Makes copies of the database at ``database``; of two programs that share the folder one waits."""

    def __init__(
        self, database: Path, folder: CopyFolder, verifier: Verifier, clock: Callable[[], float]
    ) -> None:
        """Remember what to copy where."""
        self._database = database
        self._folder = folder
        self._verifier = verifier
        self._clock = clock

    async def make(
        self, kind: Kind, settings: BackupSettings, tell: Report, budget: Budget | None = None
    ) -> BackupManifest:
        """Return the manifest of a new copy; raises ``BackupFailed`` after the last attempt."""
        attempts = AsyncRetrying(
            stop=stop_after_attempt(settings.attempts),
            wait=wait_random_exponential(multiplier=RETRY_FIRST, max=RETRY_CAP),
            retry=retry_if_exception(_may_pass),
            before_sleep=_log_attempt,
            reraise=True,
        )
        return await attempts(self._once, kind, settings, tell, budget or Budget())

    @asynccontextmanager
    async def folder(self, tell: Report) -> AsyncIterator[None]:
        """Have the folder to oneself; raises ``OSError``, and ``FolderBusy`` when it takes too long."""
        give_up = time.monotonic() + OTHERS_SECONDS
        while True:
            with self._folder.locked() as mine:
                if mine:
                    yield
                    return
            if time.monotonic() > give_up:
                raise FolderBusy(f"another program is working in {self._folder.path}")
            tell({"step": "waiting"})
            await asyncio.sleep(OTHERS_EVERY)

    async def _once(
        self, kind: Kind, settings: BackupSettings, tell: Report, budget: Budget
    ) -> BackupManifest:
        try:
            await asyncio.to_thread(self._folder.prepare)
            async with self.folder(tell):
                name = await asyncio.to_thread(self._folder.new_name, kind, self._clock())
                try:
                    return await self._made(name, kind, settings, tell, budget)
                except BaseException:
                    await asyncio.to_thread(self._folder.discard, name)
                    raise
        except (ChildFailed, OSError) as error:
            raise failure_of(error) from error

    async def _made(
        self, name: str, kind: Kind, settings: BackupSettings, tell: Report, budget: Budget
    ) -> BackupManifest:
        started, began = self._clock(), time.perf_counter()
        rate = UNPACED if kind in HELD else settings.megabytes_per_second * MEGABYTE
        facts = await self._copied(name, rate, tell, budget)
        found = await self._verifier.verified(self._folder.partial(name), facts, rate, tell, budget)
        if found.report.damaged:
            raise CopyDamaged("; ".join(found.report.problems[:3]))
        listed = await asyncio.to_thread(self._folder.listing)
        manifest = manifest_of(found, facts, name, kind, started).model_copy(
            update={
                "sequence": 1 + listed.newest_sequence,
                "seconds": time.perf_counter() - began,
                "verified_at": self._clock(),
            }
        )
        return await asyncio.to_thread(self._folder.finish, manifest)

    async def _copied(self, name: str, rate: float, tell: Report, budget: Budget) -> CopyFacts:
        task = {"source": str(self._database), "target": str(self._folder.partial(name)), "rate": rate}
        size = await asyncio.to_thread(_size, self._database)
        answer = await budget.child("copy", task, on_progress=tell, seconds=seconds_for(size, rate))
        return from_answer(CopyFacts, answer)


def manifest_of(
    found: Verification, facts: CopyFacts, name: str, kind: Kind, created_at: float
) -> BackupManifest:
    """Put together what is known of a copy that is not damaged."""
    return BackupManifest(
        **asdict(facts),
        name=name,
        kind=kind,
        created_at=created_at,
        schema_digest=found.report.schema_digest,
        migrations=found.migrations,
        status="verified" if found.report.ok else "flawed",
        problems=found.report.problems,
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _log_attempt(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome is not None else None
    logger.bind(attempt=state.attempt_number, error=in_words(error) if error is not None else "").warning(
        "backup_attempt_failed"
    )
