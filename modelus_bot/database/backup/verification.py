"""Whether a finished copy is whole, and still what it was made as; the reading is done in a child."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from modelus_bot.database.backup.copy_job import hashed
from modelus_bot.database.backup.manifest import Facts
from modelus_bot.database.backup.pacing import WritePace
from modelus_bot.database.core.child_process import ChildFailed, Report
from modelus_bot.database.core.invariant import Invariant
from modelus_bot.database.core.read_only import opened_to_read
from modelus_bot.database.format.file_kind import FileKind
from modelus_bot.database.integrity import Budget, CheckReport, check_file
from modelus_bot.database.schema import SchemaValidator, applied_migrations
from modelus_bot.runtime.atomic_files import believable_length, is_no_file
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.runtime.tunables import Tunable

__all__ = ["Verification", "Verifier", "differences", "verify_job"]

LIMIT = 50
LEAST_SECONDS = Tunable(300.0)
SLOWEST = 1_000_000.0
"""Bytes a second below which a check counts as hanging."""


class Verification(BaseModel):
    """What was found in a copy; ``facts`` is None when its bytes could not be read."""

    model_config = ConfigDict(frozen=True)

    report: CheckReport
    facts: Facts | None
    migrations: tuple[str, ...] = ()


class Verifier:
    """Checks copies completely: structure, references, rules, audit chain, schema, and every byte."""

    def __init__(self, validator: SchemaValidator, invariants: Sequence[Invariant]) -> None:
        """Judge by the schema and the rules of this version of the bot."""
        self._validator = validator
        self._invariants = invariants

    async def verified(
        self,
        copy: Path,
        expected: Facts | None,
        rate: float,
        on_progress: Report | None = None,
        budget: Budget | None = None,
    ) -> Verification:
        """Read all of ``copy``, at ``rate`` bytes a second at most, and compare it with what it should hold.

        What differs from ``expected`` is damage, whatever else the check says. Raises ``ChildFailed``
        when the check could not be finished and what it saw is whole, ``OSError`` when the copy is not
        there.
        """
        size = (await asyncio.to_thread(copy.stat)).st_size
        seconds = LEAST_SECONDS.value + size / SLOWEST + size / rate
        task = {
            "path": str(copy),
            "invariants": [
                [invariant.name, invariant.sql, invariant.meaning] for invariant in self._invariants
            ],
            "schema": await asyncio.to_thread(lambda: self._validator.digest),
            "seconds": seconds,
            "rate": rate,
        }
        budget = budget or Budget()
        answer = await budget.child("verify", task, on_progress=on_progress, seconds=seconds + 60)
        found = Verification.model_validate(answer)
        counted = found.report.complete
        damage = () if expected is None else differences(found.facts, expected, counted=counted)
        if not found.report.complete and not found.report.damaged and not damage:
            raise ChildFailed("; ".join(found.report.problems[:3]), kind="Incomplete")
        return found.model_copy(update={"report": _with(found.report, damage)})


def differences(found: Facts | None, expected: Facts, *, counted: bool = True) -> tuple[str, ...]:
    """Say in words what a file holds otherwise than it should; its bytes only, unless it was ``counted``."""
    if found is None:
        return ("its bytes cannot be read",)
    words = []
    if found.bytes != expected.bytes:
        words.append(f"it has {found.bytes} bytes instead of {expected.bytes}")
    elif found.sha256 != expected.sha256:
        words.append("its content is not what it was made with: its sha256 differs")
    if not counted:
        return tuple(words)
    if (found.audit_id, found.audit_head) != (expected.audit_id, expected.audit_head):
        words.append(f"its audit trail ends at {found.audit_id} otherwise than at {expected.audit_id}")
    if found.page_count != expected.page_count:
        words.append(f"it has {found.page_count} pages instead of {expected.page_count}")
    for table in sorted(found.rows.keys() | expected.rows.keys()):
        here, there = found.rows.get(table, 0), expected.rows.get(table, 0)
        if here != there:
            words.append(f"table {table} has {here} rows instead of {there}")
    return tuple(words)


def verify_job(task: dict[str, Any], report: Report) -> dict[str, Any]:
    """Read a finished copy from the disk and check everything about it; the child's side of ``Verifier``."""
    budget = Budget(task.get("spare"))
    return _verified(Path(task["path"]), task, report, budget).model_dump(mode="json") | budget.left


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
    facts = Facts(
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


def _with(report: CheckReport, damage: Sequence[str]) -> CheckReport:
    if not damage:
        return report
    words = tuple(dict.fromkeys((*damage, *report.problems)))[:LIMIT]
    return report.model_copy(update={"ok": False, "damaged": True, "problems": words})
