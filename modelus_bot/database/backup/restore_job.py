"""Writes a copy to a new file in a child, checking on the way that it is what it was when it was made."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelus_bot.database.backup.pacing import WritePace
from modelus_bot.runtime.atomic_files import NO_FILE, believable_length, is_no_file

if TYPE_CHECKING:
    from modelus_bot.database.core.child_process import Report

__all__ = ["CopyIsDamaged", "restore_job"]

READ = 256 * 1024


class CopyIsDamaged(Exception):
    """The bytes of the copy are not those it was made with."""


def restore_job(task: dict[str, Any], report: Report) -> dict[str, Any]:
    """Write ``source`` to ``target`` at ``rate`` bytes a second at most; its bytes must have ``sha256``,
    unless that is None because nobody knows it.

    A target that is there is replaced. What is not right is removed again.
    """
    source, target = Path(task["source"]), Path(task["target"])
    target.unlink(missing_ok=True)
    if is_no_file(source):
        raise CopyIsDamaged(f"{source.name} {NO_FILE}")
    try:
        digest, size = _written(source, target, float(task["rate"]), report)
        if task["sha256"] not in {None, digest}:
            raise CopyIsDamaged(f"{source.name} is not what it was when it was made: its sha256 differs")
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return {"bytes": size}


def _written(source: Path, target: Path, rate: float, report: Report) -> tuple[str, int]:
    digest, done = hashlib.sha256(), 0
    descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with source.open("rb") as reading, os.fdopen(descriptor, "wb") as writing:
        facts = os.fstat(reading.fileno())
        total = facts.st_size
        if total > believable_length(facts):
            raise CopyIsDamaged(f"{source.name} claims {total} bytes, and hardly any are on the disk")
        pace = WritePace(rate, "restoring", report, descriptor=descriptor)
        while block := reading.read(READ):
            digest.update(block)
            writing.write(block)
            writing.flush()
            done += len(block)
            pace.at(done, total)
        os.fsync(descriptor)
    return digest.hexdigest(), done
