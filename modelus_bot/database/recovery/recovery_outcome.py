"""What a recovery came to, in the words of administrators: what is there, and what nobody knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from modelus_bot.database.core.audit.runs import Runs, count_of
from modelus_bot.database.engine import Known
from modelus_bot.database.recovery.candidates import AS_IS

__all__ = ["Recovered", "choices"]


@dataclass(frozen=True, slots=True)
class Recovered:
    """What the bot goes on with: its source and newest audit entry, and what could not be brought back.

    ``lost`` counts audit entries that are known to have been acknowledged and that no source has;
    ``rows_lost`` records that the audit log names and of which no row could be made, ``rows_doubtful`` rows
    of which a part stood on damaged pages only, ``rejected`` rows that were read and that no table accepted.
    """

    source: str
    audit_id: int
    lost: int
    known: Known
    rows: int = 0
    problems: tuple[str, ...] = ()
    quarantined: Path | None = None
    seconds: float = 0.0
    rows_lost: int = 0
    rows_doubtful: int = 0
    partial: bool = False
    rejected: int = 0

    @property
    def kept(self) -> bool:
        """Whether it is the file that was there before."""
        return self.source == AS_IS

    @property
    def severity(self) -> Literal["warning", "critical"]:
        """Critical where something is lost, or nobody knows whether it is."""
        return "critical" if self.lost or self.rows_lost or not self.known.exact else "warning"

    def __str__(self) -> str:
        """Sentences for administrators."""
        if self.kept:
            done = "Nothing has more than the file as it is, so the bot goes on with it."
        else:
            done = f"The database was restored from {self.source} in {self.seconds:.1f} s."
        where = f" The file of before is kept in {self.quarantined}." if self.quarantined else ""
        if self.rejected and self.quarantined:
            where += f" Rows that could be read and fitted nowhere: {self.rejected}, in rejected.jsonl there."
        return f"{done} {' '.join(self._what_is_missing())}{where}"

    def _what_is_missing(self) -> list[str]:
        known, told = self.known, []
        if self.lost == 1:
            told.append("The last change that was saved could not be brought back.")
        elif self.lost:
            told.append(f"The last {self.lost} changes that were saved could not be brought back.")
        if self.rows_lost:
            told.append(f"{self.rows_lost} rows that the audit log names could not be made again.")
        if self.rows_doubtful:
            told.append(
                f"{self.rows_doubtful} rows stood on damaged pages: the audit log was followed first."
            )
        if not known.exact:
            upto = f"up to number {known.audit_id}" if known.audit_id else "from copies"
            told.append(
                f"Changes are known {upto}; whether more were saved after that, nobody can say."
                if known.audit_id or not self.lost
                else "How far the database had come, nobody can say."
            )
        elif not self.lost and not self.rows_lost:
            told.append(
                "Rows of damaged pages that no copy has may be missing."
                if self.partial
                else "Nothing was lost."
            )
        return told


def choices(reason: str, held: Mapping[str, tuple[Runs, int]], known: Known, refused: Sequence[str]) -> str:
    """Say what each source would keep, for the person who has to choose: changes and rows."""
    lines = [
        f"{name} has {count_of(runs)} changes up to number {runs[-1][1] if runs else 0}, and {rows} rows"
        for name, (runs, rows) in held.items()
    ]
    reached = f" The bot had reached change {known.audit_id}." if known.audit_id else ""
    there = "; ".join(lines) if lines else "nothing usable was found to restore from"
    why_not = f" Not used: {'; '.join(refused[:5])}." if refused else ""
    return f"{reason}; {there}.{reached}{why_not}"
