"""Everything one can check of a file, whatever it is: never raises, never hangs."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from modelus_bot.database.audit import verify_chain, walk
from modelus_bot.database.child import Report
from modelus_bot.database.integrity.invariants import Invariant
from modelus_bot.database.integrity.report import BrokenRow, CheckReport
from modelus_bot.database.names import with_names
from modelus_bot.database.salvage.classifying import FileKind, classify

__all__ = ["check_file", "check_job"]

Depth = Literal["quick", "full"]
LIMIT = 50
STEPS = 20_000
_LEFT_OPEN: list[sqlite3.Connection] = []
_COUNT = "SELECT count(*) FROM {table}"
_EVERYTHING = "SELECT * FROM {table} NOT INDEXED"
_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
    " AND name NOT GLOB '_yoyo*' AND name <> 'yoyo_lock' AND name NOT GLOB '_litestream*' ORDER BY name"
)


def check_job(task: dict[str, Any], report: Report) -> dict[str, Any]:
    """Run ``check_file`` in a child."""
    report({"step": "checking"})
    invariants = [Invariant(*one) for one in task.get("invariants", ())]
    found = check_file(
        Path(task["path"]),
        depth=task.get("depth", "full"),
        finished=task.get("finished", False),
        invariants=invariants,
        schema_digest=task.get("schema"),
        seconds=task.get("seconds", 300.0),
        leave_open=True,
    )
    return found.model_dump(mode="json")


def check_file(
    path: Path,
    *,
    depth: Depth = "full",
    finished: bool = False,
    invariants: Sequence[Invariant] = (),
    schema_digest: str | None = None,  # noqa: ARG001 - compared by the schema's own validator
    seconds: float = 300.0,
    leave_open: bool = False,
) -> CheckReport:
    """Check a file within ``seconds``; ``finished`` says that nobody writes it and no -wal belongs to it.

    Opens the file beside SQLite: only for files that this process has no connection to. With
    ``leave_open`` the connection is never closed, for a child that ends without closing: the last
    connection to close would move the -wal into the file, and the -wal may be the damaged part.
    """
    started = time.perf_counter()
    kind = classify(path)
    if kind not in {FileKind.DATABASE, FileKind.TRUNCATED, FileKind.DAMAGED}:
        return CheckReport(ok=False, kind=kind, damaged=True, problems=(f"the file is {kind.value}",))
    checker = _Checker(time.perf_counter() + seconds)
    try:
        connection = _open(path, finished=finished, deadline=started + seconds)
        if leave_open:
            _LEFT_OPEN.append(connection)
            checker.run(connection, depth, invariants)
        else:
            with contextlib.closing(connection):
                checker.run(connection, depth, invariants)
    except Exception as error:  # noqa: BLE001 - damaged files provoke anything
        checker.damage(f"it cannot be read: {error} ({type(error).__name__})")
    return checker.report(kind, path, time.perf_counter() - started)


def _open(path: Path, *, finished: bool, deadline: float) -> sqlite3.Connection:
    mode = "mode=ro&immutable=1" if finished else "mode=rw"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{mode}", uri=True, isolation_level=None, timeout=5.0
    )
    try:
        connection.text_factory = bytes
        connection.set_progress_handler(lambda: time.perf_counter() > deadline, STEPS)
        connection.execute("PRAGMA cell_size_check=ON")
        connection.execute("PRAGMA query_only=ON")
    except BaseException:
        connection.close()
        raise
    return connection


class _Checker:
    """Collects what is found, one question after the other."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._damage: list[str] = []
        self._problems: list[str] = []
        self._broken: list[BrokenRow] = []
        self._rows: dict[str, int] = {}
        self._audit = (0, "", True)
        self._pages = (0, 0)

    def damage(self, sentence: str) -> None:
        """Note damage of the structure."""
        if len(self._damage) < LIMIT:
            self._damage.append(sentence)

    def run(self, connection: sqlite3.Connection, depth: Depth, invariants: Sequence[Invariant]) -> None:
        """Ask everything on one snapshot."""
        connection.execute("BEGIN")
        self._pages = (
            connection.execute("PRAGMA page_count").fetchone()[0],
            connection.execute("PRAGMA page_size").fetchone()[0],
        )
        self._structure(connection, depth)
        tables = {row[0].decode() for row in connection.execute(_TABLES)}
        for table in sorted(tables):
            self._count(connection, table, read=depth == "full")
        if "audit_logs" in tables:
            self._chain(connection, depth)
        if depth == "full" and not self._damage:
            self._orphans(connection)
            for invariant in invariants:
                self._invariant(connection, invariant)

    def _structure(self, connection: sqlite3.Connection, depth: Depth) -> None:
        pragma = "PRAGMA quick_check(50)" if depth == "quick" else "PRAGMA integrity_check(50)"
        for (found,) in connection.execute(pragma):
            text = found.decode("utf-8", "replace") if isinstance(found, bytes) else str(found)
            if text == "ok":
                continue
            if text.startswith(("CHECK constraint", "NULL value", "non-unique")) or " value in " in text:
                self._problems.append(text)
            else:
                self.damage(text)

    def _count(self, connection: sqlite3.Connection, table: str, *, read: bool) -> None:
        try:
            if not read:
                self._rows[table] = connection.execute(with_names(_COUNT, table=table)).fetchone()[0]
            else:
                everything = connection.execute(with_names(_EVERYTHING, table=table))
                self._rows[table] = sum(1 for _ in everything)
        except sqlite3.Error as error:
            self.damage(f"table {table} cannot be read: {error}")

    def _chain(self, connection: sqlite3.Connection, depth: Depth) -> None:
        row = connection.execute("SELECT id, row_hash FROM audit_logs ORDER BY id DESC LIMIT 1").fetchone()
        newest, head = (row[0], row[1].hex()) if row is not None else (0, "")
        intact = True
        if depth == "full":
            connection.text_factory = str
            try:
                report = verify_chain(walk(connection))
            except (sqlite3.Error, UnicodeDecodeError) as error:
                self.damage(f"the audit trail cannot be read: {error}")
                return
            finally:
                connection.text_factory = bytes
            intact = report.intact
            if report.problem:
                self._problems.append(f"the audit trail: {report.problem}")
        self._audit = (newest, head, intact)

    def _orphans(self, connection: sqlite3.Connection) -> None:
        for table, rowid, parent, _ in connection.execute("PRAGMA foreign_key_check"):
            self._break(table, rowid, f"refers to a row of {_text(parent)} that is not there")

    def _invariant(self, connection: sqlite3.Connection, invariant: Invariant) -> None:
        try:
            for table, record, reason in connection.execute(invariant.sql):
                self._break(table, record, f"{invariant.name}: {_text(reason)}")
        except sqlite3.Error as error:
            self._problems.append(f"the rule {invariant.name} cannot be checked: {error}")

    def _break(self, table: Any, record: Any, reason: str) -> None:
        row = BrokenRow(table=_text(table), record_id=_text(record), reason=reason)
        if len(self._broken) < 1000:
            self._broken.append(row)
        if len(self._problems) < LIMIT:
            self._problems.append(f"{row.table} {row.record_id} {reason}")

    def report(self, kind: FileKind, path: Path, seconds: float) -> CheckReport:
        """Return everything that was found."""
        damaged = bool(self._damage)
        problems = [*self._damage, *self._problems][:LIMIT]
        newest, head, intact = self._audit
        return CheckReport(
            ok=not problems,
            kind=kind if not damaged or kind is not FileKind.DATABASE else FileKind.DAMAGED,
            damaged=damaged,
            problems=tuple(problems),
            broken_rows=tuple(self._broken),
            rows=self._rows,
            audit_id=newest,
            audit_head=head,
            chain_intact=intact,
            page_count=self._pages[0],
            page_size=self._pages[1],
            bytes=_size(path),
            seconds=seconds,
        )


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
