"""Completes a candidate: filled from others, rolled forward, migrated, without broken rows, chain whole."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from loguru import logger

from modelus_bot.database.core.audit.runs import lacking
from modelus_bot.database.core.read_only import opened_to_read
from modelus_bot.database.integrity import Budget, quarantine_file
from modelus_bot.database.recovery.audit_renewal import renew_file
from modelus_bot.database.recovery.candidates import AS_IS, RecoveryCandidate
from modelus_bot.database.recovery.decision import Action, RecoveryDecision
from modelus_bot.database.recovery.merge import fill_gaps
from modelus_bot.database.recovery.recovery_context import RecoveryContext
from modelus_bot.database.recovery.roll_forward import RolledForward, roll_forward
from modelus_bot.database.recovery.schema_repair import bring_up_to_date

__all__ = ["Completed", "completed"]


@dataclass(frozen=True, slots=True)
class Completed:
    """A candidate that can take the file's place; ``newest`` is its last audit entry by now."""

    candidate: RecoveryCandidate
    newest: int
    rolled: RolledForward = field(default_factory=RolledForward)


async def completed(
    context: RecoveryContext,
    candidates: Sequence[RecoveryCandidate],
    decision: RecoveryDecision,
    reason: str,
    reached: int,
    budget: Budget,
) -> Completed | None:
    """Do what was decided; the next best base where that fails, None when no result has everything.

    ``reached`` is the newest audit entry that was ever acknowledged. Scratch files are changed.
    """
    named = {candidate.source: candidate for candidate in candidates}
    for name in decision.bases:
        base = named[name]
        try:
            chosen, rolled = base, RolledForward()
            if decision.action is Action.JOIN:
                donors = [named[item] for item in decision.bases if item != name]
                chosen, rolled = await _joined(context, base, donors, named.get(AS_IS), budget)
            if lacking(decision.changes, chosen.report.audit_runs):
                logger.bind(source=name).warning("recovery_candidate_lacks_changes")
                continue
            return await _finished(context, chosen, rolled, reason, reached)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one, another one may still do
            logger.opt(exception=error).bind(source=base.source).warning("recovery_candidate_failed")
    return None


async def _finished(
    context: RecoveryContext, chosen: RecoveryCandidate, rolled: RolledForward, reason: str, reached: int
) -> Completed:
    await asyncio.to_thread(bring_up_to_date, chosen.path)
    if chosen.report.broken_rows:
        await asyncio.to_thread(quarantine_file, chosen.path, invariants=context.invariants)
    if chosen.report.chain_intact:
        return Completed(chosen, chosen.report.audit_id, rolled)
    renewal = await asyncio.to_thread(renew_file, chosen.path, reason=reason, at_least=reached)
    logger.bind(preserved=renewal.preserved, first_id=renewal.first_id, problem=renewal.problem).warning(
        "audit_chain_renewed"
    )
    return Completed(chosen, renewal.first_id or renewal.last_id, rolled)


async def _joined(
    context: RecoveryContext,
    base: RecoveryCandidate,
    donors: Sequence[RecoveryCandidate],
    as_is: RecoveryCandidate | None,
    budget: Budget,
) -> tuple[RecoveryCandidate, RolledForward]:
    """Return the base with what others have and it lacks, as the audit log says it was last."""
    merged = base.path.with_name("merged.db")
    merged.unlink(missing_ok=True)
    await asyncio.to_thread(_copy, base.path, merged)
    for donor in donors:
        await _fill(merged, donor)
    doubtful = as_is.path if as_is is not None and as_is.ours and as_is.report.readable else None
    rolled = await asyncio.to_thread(roll_forward, merged, base.incomplete, doubtful)
    logger.bind(rebuilt=rolled.rebuilt, doubtful=rolled.doubtful, lost=rolled.lost).info("rolled_forward")
    report = await context.check(merged, budget=budget)
    name = " and ".join([base.source, *(item.source for item in donors)])
    return replace(base, source=name, path=merged, report=report), rolled


async def _fill(merged: Path, donor: RecoveryCandidate) -> None:
    gaps = await asyncio.to_thread(fill_gaps, merged, donor.path)
    logger.bind(
        source=donor.source,
        filled=gaps.filled,
        rolled_forward=gaps.rolled_forward,
        deleted_since=gaps.deleted_since,
        refused=gaps.refused,
    ).info("recovery_gaps_filled")


def _copy(source: Path, target: Path) -> None:
    """Copy a database that nobody writes, with what is in its -wal."""
    with (
        contextlib.closing(opened_to_read(source)) as read,
        contextlib.closing(sqlite3.connect(target, isolation_level=None)) as written,
    ):
        read.backup(written)
    target.chmod(0o600)
