"""A restore that nobody needs yet: proves that copies and archive can be restored, and how fast."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

from loguru import logger
from pydantic import Field, TypeAdapter

from modelus_bot.database.backup import Moment
from modelus_bot.database.core.errors import BackupFailed, DatabaseError
from modelus_bot.database.core.sidecar_paths import parts_of
from modelus_bot.database.integrity import Budget
from modelus_bot.database.recovery.recovery_context import RecoveryContext
from modelus_bot.runtime.atomic_files import PARTIAL, write_durably
from modelus_bot.runtime.os_errors import in_words

__all__ = ["Drill", "DrillResult"]

KEPT = 200
NOTHING = "nothing"
"""Source of the record of a drill for which there was nothing to restore from."""


@dataclass(frozen=True, slots=True)
class DrillResult:
    """One rehearsal: what was restored, whether everything was found whole, and the seconds it took.

    ``at`` is when it was done, ``moment`` the time of the restored state, both UTC seconds.
    """

    at: Annotated[int, Field(ge=0, lt=2**53)]
    source: str
    ok: bool
    seconds: float
    moment: Moment
    rows: Annotated[int, Field(ge=0, lt=2**63)]
    problems: tuple[str, ...] = ()


_RESULTS = TypeAdapter(tuple[DrillResult, ...])


class Drill:
    """Restores the newest backup and a random past moment into scratch files and checks them fully."""

    def __init__(self, context: RecoveryContext, pick: random.Random | None = None) -> None:
        """Keep the results in the folder of the backups, where they outlive the database."""
        self._context = context
        self._pick = pick or random.Random()
        self._turn = asyncio.Lock()
        self._log = context.backups.folder / f"{context.path.stem}-drills.json"
        self._tried_at = 0.0
        self._empty = False

    @property
    def tried_at(self) -> float | None:
        """When the last drill was begun, in UTC seconds, whatever became of it; None before the first."""
        newest = next(iter(self._known()), None)
        return max(self._tried_at, float(newest.at) if newest is not None else 0.0) or None

    def results(self) -> tuple[DrillResult, ...]:
        """Return past results, newest first."""
        return tuple(item for item in self._known() if item.source != NOTHING)

    def _known(self) -> tuple[DrillResult, ...]:
        """Return what the log says, with the drills for which there was nothing to restore."""
        try:
            return _RESULTS.validate_json(self._log.read_bytes())
        except FileNotFoundError:
            return ()
        except (OSError, ValueError) as error:
            logger.bind(path=str(self._log), error=in_words(error)).warning("drill_log_unreadable")
            return ()

    async def run(self, on_step: Callable[[str], None] = lambda _: None) -> tuple[DrillResult, ...]:
        """Rehearse both restores now and return their results; failures alert administrators.

        Returns nothing, and says so to administrators, when there is nothing to restore from.
        """
        async with self._turn:
            self._tried_at = self._context.clock()
            done, budget = [], Budget()
            if (manifest := self._context.backups.newest_verified()) is not None:
                on_step(f"restoring {manifest.name}")
                name = manifest.name

                async def copy(target: Path) -> float:
                    await self._context.backups.restore_to(name, target)
                    return float(manifest.created_at)

                done.append(await self._rehearse(f"backup {name}", copy, budget))
                if done[-1].ok:
                    await self._note_in(name)
            if (span := await self._span()) is not None:
                at = self._pick.uniform(*span)
                on_step("restoring a past moment from the archive")

                async def moment(target: Path) -> float:
                    return (await self._context.archive.restore(target, at=at)).timestamp()

                done.append(await self._rehearse("archive", moment, budget))
            for result in done:
                self._tell(result)
            if not done:
                self._tell_of_nothing()
            await self._keep(done or [self._nothing()])
        return tuple(done)

    async def _span(self) -> tuple[float, float] | None:
        if not self._context.archive.available:
            return None
        try:
            return await self._context.archive.moments()
        except DatabaseError as error:
            logger.bind(error=error.detail).warning("drill_archive_unreadable")
            return None

    async def _rehearse(
        self, source: str, produce: Callable[[Path], Awaitable[float]], budget: Budget
    ) -> DrillResult:
        context, started = self._context, self._context.clock()
        target = context.path.with_name(f"{context.path.name}-drill{PARTIAL}")
        moment, rows = 0.0, 0
        problems: tuple[str, ...] = ()
        try:
            moment = await produce(target)
            report = await context.check(target, finished=True, budget=budget)
            rows, problems = sum(report.rows.values()), report.problems
            if not report.ok and not problems:
                raise BackupFailed("the check found something it has no words for")
        except (DatabaseError, OSError) as error:
            problems = (in_words(error),)
        finally:
            await self._cleared(target)
        return DrillResult(
            int(started), source, not problems, context.clock() - started, moment, rows, tuple(problems[:5])
        )

    async def _note_in(self, name: str) -> None:
        """Note in a copy's manifest that it was rehearsed; the drill was made whether that works or not."""
        try:
            await self._context.backups.rehearsed(name)
        except OSError as error:
            self._not_noted(error)

    async def _cleared(self, target: Path) -> None:
        try:
            await asyncio.to_thread(_remove, target)
        except OSError as error:
            logger.bind(path=str(target), error=in_words(error)).warning("drill_file_left")

    def _nothing(self) -> DrillResult:
        problems = ("there is no verified backup and no archive",)
        return DrillResult(int(self._tried_at), NOTHING, False, 0.0, 0.0, 0, problems)

    async def _keep(self, done: list[DrillResult]) -> None:
        """Note results; where that fails they have been told, and the next drill is due as if it had not."""
        try:
            await asyncio.to_thread(self._write, done)
        except OSError as error:
            self._not_noted(error)

    def _not_noted(self, error: OSError) -> None:
        self._context.alert(
            "drill_not_noted",
            f"A restore drill was made, but its result could not be kept: {in_words(error)}.",
            "warning",
            path=str(self._log),
        )

    def _write(self, done: list[DrillResult]) -> None:
        kept = [*done, *self._known()][:KEPT]
        self._log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_durably(self._log, json.dumps([asdict(item) for item in kept], indent=1).encode())

    def _tell_of_nothing(self) -> None:
        """Tell once, until there is something again, that nothing could be restored if it had to be."""
        logger.bind(told_before=self._empty).warning("drill_without_anything")
        if not self._empty:
            self._empty = True
            self._context.alert(
                "drill_impossible",
                "There was nothing to rehearse a restore with: no verified backup and no archive."
                " Make a backup with /backup create.",
                "warning",
            )

    def _tell(self, result: DrillResult) -> None:
        self._empty = False
        if result.ok:
            logger.bind(source=result.source, seconds=round(result.seconds, 2), rows=result.rows).info(
                "drill_passed"
            )
            return
        self._context.alert(
            "drill_failed",
            f"A restore drill failed: {result.source} could not be restored whole"
            f" ({'; '.join(result.problems[:2])}). Make a backup now; see the page Backup and restore.",
            "critical",
            source=result.source,
            problems=list(result.problems),
        )


def _remove(database: Path) -> None:
    for path in parts_of(database):
        path.unlink(missing_ok=True)
