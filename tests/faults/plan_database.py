"""The whole database as the bot keeps it, for plans of failing calls: its settings, changes and contents."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelus_bot.config import (
    ArchiveSettings,
    BackupSettings,
    DatabaseSettings,
    DegradationSettings,
    IntegritySettings,
    SnapshotSettings,
)
from modelus_bot.database.core.operation import query
from modelus_bot.database.core.transaction import ReadTransaction
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.offline.fallback import Fallback
from modelus_bot.database.recovery.protection import Protection
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.notices.writes.saved_changes import explain, telling
from tests.database.operations import PutPair

__all__ = ["PutLater", "PutPair", "database_of", "holdings"]

QUICK = {
    "write_deadline": 3.0,
    "read_deadline": 3.0,
    "busy_slice": 0.05,
    "close_deadline": 3.0,
    "breaker_failures": 3,
    "breaker_probe_first": 0.2,
    "breaker_probe_cap": 0.5,
    "reopen_base": 0.1,
    "reopen_cap": 0.5,
}
"""The pace of everything that waits or tries again: what takes minutes in a community takes seconds here."""


class PutLater(PutPair):
    """A pair that may be saved for later."""

    deferrable = True


def database_of(site: Path, archive: str) -> DatabaseManager:
    """Return the database below ``site`` as ``app`` builds it, protected and served from beside it."""
    path = site / "data" / "modelus.db"
    protection = Protection(
        path,
        backup=BackupSettings(folder=site / "backups", schedule="off", attempts=1),
        archive=ArchiveSettings.model_validate({"mode": archive, "folder": site / "archive"}),
        integrity=IntegritySettings(quarantine=site / "quarantine", watch_every=0.3),
        invariants=DECLARED.invariants,
    )
    fallback = Fallback(
        path,
        degradation=DegradationSettings(patience=0.3),
        snapshot=SnapshotSettings(snapshot_seconds=0.1),
        reserve_megabytes=1,
        tables=DECLARED.kept_tables,
        telling=telling,
        explain=explain,
        overseer=protection,
    )
    settings = DatabaseSettings.model_validate(QUICK)
    return DatabaseManager(path, settings, tolerant=True, protection=protection, fallback=fallback)


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a database holds: numbers that are there once and whole, and what is wrong with others."""

    whole: frozenset[int]
    wrong: dict[int, str]


@query(long=True)
def holdings(tx: ReadTransaction) -> Holdings:
    """Return the numbers that are there; a whole one has two rows, each written and audited once."""
    found: dict[int, list[tuple[str, Any, int]]] = {}
    for row in tx.fetch_all("SELECT key, value, version FROM settings WHERE key GLOB '*:[0-9]*'"):
        side, _, number = row["key"].partition(":")
        found.setdefault(int(number), []).append((side, row["value"], row["version"]))
    audited: Counter[str] = Counter()
    for row in tx.fetch_all(
        "SELECT record_id, count(*) AS times FROM audit_logs"
        " WHERE table_name = 'settings' AND record_id GLOB '*:[0-9]*' GROUP BY record_id"
    ):
        audited[row["record_id"]] = row["times"]
    numbers = found.keys() | {int(key.partition(":")[2]) for key in audited}
    wrong = {number: words for number in numbers if (words := _wrong(number, found.get(number, []), audited))}
    return Holdings(frozenset(numbers - wrong.keys()), wrong)


def _wrong(number: int, rows: list[tuple[str, Any, int]], audited: Counter[str]) -> str:
    """Say what is wrong with a pair; nothing if it is whole."""
    sides = sorted(side for side, _, _ in rows)
    if sides != ["left", "right"]:
        return f"rows: {sides}"
    if any(int(value) != number for _, value, _ in rows):
        return f"values: {rows}"
    if any(version != 1 for _, _, version in rows):
        return f"applied more than once: {rows}"
    entries = [audited[f"{side}:{number}"] for side in sides]
    return "" if entries == [1, 1] else f"audit entries: {entries}"
