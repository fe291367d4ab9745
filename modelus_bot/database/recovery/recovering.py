"""Replaces a damaged or missing file by the newest good state there is, and says what differs."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from loguru import logger

from modelus_bot.database.audit.renewing import renew_file
from modelus_bot.database.errors import CorruptionDetected
from modelus_bot.database.files import move_into_place, parts_of
from modelus_bot.database.integrity.quarantine import quarantine_file
from modelus_bot.database.recovery.candidates import Candidate, best, gather
from modelus_bot.database.recovery.merging import fill_gaps
from modelus_bot.database.recovery.parts import Parts
from modelus_bot.database.recovery.quarantine import set_aside
from modelus_bot.database.recovery.sources import sources_for
from modelus_bot.database.schema import Migrator

__all__ = ["CHOSEN", "Recovered", "finish_interrupted", "put_in_place", "recover"]

CHOSEN = "chosen.db"
"""Name in the scratch folder of what is about to take the file's place, complete and checked."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What took the file's place: its source, its newest audit link, how many links could not be saved."""

    source: str
    audit_id: int
    lost: int
    rows: int
    problems: tuple[str, ...]
    set_aside: Path | None
    seconds: float
    partial: bool = False
    """Whether rows may be missing that were on damaged pages and in no copy."""

    def __str__(self) -> str:
        """A sentence for administrators."""
        kept = f"The last {self.lost} changes could not be saved." if self.lost else "Nothing was lost."
        if self.partial:
            kept = f"{kept} " if self.lost else ""
            kept += "Rows of damaged pages that no copy has may be missing."
        aside = f" The damaged file is kept in {self.set_aside}." if self.set_aside else ""
        return f"The database was restored from {self.source} in {self.seconds:.1f} s. {kept}{aside}"


async def recover(
    parts: Parts, reason: str, problems: Sequence[str], *, audit_id: int, bad_pages: Sequence[int] = ()
) -> Recovered:
    """Put the newest good state in the file's place; no connection may be open and no archive running.

    ``audit_id`` is the newest link that was ever acknowledged, as far as is known. Raises
    ``CorruptionDetected`` when nothing usable was found: the file is then left as it is.
    """
    started = parts.clock()
    scratch = await parts.empty_scratch()
    damaged = parts.path if parts.path.is_file() and parts.path.stat().st_size else None
    sources = sources_for(parts, damaged=damaged, bad_pages=bad_pages)
    found = [one async for one in gather(sources, scratch, parts.check, audit_id)]
    chosen = best(found)
    if chosen is None:
        raise CorruptionDetected(f"{reason}; nothing usable was found to restore from")
    if not chosen.complete(audit_id):
        chosen = await _with_gaps_filled(parts, chosen, [one for one in found if one.usable])
    await asyncio.to_thread(_bring_up_to_date, chosen.path)
    if chosen.report.broken_rows:
        await asyncio.to_thread(quarantine_file, chosen.path, invariants=parts.invariants)
    newest = chosen.report.audit_id
    if not chosen.report.chain_intact:
        newest = await _with_new_chain(chosen.path, reason, audit_id)
    aside = await put_in_place(parts, chosen.path, reason, problems)
    lost = max(0, audit_id - chosen.report.audit_id)
    return Recovered(
        chosen.source,
        newest,
        lost,
        sum(chosen.report.rows.values()),
        tuple(chosen.report.problems),
        aside,
        parts.clock() - started,
        chosen.partial,
    )


async def put_in_place(parts: Parts, chosen: Path, reason: str, problems: Sequence[str]) -> Path | None:
    """Set aside what lies in the file's place and move ``chosen`` there; returns where the old one is.

    Killed in between, the next start finds the chosen file complete and finishes the move.
    """
    ready = parts.scratch / CHOSEN
    for folder in (parts.scratch, parts.path.parent):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    await asyncio.to_thread(move_into_place, chosen, ready)
    await parts.sums.forget()
    aside = None
    if any(path.exists() for path in parts_of(parts.path)):
        moved = await asyncio.to_thread(
            set_aside, parts.path, parts.settings.quarantine, reason, problems, now=parts.clock()
        )
        aside = moved.folder
    await asyncio.to_thread(move_into_place, ready, parts.path)
    await parts.sums.adopt()
    return aside


async def finish_interrupted(parts: Parts) -> bool:
    """Finish a replacement that a kill interrupted; returns whether there was one."""
    ready = parts.scratch / CHOSEN
    if parts.path.exists() or not ready.exists():
        return False
    if (await parts.check(ready)).damaged:
        return False
    await put_in_place(parts, ready, "an interrupted replacement is finished", ())
    logger.bind(path=str(parts.path)).warning("replacement_finished")
    return True


async def _with_gaps_filled(parts: Parts, base: Candidate, usable: Sequence[Candidate]) -> Candidate:
    """Add what older candidates have and the best one lacks; a result that is worse is not taken."""
    donors = [one for one in usable if one is not base]
    if not donors:
        return base
    merged = base.path.with_name("merged.db")
    await asyncio.to_thread(_copy, base.path, merged)
    for donor in donors:
        gaps = await asyncio.to_thread(fill_gaps, merged, donor.path)
        logger.bind(
            source=donor.source,
            filled=gaps.filled,
            brought_forward=gaps.brought_forward,
            deleted_since=gaps.deleted_since,
            refused=gaps.refused,
        ).info("recovery_gaps_filled")
    report = await parts.check(merged)
    name = " and ".join(itertools.chain([base.source], (one.source for one in donors)))
    filled = Candidate(name, merged, report, base.partial)
    better = best([base, filled])
    return better if better is not None else base


async def _with_new_chain(path: Path, reason: str, reached: int) -> int:
    """Set an audit log with missing links aside in the file and begin a new one; returns its newest entry."""
    renewal = await asyncio.to_thread(renew_file, path, reason=reason, at_least=reached)
    logger.bind(preserved=renewal.preserved, first_id=renewal.first_id, problem=renewal.problem).warning(
        "audit_chain_renewed"
    )
    return renewal.first_id or renewal.last_id


def _copy(source: Path, target: Path) -> None:
    """Copy a scratch database that nobody has open."""
    target.write_bytes(source.read_bytes())
    target.chmod(0o600)


def _bring_up_to_date(path: Path) -> None:
    """Apply the migrations that a copy from before an update lacks."""
    migrator = Migrator(path)
    if any(not one.applied for one in migrator.status()):
        migrator.up()
