"""Whether a finished copy is whole, and still what it was made as; ``verify_job`` reads it in a child."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from modelus_bot.database.backup.copy_job import hashed
from modelus_bot.database.backup.facts import CopyFacts
from modelus_bot.database.backup.verify_job import Verification
from modelus_bot.database.core.child_answer import from_answer
from modelus_bot.database.core.child_process import ChildFailed, Report
from modelus_bot.database.core.invariant import Invariant
from modelus_bot.database.integrity import Budget, CheckReport
from modelus_bot.database.schema import SchemaValidator
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.runtime.tunables import Tunable

__all__ = ["Verifier", "differences", "differences_of_bytes"]

LIMIT = 50
LEAST_SECONDS = Tunable(300.0)
SLOWEST = 1_000_000.0
"""Bytes a second below which a check counts as hanging."""


class Verifier:
    """Checks copies completely: structure, references, rules, audit chain, schema, and every byte."""

    def __init__(self, validator: SchemaValidator, invariants: Sequence[Invariant]) -> None:
        """Judge by the schema and the rules of this version of the bot."""
        self._validator = validator
        self._invariants = invariants

    async def verified(
        self,
        copy: Path,
        expected: CopyFacts | None,
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
        found = from_answer(Verification, answer)
        counted = found.report.complete
        damage = () if expected is None else differences(found.facts, expected, counted=counted)
        if not found.report.complete and not found.report.damaged and not damage:
            raise ChildFailed("; ".join(found.report.problems[:3]), kind="Incomplete")
        return replace(found, report=_with(found.report, damage))


def differences(found: CopyFacts | None, expected: CopyFacts, *, counted: bool = True) -> tuple[str, ...]:
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


def differences_of_bytes(path: Path, expected: CopyFacts) -> tuple[str, ...]:
    """Say in what a file's size and sha256 are not as they should be, without opening it as a database."""
    try:
        size = path.stat().st_size
        digest = hashed(path)[0] if size == expected.bytes else ""
    except OSError as error:
        return (in_words(error),)
    return differences(replace(expected, bytes=size, sha256=digest), expected, counted=False)


def _with(report: CheckReport, damage: Sequence[str]) -> CheckReport:
    if not damage:
        return report
    words = tuple(dict.fromkeys((*damage, *report.problems)))[:LIMIT]
    return replace(report, ok=False, damaged=True, problems=words)
