"""What the database could go on from, tried in order, and what each of them has."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from loguru import logger

from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.integrity import CheckReport
from modelus_bot.database.recovery.decision import Holding
from modelus_bot.runtime.os_errors import in_words

__all__ = ["AS_IS", "RecoveryCandidate", "Source", "gather"]

AS_IS = "the file as it is"


@dataclass(frozen=True, slots=True)
class Source:
    """One way to come by a database: ``produce(target)`` writes it, or raises ``DatabaseError``.

    It may return the tables of which rows may be missing without any sign of it, as those of a ``partial``
    one, which has what could be read of a damaged file. ``present`` ones are made of the file that is in
    question, and so belong to its history.
    """

    name: str
    produce: Callable[[Path], Awaitable[Sequence[str]]]
    partial: bool = False
    present: bool = False


@dataclass(frozen=True, slots=True)
class RecoveryCandidate:
    """A database, mostly in a scratch file, and what a full check says of it.

    ``ours`` says that its audit trail agrees with the present history, ``doubted`` that something besides
    the check speaks against it; ``incomplete`` tables may lack rows.
    """

    source: str
    path: Path
    report: CheckReport
    partial: bool = False
    present: bool = False
    ours: bool = True
    doubted: bool = False
    incomplete: tuple[str, ...] = ()

    @property
    def holding(self) -> Holding:
        """What the decision has to know of it."""
        report = self.report
        sound = report.readable and report.complete and report.chain_intact and not report.missing_tables
        as_is = self.source == AS_IS
        # Of a broken trail the entries that prove themselves count, which another source reads one by one.
        proven = report.chain_intact or not as_is
        return Holding(
            self.source,
            report.audit_runs if proven else (),
            sum(report.rows.values()),
            usable=report.readable,
            whole=sound and not self.partial and not self.doubted,
            ours=self.ours,
            as_is=as_is,
        )


async def gather(
    sources: Sequence[Source],
    scratch: Path,
    check: Callable[[Path], Awaitable[CheckReport]],
    is_ours: Callable[[RecoveryCandidate], Awaitable[bool]],
    enough: Callable[[RecoveryCandidate], bool],
    refused: list[str],
) -> AsyncIterator[RecoveryCandidate]:
    """Produce and check one source after the other, until one is ``enough``.

    Why a source gave nothing is added to ``refused``, one sentence each.
    """
    for number, source in enumerate(sources, 1):
        target = scratch / f"{number}.db"
        log = logger.bind(source=source.name)
        try:
            incomplete = tuple(await source.produce(target) or ())
            report = await check(target)
        except (DatabaseError, OSError) as error:
            log.bind(error=in_words(error)).warning("recovery_source_failed")
            refused.append(f"{source.name}: {in_words(error)}")
            continue
        candidate = RecoveryCandidate(
            source.name, target, report, source.partial, source.present, incomplete=incomplete
        )
        if not await is_ours(candidate):
            log.bind(audit_id=report.audit_id).warning("recovery_candidate_of_another_history")
            refused.append(f"{source.name}: it is of another history")
            continue
        log.bind(
            ok=report.ok, damaged=report.damaged, audit_id=report.audit_id, problems=list(report.problems[:5])
        ).info("recovery_candidate")
        if not report.readable:
            refused.append(f"{source.name}: {'; '.join(report.problems[:2])}")
        yield candidate
        if enough(candidate):
            return
