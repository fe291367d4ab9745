"""Completes the best candidate: gaps filled, migrated, broken rows taken out, the chain of the log whole."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from loguru import logger

from modelus_bot.database.audit.renewing import renew_file
from modelus_bot.database.integrity.quarantine import quarantine_file
from modelus_bot.database.recovery.candidates import Candidate, ranked
from modelus_bot.database.recovery.lineage import share_history
from modelus_bot.database.recovery.merging import fill_gaps
from modelus_bot.database.recovery.parts import Parts
from modelus_bot.database.recovery.shaping import bring_up_to_date

__all__ = ["Completed", "completed"]


@dataclass(frozen=True, slots=True)
class Completed:
    """A candidate that can take the file's place; ``newest`` is its last audit entry by now."""

    candidate: Candidate
    newest: int


async def completed(
    parts: Parts, candidates: Sequence[Candidate], reason: str, reached: int
) -> Completed | None:
    """Return the best candidate, made as complete as can be; the next best where that fails, or None.

    ``reached`` is the newest audit entry that was ever acknowledged. The files are changed.
    """
    usable = ranked(candidates)
    for candidate in usable:
        try:
            chosen = candidate
            if not candidate.complete(reached):
                chosen = await _with_gaps_filled(
                    parts, candidate, [one for one in usable if one is not candidate]
                )
            return await _finished(parts, chosen, reason, reached)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one, another one may still do
            logger.opt(exception=error).bind(source=candidate.source).warning("recovery_candidate_failed")
    return None


async def _finished(parts: Parts, chosen: Candidate, reason: str, reached: int) -> Completed:
    await asyncio.to_thread(bring_up_to_date, chosen.path)
    if chosen.report.broken_rows:
        await asyncio.to_thread(quarantine_file, chosen.path, invariants=parts.invariants)
    if chosen.report.chain_intact:
        return Completed(chosen, chosen.report.audit_id)
    renewal = await asyncio.to_thread(renew_file, chosen.path, reason=reason, at_least=reached)
    logger.bind(preserved=renewal.preserved, first_id=renewal.first_id, problem=renewal.problem).warning(
        "audit_chain_renewed"
    )
    return Completed(chosen, renewal.first_id or renewal.last_id)


async def _with_gaps_filled(parts: Parts, base: Candidate, others: Sequence[Candidate]) -> Candidate:
    """Add what older candidates have and the best one lacks; a result that is worse is not taken."""
    try:
        donors = [one for one in others if await asyncio.to_thread(share_history, base.path, one.path)]
        if not donors:
            return base
        merged = base.path.with_name("merged.db")
        await asyncio.to_thread(_copy, base.path, merged)
        for donor in donors:
            await _fill(merged, donor)
        report = await parts.check(merged)
    except Exception as error:  # noqa: BLE001 - without the rows of others it is still better than nothing
        logger.opt(exception=error).bind(source=base.source).warning("recovery_gaps_not_filled")
        return base
    name = " and ".join(itertools.chain([base.source], (one.source for one in donors)))
    return next(iter(ranked([base, Candidate(name, merged, report, base.partial)])), base)


async def _fill(merged: Path, donor: Candidate) -> None:
    gaps = await asyncio.to_thread(fill_gaps, merged, donor.path)
    logger.bind(
        source=donor.source,
        filled=gaps.filled,
        brought_forward=gaps.brought_forward,
        deleted_since=gaps.deleted_since,
        refused=gaps.refused,
    ).info("recovery_gaps_filled")


def _copy(source: Path, target: Path) -> None:
    """Copy a scratch database that nobody has open."""
    shutil.copyfile(source, target)
    target.chmod(0o600)
