"""What the archive holds, and a new database file from it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import shutil
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from modelus_bot.database.archive.failures import MomentUnavailable
from modelus_bot.database.archive.litestream_config import ArchivePaths
from modelus_bot.database.archive.program import Program
from modelus_bot.database.archive.supervisor import Launch, run_once, started
from modelus_bot.database.core.errors import BackupFailed, DiskFull
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.runtime.tasks import owned
from modelus_bot.runtime.tunables import Tunable

__all__ = ["SNAPSHOT_LEVEL", "ArchivePlan", "Reader", "plan_of"]

Report = Callable[[dict[str, Any]], None]

SNAPSHOT_LEVEL = 9
FIRST_LEVEL = 0
"""Where the very first copy of a database is, until the first full copy is made a second later."""

PLAN_SECONDS = Tunable(120.0)
ATTEMPTS = 3
"""A file may be merged into another one between planning and reading."""

PROGRESS_SECONDS = 0.2
SPARE_BYTES = 16 * 1024 * 1024
COMPRESSED = 5
"""How many times smaller archived files are at most, where their headers cannot be read."""

LTX_HEADER = struct.Struct(">4sIIIQQQ")
"""Magic, flags, bytes a page, pages of the database, first and last transaction, milliseconds since 1970."""

NOTHING_THERE = ("no matching backup files", "no snapshots available", "timestamp does not exist")
LEFTOVERS = ("", ".tmp", "-wal", "-shm", "-txid", ".tmp-wal", ".tmp-shm", ".tmp-journal")


@dataclass(frozen=True, slots=True)
class ArchivePlan:
    """The archived files that make up one state of the database."""

    moment: float
    """UTC seconds; what was committed up to then is in it. Whole seconds where headers cannot be read."""
    transaction: str
    archived_bytes: int
    bytes: int
    """Size of the restored file; an estimate where headers cannot be read."""


class Reader:
    """Reads the archive; works with and without a running program, and on a machine that has nothing else."""

    def __init__(self, places: ArchivePaths, program: Program) -> None:
        """Its configuration ``reader.json`` has to be in the run folder before anything is asked."""
        self._places = places
        self._program = program

    async def snapshots(self) -> tuple[float, ...]:
        """Moments of the full copies in the archive, oldest first, in UTC seconds, never too early."""
        return tuple(moment for moment, _ in await self.listed(SNAPSHOT_LEVEL))

    async def plan(self, at: float | None) -> ArchivePlan | None:
        """Find the newest archived state, or the newest not later than ``at``; None when there is none."""
        nowhere = str(self._places.run / "nowhere")
        code, output, reason = await self._ask("restore", "-dry-run", "-json", "-o", nowhere, *_at(at))
        if code == 0:
            return plan_of(json.loads(output), self._places)
        if any(text in reason for text in NOTHING_THERE):
            return None
        raise BackupFailed(f"the archive cannot be read: {reason}")

    async def moments(self) -> tuple[float, float] | None:
        """Return the earliest moment that can be asked for and the newest archived one, or None."""
        newest = await self.plan(None)
        beginnings = await self.listed(SNAPSHOT_LEVEL) or await self.listed(FIRST_LEVEL)
        if not beginnings or newest is None:
            return None
        earliest = beginnings[0][0]
        return earliest, max(newest.moment, earliest)

    async def restore(self, target: Path, at: float | None, on_progress: Report | None = None) -> float:
        """Write the state at ``at`` to the new file ``target`` and return the moment it is of.

        Whatever goes wrong, and when the caller is cancelled, nothing of it stays. Raises
        ``MomentUnavailable``, ``DiskFull`` or ``BackupFailed``.
        """
        plan = await self.plan(at)
        if plan is None:
            raise await self._unavailable(at)
        await asyncio.to_thread(_preflight, target, plan)
        unfinished = target.with_name(target.name + ".partial")
        try:
            await self._written(unfinished, at, plan, on_progress)
            await asyncio.to_thread(_finish, unfinished, target)
        finally:
            for ending in LEFTOVERS:
                unfinished.with_name(unfinished.name + ending).unlink(missing_ok=True)
        return plan.moment

    async def _unavailable(self, at: float | None) -> MomentUnavailable:
        held = await self.moments()
        if held is None or at is None:
            return MomentUnavailable("the archive holds nothing yet")
        earliest = datetime.fromtimestamp(held[0], UTC)
        return MomentUnavailable(
            f"the archive begins at {earliest:%Y-%m-%d %H:%M:%S} UTC", earliest=held[0], latest=held[1]
        )

    async def _written(
        self, path: Path, at: float | None, plan: ArchivePlan, on_progress: Report | None
    ) -> None:
        arguments = ["restore", "-o", str(path), *_at(at)]
        reason = ""
        for _ in range(ATTEMPTS):
            for ending in LEFTOVERS:
                path.with_name(path.name + ending).unlink(missing_ok=True)
            code, reason = await self._watched(self._command(*arguments), path, plan, on_progress)
            if code == 0:
                return
        if "no space left" in reason:
            raise DiskFull(f"the archive could not be restored: {reason}")
        raise BackupFailed(f"the archive could not be restored: {reason}")

    async def _watched(
        self, launch: Launch, path: Path, plan: ArchivePlan, on_progress: Report | None
    ) -> tuple[int, str]:
        process = await started(launch, answer=True)
        try:
            waiting = owned(process.communicate(), name="archive-restoring")
            while not (await asyncio.wait({waiting}, timeout=PROGRESS_SECONDS))[0]:
                if on_progress is not None:
                    on_progress({"bytes": _size(path), "of": plan.bytes})
            _, complaints = await waiting
        finally:
            await process.dismiss()
        return process.returncode or 0, _last_line(complaints)

    async def listed(self, level: int) -> tuple[tuple[float, str], ...]:
        """Moments and last transactions of the files of a level, oldest first."""
        code, output, reason = await self._ask("ltx", "-level", str(level), "-json")
        if code != 0:
            raise BackupFailed(f"the archive cannot be listed: {reason}")
        entries = json.loads(output) or ()
        return tuple(sorted((self._moment(entry), str(entry["max_txid"])) for entry in entries))

    def _moment(self, entry: dict[str, Any]) -> float:
        """Read when a file was made; the program's listing has whole seconds, rounded down."""
        if self._places.replica is not None:
            name = f"{entry['min_txid']}-{entry['max_txid']}.ltx"
            with contextlib.suppress(OSError, struct.error, ValueError):
                return _header(self._places.replica / "ltx" / str(entry["level"]) / name)[0]
        return _utc(entry["timestamp"]) + 1

    async def _ask(self, command: str, *arguments: str) -> tuple[int, bytes, str]:
        """Run a command that only looks; returns its code, its answer and its reason."""
        try:
            launch = self._command(command, *arguments)
            code, output, complaints = await run_once(launch, seconds=PLAN_SECONDS.value)
        except TimeoutError as error:
            raise BackupFailed(f"the archive did not answer within {PLAN_SECONDS.value:g} s") from error
        except OSError as error:
            raise BackupFailed(f"the archive's program cannot be started: {in_words(error)}") from error
        return code, output, _last_line(complaints)

    def _command(self, command: str, *arguments: str) -> Launch:
        return self._program.launch(command, "reader.json", *arguments, str(self._places.database))


def plan_of(answer: dict[str, Any], places: ArchivePaths) -> ArchivePlan | None:
    """Read the program's answer to a dry run; headers of a folder's files make it exact."""
    files = answer.get("files") or ()
    if not files:
        return None
    last = max(files, key=lambda file: file["max_txid"])
    archived = sum(int(file["size"]) for file in files)
    moment, size = _utc(last["timestamp"]), archived * COMPRESSED
    if places.replica is not None:
        with contextlib.suppress(OSError, struct.error, ValueError):
            moment, size = _header(places.replica / "ltx" / str(last["level"]) / last["name"])
    return ArchivePlan(moment, str(last["max_txid"]), archived, size)


def _header(path: Path) -> tuple[float, int]:
    with path.open("rb") as file:
        magic, _, page, pages, _, _, moment = LTX_HEADER.unpack(file.read(LTX_HEADER.size))
    if magic != b"LTX1":
        raise ValueError(f"{path} is not an archived file")
    return moment / 1000, page * pages


def _at(at: float | None) -> list[str]:
    if at is None:
        return []
    whole = math.floor(at)
    milliseconds = math.floor((at - whole) * 1000)
    return ["-timestamp", f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}.{milliseconds:03}Z"]


def _utc(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _last_line(complaints: bytes) -> str:
    lines = complaints.decode("utf-8", "replace").strip().splitlines()
    return lines[-1].removeprefix("Error: ")[:1000] if lines else "no reason was given"


def _preflight(target: Path, plan: ArchivePlan) -> None:
    if target.exists():
        raise BackupFailed(f"{target} already exists")
    free = shutil.disk_usage(target.parent).free
    needed = plan.bytes + SPARE_BYTES
    if free < needed:
        raise DiskFull(f"restoring needs {needed} bytes in {target.parent}, {free} are free")


def _size(path: Path) -> int:
    for candidate in (path.with_name(path.name + ".tmp"), path):
        with contextlib.suppress(OSError):
            return candidate.stat().st_size
    return 0


def _finish(unfinished: Path, target: Path) -> None:
    """Make the file durable before it gets its name, and then its name."""
    unfinished.chmod(0o600)
    _flush(unfinished)
    unfinished.replace(target)
    _flush(target.parent)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
