"""Everything one can check of a file, whatever it is: never raises, never hangs."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelus_bot.database.core.child_answer import to_answer
from modelus_bot.database.core.invariant import Invariant
from modelus_bot.database.core.reachability import explained, why_not
from modelus_bot.database.core.result_codes import from_sqlite
from modelus_bot.database.format.file_kind import FileKind, classify
from modelus_bot.database.format.sidecars import in_the_way
from modelus_bot.database.integrity.budget import Budget
from modelus_bot.database.integrity.examination import LIMIT, FileExamination, OutOfTime
from modelus_bot.database.integrity.opening import Meaning, meaning_of, opened
from modelus_bot.database.integrity.report import CheckReport
from modelus_bot.database.integrity.structure import Depth
from modelus_bot.runtime.atomic_files import believable_length
from modelus_bot.runtime.os_errors import about, in_words

if TYPE_CHECKING:
    from modelus_bot.database.core.child_process import Report

__all__ = ["check_file", "check_job"]

TAIL = 64 * 1024 * 1024
"""Bytes behind a database that may be an accident of whoever copied it."""

BLOCK = 1024 * 1024
LOOK_AGAIN = (0.1, 0.5)
"""Pauses in seconds before another look at what could not be looked at."""

SHORT = 10.0
"""Seconds of a check that is worth repeating."""

_READABLE = {FileKind.DATABASE, FileKind.TRUNCATED, FileKind.DAMAGED}


def check_job(task: dict[str, Any], report: Report) -> dict[str, Any]:
    """Run ``check_file`` in a child; progress names the step and, while rows are read, the table.

    What cannot be looked at is looked at again: memory and descriptors may be short for a moment.
    """
    budget = Budget(task.get("spare"))
    for pause in LOOK_AGAIN:
        found = _check(task, report, budget)
        if _is_final(found):
            break
        time.sleep(pause)
    else:
        found = _check(task, report, budget)
    return to_answer(found) | budget.left


def _is_final(found: CheckReport) -> bool:
    """Say whether another look would see nothing else, or is not worth its time."""
    seen = found.damaged or (found.readable and found.complete)
    return seen or found.given_up or found.seconds > SHORT


def _check(task: dict[str, Any], report: Report, budget: Budget) -> CheckReport:
    return check_file(
        Path(task["path"]),
        depth=task.get("depth", "full"),
        finished=task.get("finished", False),
        invariants=[Invariant(*item) for item in task.get("invariants", ())],
        schema_digest=task.get("schema"),
        migrations=Path(task["migrations"]) if task.get("migrations") else None,
        seconds=task.get("seconds", 300.0),
        on_step=lambda step: report({"step": step}),
        links=task.get("links", ()),
        fresh=task.get("fresh", False),
        budget=budget,
    )


def check_file(
    path: Path,
    *,
    depth: Depth = "full",
    finished: bool = False,
    invariants: Sequence[Invariant] = (),
    schema_digest: str | None = None,
    migrations: Path | None = None,
    seconds: float = 300.0,
    on_step: Callable[[str], None] = lambda _: None,
    links: Sequence[int] = (),
    fresh: bool = False,
    budget: Budget | None = None,
) -> CheckReport:
    """Check a file within ``seconds``, and within the processor time that ``budget`` allows for its bytes.

    ``finished`` says that nobody writes it and no -wal belongs to it. ``links`` are numbers of audit entries
    whose hashes are wanted. ``fresh`` reads from the disk what the system had in memory.

    Opens the file beside SQLite: only for files that this process has no connection to. The file and
    its -wal stay as they are; a -journal that a crash left is rolled back, as SQLite always does.
    ``schema_digest`` is what a file must have that does not say which migrations it has had;
    ``migrations`` is the folder of those that are known, by default this version's own.
    """
    started = time.perf_counter()
    on_step("looking at the file")
    if fresh:
        _forget_cached(path)
    kind = classify(path)
    if kind is FileKind.UNREADABLE:
        found = why_not(path, writing=False)
        problems = (f"the file could not be opened{f': {found[1]}' if found is not None else ''}",)
        return CheckReport(ok=False, kind=kind, damaged=False, complete=False, problems=problems)
    if kind not in _READABLE:
        return CheckReport(ok=False, kind=kind, damaged=True, problems=(f"the file is {kind.value}",))
    if not finished and (obstacle := in_the_way(path)) is not None:
        return CheckReport(ok=False, kind=kind, damaged=False, complete=False, problems=(obstacle,))
    examination = FileExamination(depth, invariants, schema_digest, migrations, on_step, links)
    if kind is FileKind.TRUNCATED:
        examination.damage("the file is shorter than its header says")
    try:
        with (
            (budget or Budget()).look(_files(path, finished=finished), seconds) as allowance,
            opened(path, finished=finished, allowance=allowance) as connection,
        ):
            examination.run(connection, allowance)
    except OutOfTime:
        examination.give_up()
    except Exception as error:  # noqa: BLE001 - damaged files provoke anything
        _judge(examination, error, path)
    report = _with_tail(examination.report(kind, _size(path), time.perf_counter() - started), path)
    if report.damaged and (why := _unreadable(path, finished=finished)) is not None:
        return replace(report, damaged=False, complete=False, problems=(why, *report.problems)[:LIMIT])
    return report


def _files(path: Path, *, finished: bool) -> tuple[Path, ...]:
    return (path,) if finished else (path, path.with_name(path.name + "-wal"))


def _unreadable(path: Path, *, finished: bool) -> str | None:
    """Say what keeps the bytes from being read: SQLite calls that damage, too; None when they can be."""
    for file in _files(path, finished=finished):
        try:
            with about(file), file.open("rb", buffering=0) as stream:
                left = believable_length(os.fstat(stream.fileno()))
                while left > 0 and (data := stream.read(min(left, BLOCK))):
                    left -= len(data)
        except FileNotFoundError:
            continue
        except OSError as error:
            return f"{file.name} cannot be read: {in_words(error)}"
    return None


def _forget_cached(path: Path) -> None:
    """Have the system read the files from the disk anew."""
    for file in _files(path, finished=False):
        with contextlib.suppress(OSError), file.open("rb") as stream:
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _judge(examination: FileExamination, error: Exception, path: Path) -> None:
    if (
        isinstance(error, sqlite3.Error | OSError | MemoryError)
        and meaning_of(error, opening=True) is Meaning.OTHER
    ):
        told = explained(from_sqlite(error), path, writing=False)
        examination.unfinished(f"the file could not be checked: {told.detail}")
        return
    try:
        examination.judge("the file", error, opening=True)
    except OutOfTime:
        examination.give_up()


def _with_tail(report: CheckReport, path: Path) -> CheckReport:
    """Take a file for damaged that goes on far behind its database: SQLite does not look there.

    With a -wal that may be right: what was given back is cut off when the -wal is moved into the file.
    """
    inside = report.page_count * report.page_size
    if not inside or report.bytes <= 4 * inside + TAIL or _size(path.with_name(path.name + "-wal")):
        return report
    problem = f"the file goes on for {report.bytes - inside} bytes behind the database in it"
    problems = (problem, *report.problems)[:LIMIT]
    return replace(report, ok=False, damaged=True, problems=problems)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0
