"""Health samples as they are kept: a row every half minute, from which charts and comparisons are made."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from modelus_bot.database.core.operation import Priority, Write, query
from modelus_bot.database.core.transaction import ReadTransaction, Transaction

__all__ = ["BATCH", "HealthSample", "KeepSamples", "health_samples"]

BATCH = 240
"""Samples that one write carries at most: two hours of them."""

_KEEP = """
INSERT INTO health_samples(at, mode, queries, errors, p50_us, p99_us, db_bytes, wal_bytes, last_backup_at)
VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(at) DO NOTHING
"""
_BETWEEN = """
SELECT at, mode, queries, errors, p50_us, p99_us, db_bytes, wal_bytes, last_backup_at
FROM health_samples WHERE at BETWEEN ? AND ? ORDER BY at DESC LIMIT ?
"""


class HealthSample(BaseModel):
    """One look: times are UTC seconds, counts those since the sample before, latencies microseconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: int = Field(ge=0)
    mode: Literal["normal", "read_only", "degraded"]
    queries: int = Field(ge=0)
    errors: int = Field(ge=0)
    p50_us: int | None = None
    p99_us: int | None = None
    db_bytes: int = Field(ge=0)
    wal_bytes: int = Field(ge=0)
    last_backup_at: int | None = None


class KeepSamples(Write[int]):
    """Keep samples; repeating it changes nothing. Returns how many were new."""

    priority: ClassVar[Priority] = Priority.LOW

    samples: tuple[HealthSample, ...] = Field(max_length=BATCH)

    def apply(self, tx: Transaction) -> int:
        """Insert those whose second is not taken."""
        return sum(
            tx.execute(
                _KEEP,
                (
                    sample.at,
                    sample.mode,
                    sample.queries,
                    sample.errors,
                    sample.p50_us,
                    sample.p99_us,
                    sample.db_bytes,
                    sample.wal_bytes,
                    sample.last_backup_at,
                ),
            )
            for sample in self.samples
        )


@query
def health_samples(
    tx: ReadTransaction, since: int, until: int, limit: int = 3000
) -> tuple[HealthSample, ...]:
    """Return the newest samples from ``since`` to ``until`` (UTC seconds), at most ``limit``, in order."""
    rows = tx.fetch_all(_BETWEEN, (since, until, limit))
    return tuple(HealthSample.model_validate(dict(row)) for row in reversed(rows))
