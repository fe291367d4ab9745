"""A look at the database file that nobody has to take back: damage counts when it is seen twice.

A disk that fails for a moment, memory that is short and wrong bytes from a cache are the machine's fault.
They are waited for; only what looks the same when it is read from the disk once more is the file's.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

from loguru import logger

from modelus_bot.database.checksums import ChecksumReport
from modelus_bot.database.core.errors import DatabaseError, StorageFailed
from modelus_bot.database.engine import Known
from modelus_bot.database.integrity import Budget, CheckReport
from modelus_bot.database.recovery.recovery_context import RecoveryContext
from modelus_bot.database.recovery.response_table import is_damaged
from modelus_bot.runtime.os_errors import in_words

__all__ = ["DamageFinding", "confirmed", "looked_at"]

LOOKS = 5
"""How often a file is looked at that shows something else each time."""

Depth = Literal["quick", "full"]


@dataclass(frozen=True, slots=True)
class DamageFinding:
    """What a look found: a check, the pages compared with their hashes, and what was known before it."""

    report: CheckReport
    checksums: ChecksumReport
    known: Known

    @property
    def unseen(self) -> bool:
        """Whether the file could not be looked at far enough to say anything about it."""
        report = self.report
        if self.damaged:
            return False
        return not report.readable or (not report.complete and report.audit_id < self.known.audit_id)

    @property
    def wastes_time(self) -> bool:
        """Whether it could not be looked at because that never ends: another look would not, either."""
        return self.unseen and self.report.given_up

    @property
    def damaged(self) -> bool:
        """Whether the file is not what it should be, by its own structure or by what is in its pages."""
        return is_damaged(self.report, self.checksums)

    @property
    def behind(self) -> bool:
        """Whether the file ends before what was acknowledged, or belongs to another history."""
        return self.report.audit_id < self.known.audit_id or self.foreign

    @property
    def foreign(self) -> bool:
        """Whether the file has another audit entry where one of ours is known to have been."""
        return self.known.contradicted_by(self.report.links)

    @property
    def sound(self) -> bool:
        """Whether there is nothing to be done."""
        return not (self.unseen or self.damaged or self.behind)

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong, in words."""
        report, known = self.report, self.known
        found = [*(f"table {name} is missing" for name in report.missing_tables)]
        found += (f"page {page} was altered" for page in self.checksums.unexplained[:20])
        if self.foreign:
            found.append("its audit trail is not that of this bot's database")
        elif self.behind:
            found.append(f"the file ends at change {report.audit_id}, the bot had reached {known.audit_id}")
        return (*(report.problems if report.damaged else ()), *found) or report.problems

    @property
    def signature(self) -> tuple[object, ...]:
        """What is the same when two looks saw the same."""
        report, checksums = self.report, self.checksums
        damage = report.damaged, report.missing_tables, report.kind if report.damaged else None
        return (
            *damage,
            checksums.unexplained,
            checksums.contents,
            self.behind and (report.audit_id, report.audit_head),
        )


async def looked_at(
    context: RecoveryContext, budget: Budget, depth: Depth = "full", *, fresh: bool = False
) -> DamageFinding:
    """Look once; ``fresh`` reads from the disk. Raises ``ChildFailed`` and ``OSError``."""
    known = await asyncio.to_thread(context.known)
    report = await context.check(context.path, depth=depth, fresh=fresh, budget=budget)
    # What is not worth trusting is not read to its end: it may be very long.
    comparing = report.readable or (report.damaged and await context.checksums.comparable())
    return DamageFinding(report, await context.checksums.check() if comparing else ChecksumReport(), known)


async def confirmed(context: RecoveryContext, first: DamageFinding, budget: Budget) -> DamageFinding:
    """Look again until two looks in a row saw the same, ``confirm_after`` seconds apart.

    Returns the last one, which may find nothing any more. Raises ``StorageFailed`` when the file cannot be
    read, or shows something else each time.
    """
    before = first
    for _ in range(LOOKS - 1):
        if before.sound:
            break
        if before.wastes_time:
            raise StorageFailed(f"the file cannot be read: {'; '.join(before.problems[:3])}")
        await asyncio.sleep(context.settings.confirm_after)
        try:
            found = await looked_at(context, budget, fresh=True)
        except (DatabaseError, OSError) as error:
            logger.bind(error=in_words(error)).warning("file_cannot_be_looked_at")
            continue
        if not found.unseen and (found.sound or found.signature == before.signature):
            before = found
            break
        logger.bind(problems=list(found.problems[:5])).warning("file_looks_different")
        before = found
    else:
        raise StorageFailed(f"the file cannot be read reliably: {'; '.join(before.problems[:3])}")
    if before.sound and not first.sound:
        context.alert(
            "database_read_wrongly",
            "The database looked damaged for a moment and is whole: the machine read it wrongly. Nothing was"
            " changed. Look at the disk and the memory of the machine (dmesg, SMART).",
            "warning",
            problems=list(first.problems[:10]),
        )
    return before
