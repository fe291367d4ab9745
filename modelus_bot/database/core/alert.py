"""What administrators have to know, in sentences that say what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Alert", "alert_of"]


@dataclass(frozen=True, slots=True)
class Alert:
    """Something administrators have to know: ``text`` is for people, ``fields`` for the log."""

    kind: str
    text: str
    severity: Literal["info", "warning", "critical"] = "warning"
    fields: dict[str, Any] = field(default_factory=dict)


_SENTENCES: dict[str, tuple[Literal["info", "warning", "critical"], str]] = {
    "backup_failed": (
        "warning",
        "A backup could not be made: {why}. {advice} It is tried again by the clock.",
    ),
    "backup_damaged": (
        "warning",
        "The backup {name} is damaged and no longer counts: {why}. Make a new one with /backup create.",
    ),
    "backup_works_again": ("info", "Backups work again: {why}"),
    "backup_flawed": (
        "warning",
        "The backup {name} can be restored, but does not count as verified: {why}. See /database check.",
    ),
    "archive_behind": (
        "warning",
        "The archive is behind: what is written now could be lost with the disk. {why}",
    ),
    "archive_caught_up": ("info", "The archive has caught up; every change is in it again."),
    "archive_snapshot_held": (
        "critical",
        "The archive takes no new full copy, because {why}. See the page Backup and restore.",
    ),
    "archive_snapshot_failed": ("warning", "The archive's full copy could not be made: {why}"),
    "archive_merging_fails": (
        "warning",
        "The archive cannot merge its pieces: {why} Free disk space, or rename the archive's folder.",
    ),
    "archive_merging_works": ("info", "The archive merges its pieces again."),
    "archive_database_replaced": ("warning", "The archive stopped: {why}. It goes on with the new file."),
}


def alert_of(kind: str, details: dict[str, Any]) -> Alert:
    """Return what people read about an event of the backups or the archive."""
    severity, sentence = _SENTENCES.get(kind, ("warning", f"{kind}: {{why}}"))
    words = {"why": "", "name": "", "advice": ""} | {key: str(value) for key, value in details.items()}
    text = " ".join(sentence.format_map(words).split())
    return Alert(kind, text, severity, details)
