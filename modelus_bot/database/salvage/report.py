"""What a salvage brought back, and what it could not."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["ChainState", "RebuiltRow", "RejectedRow", "SalvageReport", "WalUse"]

WalUse = Literal["none", "used", "ignored"]
"""Whether a -wal file had committed transactions, and whether they fitted the main file."""

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class RejectedRow(BaseModel):
    """A row that was read and not taken: its values by column, a BLOB as hex, and why."""

    model_config = _FROZEN

    table: str
    values: dict[str, int | float | str | None]
    reason: str


class RebuiltRow(BaseModel):
    """A lost row that other rows refer to, made anew.

    The columns ``known`` are as the audit log last saw them; ``invented`` ones are stand-ins.
    """

    model_config = _FROZEN

    table: str
    key: int | str
    known: tuple[str, ...]
    invented: tuple[str, ...]


class ChainState(BaseModel):
    """The audit log as salvaged: how many entries, and where links are missing.

    ``missing`` holds the first and last id of each gap (the first 100 gaps); ``head`` is the last
    entry's hash in hex.
    """

    model_config = _FROZEN

    entries: int
    last_id: int
    head: str
    intact: bool
    problem: str | None
    missing: tuple[tuple[int, int], ...]


class SalvageReport(BaseModel):
    """Figures of one salvage; ``rows`` are those in the new database, by table.

    Rows: ``strays`` counts those that stood on pages nothing led to any more, ``superseded`` versions
    that were left out for a better one, ``unreadable`` cells without a readable row. ``rejected``
    holds the first 50 of ``rejected_total`` rows, long texts cut; all stand whole in
    ``rejected_file``, one JSON object a line, if there are any. Pages: ``damaged`` ones are missing,
    malformed or hold an unreadable cell; ``unassigned`` ones hold rows of no certain table; ``stale``
    ones are left over from before something was deleted or moved. ``incomplete`` names tables of which rows
    may be missing, ``unread`` counts failed reads: the disk did not answer.
    """

    model_config = _FROZEN

    source: str
    target: str
    page_size: int
    pages: int
    damaged: int
    unassigned: int
    stale: int
    wal: WalUse
    wal_frames_lost: int
    schema_known: bool
    incomplete: tuple[str, ...] = ()
    unread: int = 0
    migrations: tuple[str, ...]
    rows: dict[str, int]
    strays: dict[str, int]
    superseded: int
    unreadable: int
    rejected: tuple[RejectedRow, ...]
    rejected_by_table: dict[str, int]
    rejected_total: int
    rejected_file: str | None
    rebuilt: tuple[RebuiltRow, ...]
    chain: ChainState
    seconds: float

    @property
    def total(self) -> int:
        """Rows in the new database."""
        return sum(self.rows.values())

    def summary(self) -> dict[str, Any]:
        """Return the figures without the rows themselves, for a log record."""
        return self.model_dump(mode="json", exclude={"rejected", "rebuilt"})
