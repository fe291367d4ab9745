"""What the database could be restored from, tried in order and scored; the newest sound state wins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from loguru import logger

from modelus_bot.database.errors import DatabaseError
from modelus_bot.database.integrity.report import CheckReport
from modelus_bot.os_errors import in_words

__all__ = ["Candidate", "Source", "gather", "ranked"]


@dataclass(frozen=True, slots=True)
class Source:
    """One way to come by a database: ``produce(target)`` writes it, or raises ``DatabaseError``.

    ``partial`` ones give what could be read of a damaged file: rows may be missing without any sign of it.
    ``present`` ones are made of the file that is being given up, and so belong to its history.
    """

    name: str
    produce: Callable[[Path], Awaitable[object]]
    partial: bool = False
    present: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A database in a scratch file, and what a full check says of it."""

    source: str
    path: Path
    report: CheckReport
    partial: bool = False

    @property
    def usable(self) -> bool:
        """Whether its structure is whole; single broken rows and a gap in the chain can be dealt with."""
        return self.report.readable

    def complete(self, audit_id: int) -> bool:
        """Say whether nothing newer than this can exist, and nothing is missing."""
        return not self.partial and self.report.ok and self.report.audit_id >= audit_id


def ranked(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the usable ones, the one to restore first: newest audit link, then soundness, then rows.

    Of two equally new ones, one that could not be looked at to its end comes last. It does not come after an
    older one: what was not seen must not be taken for lost, and the next check sees it.
    """
    usable = [one for one in candidates if one.usable]
    return sorted(usable, key=lambda one: _score(one.report), reverse=True)


async def gather(
    sources: Sequence[Source],
    scratch: Path,
    check: Callable[[Path], Awaitable[CheckReport]],
    audit_id: int,
    *,
    foreign: Callable[[Path], bool] = lambda _: False,
) -> AsyncIterator[Candidate]:
    """Produce and check one source after the other; ends early once one is sound and has ``audit_id``.

    ``foreign`` says of a file whether it is of a history that was given up: such a one is no candidate.
    """
    for number, source in enumerate(sources, 1):
        target = scratch / f"{number}.db"
        log = logger.bind(source=source.name)
        try:
            await source.produce(target)
            report = await check(target)
        except (DatabaseError, OSError) as error:
            log.bind(error=in_words(error)).warning("recovery_source_failed")
            continue
        if not source.present and await asyncio.to_thread(foreign, target):
            log.bind(audit_id=report.audit_id).warning("recovery_candidate_of_another_history")
            continue
        candidate = Candidate(source.name, target, report, source.partial)
        log.bind(
            ok=report.ok, damaged=report.damaged, audit_id=report.audit_id, problems=list(report.problems[:5])
        ).info("recovery_candidate")
        yield candidate
        if candidate.complete(audit_id):
            return


def _score(report: CheckReport) -> tuple[int, bool, bool, int]:
    return report.audit_id, report.ok, report.complete, sum(report.rows.values())
