"""Reads a finished copy in a child, every byte of it, and checks everything about it."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelus_bot.database.backup.copy_job import hashed
from modelus_bot.database.backup.facts import CopyFacts
from modelus_bot.database.backup.pacing import WritePace
from modelus_bot.database.core.child_answer import to_answer
from modelus_bot.database.core.invariant import Invariant
from modelus_bot.database.core.read_only import opened_to_read
from modelus_bot.database.format.file_kind import FileKind
from modelus_bot.database.integrity import Budget, CheckReport, check_file
from modelus_bot.database.schema import applied_migrations
from modelus_bot.runtime.atomic_files import believable_length, is_no_file
from modelus_bot.runtime.os_errors import in_words

if TYPE_CHECKING:
    from modelus_bot.database.core.child_process import Report

__all__ = ["Verification", "verify_job"]


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found in a copy; ``facts`` is None when its bytes could not be read."""

    report: CheckReport
    facts: CopyFacts | None
    migrations: tuple[str, ...] = ()


def verify_job(task: dict[str, Any], report: Report) -> dict[str, Any]:
    """Read a finished copy from the disk and check everything about it; the child's side of ``Verifier``."""
    budget = Budget(task.get("spare"))
    return to_answer(_verified(Path(task["path"]), task, report, budget)) | budget.left


def _verified(path: Path, task: dict[str, Any], report: Report, budget: Budget) -> Verification:
    try:
        if is_no_file(path):
            return _unreadable("it is no file")
        if (status := path.stat()).st_size > believable_length(status):
            return _unreadable("hardly any of its bytes are on the disk")
        _forget_cached(path)
        digest, size = hashed(path, WritePace(float(task["rate"]), "hashing", report))
    except OSError as error:
        return _unreadable(f"its bytes cannot be read: {in_words(error)}")
    report({"step": "checking"})
    found = check_file(
        path,
        depth="full",
        finished=True,
        invariants=[Invariant(*invariant) for invariant in task["invariants"]],
        schema_digest=task["schema"],
        seconds=float(task["seconds"]),
        budget=budget,
    )
    facts = CopyFacts(
        bytes=size,
        sha256=digest,
        rows=found.rows,
        audit_id=found.audit_id,
        audit_head=found.audit_head,
        page_count=found.page_count,
    )
    migrations = _migrations_of(path) if found.readable else ()
    return Verification(report=found, facts=facts, migrations=migrations)


def _unreadable(why: str) -> Verification:
    report = CheckReport(ok=False, kind=FileKind.UNREADABLE, damaged=True, problems=(why,))
    return Verification(report=report, facts=None)


def _forget_cached(path: Path) -> None:
    """Let the kernel read the file from the disk again: what it remembers of it proves nothing."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def _migrations_of(path: Path) -> tuple[str, ...]:
    """Return the migrations that a file has had, as far as it can say."""
    try:
        with contextlib.closing(opened_to_read(path, finished=True)) as connection:
            connection.text_factory = bytes
            return tuple(sorted(applied_migrations(connection)))
    except Exception:  # noqa: BLE001 - damage provokes anything, and the check says what it is
        return ()
