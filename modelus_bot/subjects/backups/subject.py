"""Declares the subject `backups`: verified copies, and going back to them."""

from __future__ import annotations

from modelus_bot.domain.subject import Screens, Subject, Wording
from modelus_bot.subjects.backups.visibility import VISIBLE
from modelus_bot.subjects.health.model import TOPIC

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.backups.commands.approval import RestoreButton
    from modelus_bot.subjects.backups.commands.group import BackupCommands

    return Screens(commands=(BackupCommands,), buttons=(RestoreButton,))


_WORDING = Wording(
    rows={
        "backups": "records of backups",
    },
    row={
        "backups": "a backup",
    },
    ranges={
        "backups_kind_known": ("The kind of a backup", "full, wal, pre_migration or pre_restore"),
        "backups_path_length": ("The path of a backup", "1 to 300 characters long"),
        "backups_bytes_range": ("The size of a backup", "0 bytes or more"),
        "backups_sha256_length": ("The checksum of a backup", "64 characters long"),
        "backups_status_known": ("The status of a backup", "SUCCESS, FAILED, IN_PROGRESS or PRUNED"),
    },
    sentences={
        "backups_wal_has_base": (
            "A stretch of changes in the backups needs the full copy it belongs to, and only such a "
            "stretch has one. Please tell an administrator."
        ),
    },
    taken={
        "backups.id": "There is a backup with this number already. Please try again.",
        "backups.path": "There is a backup at this path already. Please try again.",
    },
    columns={
        "base_id": "the full copy it belongs to",
        "bytes": "the size",
        "path": "the path",
        "sha256": "the checksum",
        "to_at": "the time it reaches to",
    },
)

SUBJECT = Subject(
    name="backups",
    topic=TOPIC,
    needs={"backup": "admin"},
    audited=("database",),
    visible=VISIBLE,
    wording=_WORDING,
    screens=_screens,
)
