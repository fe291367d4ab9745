"""The fallback log: audit entries that the table cannot take wait here, on the disk before their COMMIT."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from loguru import logger

from modelus_bot.config.units import MEGABYTE
from modelus_bot.database.core.alert import Alert
from modelus_bot.database.core.append_file import AppendFile
from modelus_bot.database.core.audit.chain import fields_of
from modelus_bot.database.core.audit.entry import AuditEntry, Fields, check_entry
from modelus_bot.database.core.errors import AuditUnwritable, DatabaseError, DiskFull
from modelus_bot.database.core.framing import frame
from modelus_bot.database.core.notifier import NOBODY, Overseer
from modelus_bot.runtime.os_errors import Fault, fault_of, in_words

__all__ = ["AuditFile", "WaitingEntry", "audit_path"]

_FULL = {Fault.FULL, Fault.TOO_LARGE}
_LENGTH = 11


def audit_path(database: Path) -> Path:
    """Return where the audit entries wait that belong to a database: ``modelus.audit.jsonl`` beside it."""
    return database.with_name(f"{database.stem}.audit.jsonl")


@dataclass(frozen=True, slots=True)
class WaitingEntry:
    """An entry in the file, by the file's name and its number in it.

    ``token`` is the request id that was committed together with its change; None for what is no change.
    """

    file: str
    number: int
    token: str | None
    fields: Fields

    def line(self) -> bytes:
        """Return it as a line with its length and CRC-32."""
        content = {"file": self.file, "number": self.number, "token": self.token, "entry": self.fields}
        return frame(json.dumps(content, separators=(",", ":")).encode("ascii"))

    @classmethod
    def read(cls, body: bytes) -> WaitingEntry:
        """Return what a line says; raises ``ValueError`` for one that this version did not write."""
        try:
            content = json.loads(body)
            fields = tuple(content["entry"])
            one = cls(str(content["file"]), int(content["number"]), content["token"], fields)
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError(str(error)) from error
        if len(fields) != _LENGTH:
            raise ValueError("it has another number of columns")
        return one


class AuditFile:
    """Entries that wait for the table; used by the writer's thread and by the event loop.

    ``waiting`` is their number. ``overseer`` is told on the event loop that opened it: what administrators
    have to know, and of the failure that sent the first entry here.
    """

    def __init__(self, path: Path, *, megabytes: int = 16, overseer: Overseer = NOBODY) -> None:
        """Remember where it lies; nothing is touched yet. It never grows beyond ``megabytes``."""
        self.waiting = 0
        self._overseer = overseer
        self._file = AppendFile(path)
        self._limit = megabytes * MEGABYTE
        self._lock = threading.RLock()
        self._entries: list[WaitingEntry] = []
        self._name = secrets.token_hex(8)
        self._number = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told = False
        self._troubled = False

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self._file.path

    @property
    def oldest_at(self) -> int | None:
        """When the oldest change that waits was made, in UTC seconds; request ids since then are needed."""
        with self._lock:
            return min((entry.fields[-1] for entry in self._entries if entry.token is not None), default=None)

    async def __aenter__(self) -> Self:
        """Read what an earlier run left; what cannot be read yet is read before the next entry is saved."""
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self.open)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the file; what waits stays in it."""
        await asyncio.to_thread(self.close)
        self._loop = None

    def open(self) -> None:
        """Read the file if there is one; blocking."""
        with self._lock:
            try:
                if self.path.exists():
                    self._read()
            except OSError as error:
                logger.bind(path=str(self.path), error=in_words(error)).warning("audit_file_unreadable")

    def close(self) -> None:
        """Close the file; blocking, safe to call again."""
        with self._lock:
            self._file.close()

    def new_token(self) -> str:
        """Return a request id for one transaction whose entries wait here."""
        return f"audit:{self._name}:{secrets.token_hex(8)}"

    async def append(self, entry: AuditEntry) -> None:
        """Keep an entry about something that is no change of a row, as operation COMMAND.

        Raises ``ConstraintViolated`` for an entry the table will never take, ``AuditUnwritable`` or
        ``DiskFull`` when it cannot be kept.
        """
        fields = fields_of(replace(entry, operation="COMMAND"))
        check_entry(fields)
        await asyncio.to_thread(self.save, [fields], None)

    def save(self, entries: Sequence[Fields], token: str | None) -> None:
        """Put entries on the disk, all or none; blocking. Raises ``AuditUnwritable`` or ``DiskFull``."""
        with self._lock:
            try:
                self._save(entries, token)
            except OSError as error:
                self._begin_numbers_anew()
                kind = DiskFull if fault_of(error) in _FULL else AuditUnwritable
                raise kind(in_words(error)) from error

    def first(self, count: int) -> tuple[WaitingEntry, ...]:
        """Return the oldest entries that wait."""
        with self._lock:
            return tuple(self._entries[:count])

    def settled(self, entries: Sequence[WaitingEntry]) -> None:
        """Note that the oldest entries are in the table; the file is emptied once none waits. Blocking."""
        with self._lock:
            del self._entries[: len(entries)]
            self.waiting = len(self._entries)
            if self._entries:
                return
            self._told = False
            self._begin_numbers_anew()
            try:
                self._file.replace(b"")
            except OSError as error:  # the table knows up to where it was merged
                logger.bind(path=str(self.path), error=in_words(error)).warning("audit_file_not_emptied")

    def put_away(self, entry: WaitingEntry) -> None:
        """Keep an entry that the table refuses in a file of its own, for an operator; blocking."""
        self._set_aside(entry.line())

    def trouble(self, error: DatabaseError) -> None:
        """Tell, once until everything is merged, that entries have to wait here."""
        if self._told:
            return
        self._told = self._troubled = True
        logger.bind(path=str(self.path), cause=error.detail, reference=error.reference).error(
            "audit_set_aside"
        )
        text = (
            f"The audit log in the database cannot be written to. Changes go on; their entries are kept in"
            f" {self.path.name} and are put in order later. See /audit verify. Reference {error.reference}."
        )
        alert = Alert("audit_set_aside", text, "critical", {"reference": error.reference})
        self._tell(self._overseer.tell, alert)
        self._tell(self._overseer.suspect, error)

    def merged(self, count: int, dropped: int) -> None:
        """Tell that what waited is in the table; administrators hear it if they heard of trouble."""
        logger.bind(entries=count, dropped=dropped).info("audit_merged")
        if not self._troubled:
            return
        self._troubled = False
        text = f"The audit log is complete again: {count} entries that had waited were added to it."
        self._tell(
            self._overseer.tell, Alert("audit_merged", text, "info", {"entries": count, "dropped": dropped})
        )

    def _tell(self, hear: Callable[[Any], None], what: Any) -> None:
        if self._loop is None:
            hear(what)
        else:
            self._loop.call_soon_threadsafe(hear, what)

    def _save(self, entries: Sequence[Fields], token: str | None) -> None:
        self._make_ready()
        numbers = range(self._number + 1, self._number + len(entries) + 1)
        new = [
            WaitingEntry(self._name, number, token, fields)
            for number, fields in zip(numbers, entries, strict=True)
        ]
        lines = b"".join(item.line() for item in new)
        if self._file.size + len(lines) > self._limit:
            raise OSError(None, "the audit file is as large as it may become")
        self._file.append(lines)
        self._entries += new
        self._number, self.waiting = self._number + len(new), len(self._entries)

    def _begin_numbers_anew(self) -> None:
        """Use no number twice: after a failed save nobody knows which ones the disk will come back with."""
        self._name, self._number = secrets.token_hex(8), 0

    def _make_ready(self) -> None:
        """Open the file, or make it anew when somebody took it away."""
        if not self._file.is_open:
            self._read()
        elif not self._file.is_in_place():
            self._file.replace(b"".join(entry.line() for entry in self._entries))

    def _read(self) -> None:
        """Take over what the file holds besides what is known; damaged lines are put away."""
        known = {(entry.file, entry.number) for entry in self._entries}
        scan = self._file.open()
        damaged = list(scan.damaged)
        for body in scan.bodies:
            try:
                one = WaitingEntry.read(body)
            except ValueError:
                damaged.append(frame(body))
                continue
            if (one.file, one.number) not in known:
                known.add((one.file, one.number))
                self._entries.append(one)
        self.waiting = len(self._entries)
        if damaged:
            logger.bind(path=str(self.path), lines=len(damaged)).error("audit_file_damaged")
            self._set_aside(b"\n".join(damaged) + b"\n")
            self._file.replace(b"".join(entry.line() for entry in self._entries))

    def _set_aside(self, lines: bytes) -> None:
        self._file.set_aside(".damaged", lines)
