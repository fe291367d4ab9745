"""Brings a database that is not what it should be to the best state there is, and says what differs."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from dataclasses import replace
from pathlib import Path

from loguru import logger

from modelus_bot.database.core.audit.runs import Runs, joined, lacking
from modelus_bot.database.core.errors import CorruptionDetected, DatabaseError
from modelus_bot.database.core.state_file import DatabaseState
from modelus_bot.database.core.system_errors import translated
from modelus_bot.database.engine import Known
from modelus_bot.database.integrity import Budget, CheckReport
from modelus_bot.database.recovery.atomic_swap import finish_interrupted, put_in_place
from modelus_bot.database.recovery.candidates import AS_IS, RecoveryCandidate, gather
from modelus_bot.database.recovery.damage_confirmation import DamageFinding
from modelus_bot.database.recovery.decision import Action, RecoveryDecision, decide
from modelus_bot.database.recovery.fill_missing_rows import Completed, completed
from modelus_bot.database.recovery.recovery_context import RecoveryContext
from modelus_bot.database.recovery.recovery_outcome import Recovered, choices
from modelus_bot.database.recovery.sources import sources_for
from modelus_bot.database.recovery.timeline import end_of, share_history

__all__ = ["REJECTED", "Recovered", "recover"]

REJECTED = "rejected.jsonl"
"""Name beside a damaged file in quarantine of the rows that salvage read and no table accepted."""


async def recover(
    context: RecoveryContext, reason: str, finding: DamageFinding | None, known: Known, budget: Budget
) -> Recovered:
    """Go on with the best state there is; no connection may be open and no archive running.

    ``finding`` is what a look at the present file found, None where there is none; ``known`` is how far it
    had come, ``budget`` that of all that is looked at. Raises ``CorruptionDetected`` when nothing may be used
    without a person's word, and other ``DatabaseError`` when it could not be put in place. Where a while ago
    that failed and nothing changed since, it is said again without a search.
    """
    await asyncio.to_thread(context.search_backoff.check)
    try:
        with translated():
            return await _Recovery(context, reason, finding, known, budget).run()
    except DatabaseError as error:
        await asyncio.to_thread(context.search_backoff.note, error)
        raise


class _Recovery:
    """One run: gathers candidates, lets ``decide`` choose, and does what it says."""

    def __init__(
        self,
        context: RecoveryContext,
        reason: str,
        finding: DamageFinding | None,
        known: Known,
        budget: Budget,
    ) -> None:
        self._context = context
        self._reason = reason
        self._finding = finding
        self._known = known
        self._budget = budget
        self._started = context.clock()
        self._found: list[RecoveryCandidate] = []
        self._refused: list[str] = []

    async def run(self) -> Recovered:
        context, known = self._context, self._known
        if await finish_interrupted(context, self._budget):
            newest, _ = await asyncio.to_thread(end_of, context.path)
            lost = max(0, known.audit_id - newest)
            return Recovered("the copy that was chosen before", newest, lost, known, seconds=self._seconds())
        scratch = await context.empty_scratch()
        await self._gather(scratch)
        decision = decide([item.holding for item in self._found], known.audit_id)
        logger.bind(action=decision.action.value, bases=decision.bases, lost=decision.lost).warning(
            "recovery_decided"
        )
        if decision.action is Action.KEEP:
            return await self._kept(decision)
        whole = None
        if decision.action is not Action.ASK:
            whole = await completed(
                context, self._found, decision, self._reason, known.audit_id, self._budget
            )
        if whole is None:
            raise CorruptionDetected(self._question(decision))
        return await self._put(whole, decision, scratch)

    async def _gather(self, scratch: Path) -> None:
        context = self._context
        present = context.path if context.path.is_file() and context.path.stat().st_size else None
        finding = self._finding
        bad_pages = finding.checksums.unexplained if finding is not None else ()
        if present is not None and finding is not None:
            doubted = finding.damaged
            ours = not self._known.contradicted_by(finding.report.links)
            as_is = RecoveryCandidate(
                AS_IS, present, finding.report, present=True, doubted=doubted, ours=ours
            )
            self._found.append(as_is)
        sources = sources_for(
            context, self._budget, present=present, bad_pages=bad_pages, hurry=self._known.exact
        )
        async for item in gather(
            sources, scratch, self._check, self._is_ours, self._is_enough, self._refused
        ):
            self._found.append(item)

    async def _check(self, path: Path) -> CheckReport:
        return await self._context.check(path, budget=self._budget)

    async def _is_ours(self, candidate: RecoveryCandidate) -> bool:
        """Say whether a candidate's audit trail agrees with all that is known of the present history."""
        if self._known.contradicted_by(candidate.report.links):
            return False
        if candidate.present or not candidate.report.readable:
            return True
        others = [item for item in self._found if item.present and item.ours and item.report.audit_runs]
        for other in others[-1:]:
            if not await asyncio.to_thread(share_history, other.path, candidate.path):
                return False
        return True

    def _is_enough(self, candidate: RecoveryCandidate) -> bool:
        """Say whether nothing that is still to be looked at can have more."""
        known, holding = self._known, candidate.holding
        seen = joined(run for item in self._found if item.ours for run in item.holding.changes)
        everything = known.exact and holding.last >= known.audit_id
        return holding.whole and everything and not lacking(seen, holding.changes)

    async def _kept(self, decision: RecoveryDecision) -> Recovered:
        """Go on with the file as it is: nothing else has more."""
        context, report = self._context, self._candidate(AS_IS).report
        line = context.state.load() or DatabaseState()
        state = replace(line.reached(report.audit_id, report.audit_head), clean=False)
        with contextlib.suppress(OSError):
            await asyncio.to_thread(context.high_water.forget)
        await asyncio.to_thread(context.state.keep, state)
        await asyncio.to_thread(shutil.rmtree, context.scratch, ignore_errors=True)
        rows = sum(report.rows.values())
        return Recovered(AS_IS, report.audit_id, decision.lost, self._known, rows, seconds=self._seconds())

    async def _put(self, whole: Completed, decision: RecoveryDecision, scratch: Path) -> Recovered:
        context, chosen = self._context, whole.candidate
        problems = self._finding.problems if self._finding is not None else ()
        quarantined = await put_in_place(context, chosen.path, self._reason, problems)
        rejected = await asyncio.to_thread(_keep_rejected, scratch, quarantined)
        await asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True)
        return Recovered(
            chosen.source,
            whole.newest,
            decision.lost,
            self._known,
            sum(chosen.report.rows.values()),
            tuple(chosen.report.problems),
            quarantined,
            self._seconds(),
            rows_lost=whole.rolled.lost,
            rows_doubtful=whole.rolled.doubtful,
            partial=chosen.partial and bool(chosen.incomplete),
            rejected=rejected,
        )

    def _candidate(self, name: str) -> RecoveryCandidate:
        return next(item for item in self._found if item.source == name)

    def _question(self, decision: RecoveryDecision) -> str:
        """Say what there is, for the person who has to decide."""
        held: dict[str, tuple[Runs, int]] = {
            item.source: (item.report.audit_runs, sum(item.report.rows.values()))
            for item in self._found
            if item.report.readable
        }
        return choices(self._reason, held, self._known, self._refused)

    def _seconds(self) -> float:
        return self._context.clock() - self._started


def _keep_rejected(scratch: Path, quarantined: Path | None) -> int:
    """Put what salvage could not place beside the damaged file; returns how many rows that are."""
    count = 0
    if quarantined is None:
        return count
    with contextlib.suppress(OSError):
        for path in sorted(scratch.glob(f"*.{REJECTED}")):
            with path.open("rb") as lines:
                count += sum(1 for _ in lines)
            with path.open("rb") as lines, (quarantined / REJECTED).open("ab") as kept:
                shutil.copyfileobj(lines, kept)
            (quarantined / REJECTED).chmod(0o600)
    return count
