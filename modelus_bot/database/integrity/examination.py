"""One look at an open file, question after question; what one of them meets does not stop the others."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from modelus_bot.database.core.audit.runs import runs_of
from modelus_bot.database.core.audit.verification import ChainReport, verify_chain, walk
from modelus_bot.database.core.invariant import Invariant
from modelus_bot.database.core.names import with_names
from modelus_bot.database.format.file_kind import FileKind
from modelus_bot.database.integrity.budget import LookAllowance
from modelus_bot.database.integrity.expectation import Expectation, expectation_of
from modelus_bot.database.integrity.opening import Meaning, meaning_of, with_any_text
from modelus_bot.database.integrity.report import BrokenRow, CheckReport
from modelus_bot.database.integrity.structure import MOST, Depth, index_counts, look_at, tables_named
from modelus_bot.database.integrity.violations import findings, merged, violations

__all__ = ["LIMIT", "FileExamination", "OutOfTime"]

LIMIT = 50
"""How many sentences a report has at most."""

MOST_ENTRIES = 2000
"""How many tables, indexes, triggers and views are compared; the bot has a twentieth of that."""

_TOO_LONG = "the check was given up, because it took longer than any check of a file of that size"
_TABLES = (
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT GLOB 'sqlite_*'"
    " AND name NOT GLOB '_yoyo*' AND name <> 'yoyo_lock' AND name NOT GLOB '_litestream*' ORDER BY name"
)
_ENTRIES = "SELECT count(*) FROM sqlite_master"
_COUNT = "SELECT count(*) FROM {table} NOT INDEXED"
_EVERYTHING = "SELECT * FROM {table} NOT INDEXED"
_HEAD = "SELECT id, row_hash FROM audit_logs ORDER BY id DESC LIMIT 1"
_NUMBERS = "SELECT id FROM audit_logs ORDER BY id"
_LINK = "SELECT row_hash FROM audit_logs WHERE id = ?"


class OutOfTime(Exception):
    """The deadline passed; what was found until then counts."""


class FileExamination:
    """Collects what is found in a file; ``on_step`` is told what is looked at next."""

    def __init__(
        self,
        depth: Depth,
        invariants: Sequence[Invariant] = (),
        schema_digest: str | None = None,
        migrations: Path | None = None,
        on_step: Callable[[str], None] = lambda _: None,
        links: Sequence[int] = (),
    ) -> None:
        """Remember what to ask; ``links`` are audit entries whose hashes are wanted."""
        self._depth = depth
        self._links = links
        self._invariants = invariants
        self._schema_digest = schema_digest
        self._migrations = migrations
        self._on_step = on_step
        self._allowance: LookAllowance | None = None
        self._damage: list[str] = []
        self._unfinished: list[str] = []
        self._given_up = False
        self._problems: list[str] = []
        self._about_rows: list[str] = []
        self._broken: tuple[BrokenRow, ...] = ()
        self._rows: dict[str, int] = {}
        self._odd_texts: set[str] = set()
        self._expected = Expectation()
        self._digest = ""
        self._audit = (0, "", True)
        self._runs: tuple[tuple[int, int], ...] = ()
        self._hashes: dict[int, str] = {}
        self._pages = (0, 0)

    def damage(self, sentence: str) -> None:
        """Note damage of the structure."""
        if len(self._damage) < LIMIT:
            self._damage.append(sentence)

    def unfinished(self, sentence: str) -> None:
        """Note that something could not be looked at, which says nothing about the file."""
        self._unfinished.append(sentence)

    def give_up(self, sentence: str = _TOO_LONG) -> None:
        """Note that looking further is not worth its time, now or later."""
        self._given_up = True
        self.unfinished(sentence)

    def judge(self, what: str, error: Exception, *, opening: bool = False) -> None:
        """Note what an error met in ``what`` means; raises ``OutOfTime``."""
        meaning = meaning_of(error, opening=opening)
        if meaning is Meaning.OUT_OF_TIME:
            raise OutOfTime from error
        if meaning is Meaning.DAMAGE:
            self.damage(f"{what} cannot be read: {error}")
        else:
            self.unfinished(f"{what} could not be checked: {error}")

    def run(self, connection: sqlite3.Connection, allowance: LookAllowance) -> None:
        """Ask everything on one snapshot; raises ``OutOfTime`` when ``allowance`` is over."""
        self._allowance = allowance
        full = self._depth == "full"
        with self._asking("the header"):
            connection.execute("BEGIN").close()
            self._pages = (_number(connection, "PRAGMA page_count"), _number(connection, "PRAGMA page_size"))
        with self._asking("the pages"):
            structure = look_at(connection, self._depth)
            for sentence in structure.damage:
                self.damage(sentence)
            for sentence in structure.unseen[:LIMIT]:
                self.unfinished(sentence)
            self._about_rows = structure.rows
        with self._asking("the schema"):
            entries = _number(connection, _ENTRIES)
            if entries > MOST_ENTRIES:
                self.give_up(f"the schema has {entries} entries, more than any database of the bot")
                return
            self._look_at_schema(connection)
        tables: list[str] = []
        with self._asking("the list of tables"):
            tables = [row[0].decode("utf-8", "replace") for row in connection.execute(_TABLES)]
        if "audit_logs" in tables:
            with self._asking("the audit trail"):
                self._walk_chain(connection)
        for table in tables:
            if table not in self._rows:
                with self._asking(f"table {table}"):
                    self._rows[table] = self._read(connection, table) if full else _count(connection, table)
        if self._digest and (not full or len(self._about_rows) >= MOST):
            with self._asking("the indexes"):
                for sentence in index_counts(connection, self._expected.found):
                    self.damage(sentence)
        if full and not self._damage:
            with self._asking("the rows"):
                self._look_at_rows(connection)

    @contextmanager
    def _asking(self, what: str) -> Iterator[None]:
        if self._allowance is not None and self._allowance.over:
            raise OutOfTime
        self._on_step(what)
        try:
            yield
        except Exception as error:  # noqa: BLE001 - damaged files provoke anything
            self.judge(what, error)

    def _look_at_schema(self, connection: sqlite3.Connection) -> None:
        self._expected = expectation_of(connection, self._migrations, self._schema_digest)
        self._problems.extend(self._expected.problems)
        self._digest = self._expected.found.digest

    def _read(self, connection: sqlite3.Connection, table: str) -> int:
        """Read every value of every row and return how many rows there are."""
        everything = with_names(_EVERYTHING, table=table)
        connection.text_factory = str
        try:
            return sum(1 for _ in connection.execute(everything))
        except (UnicodeDecodeError, sqlite3.OperationalError) as error:
            if getattr(error, "sqlite_errorcode", None) is not None:
                raise
        finally:
            connection.text_factory = bytes
        self._odd_texts.add(table)
        return sum(1 for _ in connection.execute(everything))

    def _walk_chain(self, connection: sqlite3.Connection) -> None:
        newest, head = connection.execute(_HEAD).fetchone() or (0, b"")
        if not isinstance(newest, int) or not isinstance(head, bytes):
            self._problems.append("the audit trail ends with an entry that cannot be one")
            return
        self._audit = (newest, head.hex(), True)
        for number in self._links:
            found = connection.execute(_LINK, (number,)).fetchone()
            if found is not None and isinstance(found[0], bytes):
                self._hashes[number] = found[0].hex()
        if self._depth == "full":
            self._runs = runs_of(row[0] for row in connection.execute(_NUMBERS))
            report = self._verified(connection)
            self._audit = (newest, head.hex(), report.intact)
            if report.problem:
                self._problems.append(f"the audit trail: {report.problem}")

    def _verified(self, connection: sqlite3.Connection) -> ChainReport:
        """Walk the chain, which reads every value of the table; once more if there are odd texts."""
        connection.text_factory = str
        try:
            report = verify_chain(walk(connection))
        except (UnicodeDecodeError, sqlite3.OperationalError) as error:
            if getattr(error, "sqlite_errorcode", None) is not None:
                raise
        else:
            if report.intact:
                self._rows["audit_logs"] = report.links
            return report
        finally:
            connection.text_factory = bytes
        with with_any_text(connection):
            return verify_chain(walk(connection))

    def _look_at_rows(self, connection: sqlite3.Connection) -> None:
        """Ask every row about every rule; in a damaged structure the answers would mean nothing."""
        found: list[tuple[str, str, str]] = []
        if self._expected.shape is not None:
            rows = findings(
                connection.execute,
                self._expected.shape,
                tables=self._expected.tables,
                text_tables=self._odd_texts,
                closely=self._suspects(),
            )
            found = [(row.key.table, row.key.record_id, row.reason) for row in rows]
        else:
            self._problems.extend(
                f"table {table} has text that is no UTF-8" for table in sorted(self._odd_texts)
            )
        if self._expected.newest:
            for invariant in self._invariants:
                with self._asking(f"the rule {invariant.name}"):
                    found.extend(violations(connection.execute, invariant))
        self._broken = merged(found)

    def _suspects(self) -> frozenset[str] | None:
        """Return the tables that are asked about more than CHECKs and references.

        For the others SQLite's own check was enough; None is all, when it had more to say than it was let.
        """
        if len(self._about_rows) >= MOST:
            return None
        return self._expected.altered | tables_named(self._about_rows, self._expected.found)

    def report(self, kind: FileKind, size: int, seconds: float) -> CheckReport:
        """Return everything that was found."""
        damaged = bool(self._damage)
        rows = [f"{row.table} {row.record_id} {row.reason}" for row in self._broken]
        named = {row.table for row in self._broken}
        unnamed = [item for item in self._about_rows if not any(f" {table}" in item for table in named)]
        problems = [*self._damage, *self._unfinished, *self._problems, *rows, *unnamed][:LIMIT]
        newest, head, intact = self._audit
        return CheckReport(
            ok=not problems,
            kind=FileKind.DAMAGED if damaged and kind is FileKind.DATABASE else kind,
            damaged=damaged,
            complete=not self._unfinished,
            given_up=self._given_up,
            problems=tuple(problems),
            broken_rows=self._broken,
            rows=self._rows,
            audit_id=newest,
            audit_head=head,
            chain_intact=intact,
            audit_runs=self._runs,
            links=self._hashes,
            missing_tables=self._expected.missing,
            schema_digest=self._digest,
            page_count=self._pages[0],
            page_size=self._pages[1],
            bytes=size,
            seconds=seconds,
        )


def _count(connection: sqlite3.Connection, table: str) -> int:
    return _number(connection, with_names(_COUNT, table=table))


def _number(connection: sqlite3.Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])
