"""Replaces a damaged or missing file by the newest good state there is, and says what differs."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from modelus_bot.database.errors import CorruptionDetected, DatabaseError
from modelus_bot.database.recovery.candidates import gather
from modelus_bot.database.recovery.completing import completed
from modelus_bot.database.recovery.lineage import end_of, is_of_another_history
from modelus_bot.database.recovery.parts import Parts
from modelus_bot.database.recovery.replacing import finish_interrupted, put_in_place
from modelus_bot.database.recovery.sources import sources_for
from modelus_bot.database.recovery.state import State
from modelus_bot.database.system_errors import translated

__all__ = ["REJECTED", "Recovered", "recover"]

REJECTED = "rejected.jsonl"
"""Name beside a damaged file in quarantine of the rows that salvage read and no table accepted."""


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
    rejected: int = 0
    """Rows that could be read of the damaged file and that no table accepted."""

    def __str__(self) -> str:
        """A sentence for administrators."""
        kept = f"The last {self.lost} changes could not be saved." if self.lost else "Nothing was lost."
        if self.lost == 1:
            kept = "The last change could not be saved."
        if self.partial:
            kept = f"{kept} " if self.lost else ""
            kept += "Rows of damaged pages that no copy has may be missing."
        aside = f" The damaged file is kept in {self.set_aside}." if self.set_aside else ""
        if self.rejected and self.set_aside:
            aside += f" Rows that could be read and fitted nowhere: {self.rejected}, in {REJECTED} beside it."
        return f"The database was restored from {self.source} in {self.seconds:.1f} s. {kept}{aside}"


async def recover(
    parts: Parts, reason: str, problems: Sequence[str], *, audit_id: int, bad_pages: Sequence[int] = ()
) -> Recovered:
    """Put the newest good state in the file's place; no connection may be open and no archive running.

    ``audit_id`` is the newest link that was ever acknowledged, as far as is known. Raises
    ``CorruptionDetected`` when nothing usable was found, other ``DatabaseError`` when it could not be put
    in place. Where a while ago that failed and nothing changed since, it is said again without a search.
    """
    await asyncio.to_thread(parts.in_vain.check)
    try:
        with translated():
            return await _recovered(parts, reason, problems, audit_id, bad_pages)
    except DatabaseError as error:
        await asyncio.to_thread(parts.in_vain.note, error)
        raise


async def _recovered(
    parts: Parts, reason: str, problems: Sequence[str], audit_id: int, bad_pages: Sequence[int]
) -> Recovered:
    started = parts.clock()
    if await finish_interrupted(parts):
        newest, _ = await asyncio.to_thread(end_of, parts.path)
        seconds, lost = parts.clock() - started, max(0, audit_id - newest)
        return Recovered("the copy that was chosen before", newest, lost, 0, (), None, seconds)
    scratch = await parts.empty_scratch()
    damaged = parts.path if parts.path.is_file() and parts.path.stat().st_size else None
    sources = sources_for(parts, damaged=damaged, bad_pages=bad_pages)
    line = parts.state.load() or State()
    foreign = functools.partial(is_of_another_history, line_id=line.line_id, line_head=line.line_head)
    found = [one async for one in gather(sources, scratch, parts.check, audit_id, foreign=foreign)]
    whole = await completed(parts, found, reason, audit_id)
    if whole is None:
        raise CorruptionDetected(f"{reason}; nothing usable was found to restore from")
    chosen = whole.candidate
    aside = await put_in_place(parts, chosen.path, reason, problems)
    rejected = await asyncio.to_thread(_keep_rejected, scratch, aside)
    await asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True)
    return Recovered(
        chosen.source,
        whole.newest,
        max(0, audit_id - chosen.report.audit_id),
        sum(chosen.report.rows.values()),
        tuple(chosen.report.problems),
        aside,
        parts.clock() - started,
        chosen.partial,
        rejected,
    )


def _keep_rejected(scratch: Path, aside: Path | None) -> int:
    """Put what salvage could not place beside the damaged file; returns how many rows that are."""
    count = 0
    if aside is None:
        return count
    with contextlib.suppress(OSError):
        for path in sorted(scratch.glob(f"*.{REJECTED}")):
            with path.open("rb") as lines:
                count += sum(1 for _ in lines)
            with path.open("rb") as lines, (aside / REJECTED).open("ab") as kept:
                shutil.copyfileobj(lines, kept)
            (aside / REJECTED).chmod(0o600)
    return count
