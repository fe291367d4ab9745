"""Damaged and replaced files are set aside whole, with a note; the bot never deletes them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from loguru import logger

from modelus_bot.database.core.sidecar_paths import parts_of
from modelus_bot.runtime.atomic_files import sync_folder, write_durably

__all__ = ["QuarantinedFile", "move_to_quarantine", "new_folder"]

NOTE = "why.json"


@dataclass(frozen=True, slots=True)
class QuarantinedFile:
    """Where a database was put: ``database`` is the main file's new path, whether it exists or not."""

    folder: Path
    database: Path

    def put_back(self, home: Path) -> None:
        """Return the files to where they came from, as when nothing better was found."""
        for here, there in zip(parts_of(self.database), parts_of(home), strict=True):
            if here.exists():
                shutil.move(here, there)
        sync_folder(home.parent)


def move_to_quarantine(
    database: Path, quarantine: Path, reason: str, problems: Sequence[str] = (), *, now: float
) -> QuarantinedFile:
    """Move the file and all that belongs to it together into a new folder below ``quarantine``.

    All connections must be closed: a -wal that is left behind would be applied to the file that
    comes next. Raises ``OSError``.
    """
    folder = new_folder(quarantine, database.stem, now)
    moved = QuarantinedFile(folder, folder / database.name)
    sizes = {}
    for here, there in zip(parts_of(database), parts_of(moved.database), strict=True):
        if here.exists():
            sizes[here.name] = here.stat().st_size
            shutil.move(here, there)
    note = {"reason": reason, "problems": list(problems)[:50], "at": int(now), "bytes": sizes}
    write_durably(folder / NOTE, json.dumps(note, indent=2).encode())
    sync_folder(database.parent)
    logger.bind(folder=str(folder), reason=reason, bytes=sizes).warning("database_set_aside")
    return moved


def new_folder(quarantine: Path, stem: str, now: float) -> Path:
    """Make and return a folder of its own for what is set aside now; raises ``OSError``."""
    quarantine.mkdir(parents=True, exist_ok=True, mode=0o700)
    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
    number = 1
    while True:
        folder = quarantine / (f"{stem}-{stamp}" if number == 1 else f"{stem}-{stamp}-{number}")
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            number += 1
        else:
            sync_folder(quarantine)
            return folder
