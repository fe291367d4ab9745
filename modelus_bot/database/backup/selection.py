"""Which copy is worth restoring: one child looks at many, and reads whole only those that may fit."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelus_bot.database.backup.copy_job import hashed
from modelus_bot.database.format.file_kind import FileKind, classify
from modelus_bot.database.integrity import Budget, opened, with_any_text
from modelus_bot.database.schema import SchemaValidator, applied_migrations, newer_than_known
from modelus_bot.runtime.atomic_files import NO_FILE, believable_length, is_no_file
from modelus_bot.runtime.os_errors import in_words

if TYPE_CHECKING:
    from modelus_bot.database.core.child_process import Report

__all__ = ["first_fit_job", "newer_migrations"]

LOOK_SECONDS = 10.0
_OTHERS = "it holds no database of this bot"


def first_fit_job(task: dict[str, Any], report: Report) -> dict[str, Any]:
    """Return the ``name`` of the first of ``copies`` in ``folder`` that fits this version, None without one.

    Each has ``name``, and ``bytes`` and ``sha256`` that it must have, or None where nobody knows. Progress
    has ``name``, and ``why`` it was refused, of each one before.
    """
    validator, budget = SchemaValidator(), Budget(task.get("spare"))
    for copy in task["copies"]:
        path = Path(task["folder"]) / copy["name"]
        why = _unfit(path, copy["bytes"], copy["sha256"], validator, budget)
        if why is None:
            return {"name": copy["name"], **budget.left}
        report({"name": copy["name"], "why": why})
    return {"name": None, **budget.left}


def newer_migrations(applied: frozenset[str], validator: SchemaValidator) -> str | None:
    """Say that a file is from a newer version, None when this version knows all its migrations."""
    newer = sorted(applied - {script.id for script in validator.scripts})
    return newer_than_known(newer) if newer else None


def _unfit(
    path: Path, size: int | None, sha256: str | None, validator: SchemaValidator, budget: Budget
) -> str | None:
    """Say why a copy is not worth restoring, the cheapest question first."""
    try:
        if is_no_file(path):
            return f"it {NO_FILE}"
        facts = path.stat()
        if size is not None and facts.st_size != size:
            return f"it has {facts.st_size} bytes instead of {size}"
        if facts.st_size > believable_length(facts):
            return "hardly any of its bytes are on the disk"
        if (kind := classify(path)) is not FileKind.DATABASE:
            return f"the file is {kind.value}"
        if (why := _of_schema(path, validator, budget)) is not None:
            return why
        if sha256 is not None and hashed(path)[0] != sha256:
            return "its content is not what it was made with: its sha256 differs"
    except OSError as error:
        return f"it cannot be read: {in_words(error)}"
    return None


def _of_schema(path: Path, validator: SchemaValidator, budget: Budget) -> str | None:
    """Say in what the schema is not one that this version can work with, or bring up to date."""
    try:
        with (
            budget.look((path,), LOOK_SECONDS) as allowance,
            opened(path, finished=True, allowance=allowance) as connection,
            with_any_text(connection),
        ):
            return _of_shape(connection, validator)
    except Exception as error:  # noqa: BLE001 - damaged files provoke anything
        return f"its schema cannot be read: {error}"


def _of_shape(connection: sqlite3.Connection, validator: SchemaValidator) -> str | None:
    applied = applied_migrations(connection)
    if not applied:
        return _OTHERS
    if (newer := newer_migrations(applied, validator)) is not None:
        return newer
    blocking = validator.inspect(connection).blocking
    return " ".join(item.fact for item in blocking[:3]) or None
