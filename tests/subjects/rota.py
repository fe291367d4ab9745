"""A small rota on a real file: operations run in one transaction each, the way the database runs them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import pytest

from modelus_bot.database.core.audit.chain import AuditChain
from modelus_bot.database.core.audit.verification import verify_chain, walk
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import ConstraintViolated
from modelus_bot.database.core.operation import Query, Write
from modelus_bot.database.core.result_codes import from_sqlite
from modelus_bot.database.core.transaction import ReadTransaction, Transaction
from modelus_bot.database.core.visibility.connection import GatedConnection, close_gate, seated
from modelus_bot.database.core.visibility.declaration import Visibility
from modelus_bot.database.core.visibility.gate import GateKind, NeedsBarrier
from modelus_bot.database.schema.migrations import Migrator
from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.refusals import Refusal
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.disciplines.model import DEFAULT_DISCIPLINES
from modelus_bot.subjects.disciplines.writes import EnsureDisciplines
from modelus_bot.subjects.members.writes.members import SetRole
from modelus_bot.subjects.rosters.writes.edits import AddToRoster
from modelus_bot.subjects.sprints.writes import AddSprint

P = ParamSpec("P")
R = TypeVar("R")

ZONE = ZoneInfo("America/New_York")
FIRST_DAY = date(2026, 1, 5)
SPRINT_DAYS = 14
PEOPLE_BASE = 2**50

ADA, BEN, CLEO, DAN, EVE = (PEOPLE_BASE + number for number in range(1, 6))
"""The roster of ``account`` is Ada, Ben, Cleo; Dan and Eve are staff on no roster."""
MANAGER, SECOND_MANAGER, ADMIN, GUEST = (PEOPLE_BASE + number for number in range(11, 15))
NAMES = {
    ADA: "Ada",
    BEN: "Ben",
    CLEO: "Cleo",
    DAN: "Dan",
    EVE: "Eve",
    MANAGER: "Max Manager",
    SECOND_MANAGER: "Mia Manager",
    ADMIN: "Ann Admin",
}


def instant(day: date, clock: str = "12:00", zone: ZoneInfo = ZONE) -> int:
    """Return the UTC seconds of a local time on a day."""
    hour, minute = clock.split(":")
    return int(datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=zone).timestamp())


def sprint_start(number: int) -> date:
    """Return the first day of the sprint with this number, counted from 0."""
    return FIRST_DAY + timedelta(days=number * SPRINT_DAYS)


@dataclass
class Rota:
    """One connection to a migrated file, and the time that operations see."""

    connection: sqlite3.Connection
    at: int = instant(FIRST_DAY + timedelta(days=2))

    def __post_init__(self) -> None:
        """Start the audit chain."""
        self.chain = AuditChain()
        self.context = Context()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit at the end, or roll back when something is raised."""
        self.connection.execute("BEGIN IMMEDIATE")
        self.chain.load(self.connection)
        try:
            yield self.connection
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def do(self, write: Write[R], actor: int | None = None, **context: Any) -> R:
        """Apply a write and commit it; ``actor`` None is the bot."""
        given = replace(self.context, actor=actor, **{"at": self.at, **context})
        try:
            with self.transaction() as connection:
                return write.apply(Transaction(connection, given, 1, self.chain))
        except sqlite3.Error as error:
            raise from_sqlite(error) from error

    def preview(self, write: Write[R], actor: int | None = None) -> R:
        """Apply a write and roll it back."""
        self.connection.execute("BEGIN IMMEDIATE")
        self.chain.load(self.connection)
        try:
            return write.apply(
                Transaction(self.connection, replace(self.context, actor=actor, at=self.at), 1, self.chain)
            )
        finally:
            self.connection.execute("ROLLBACK")

    def ask(self, question: Query[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a query; a viewer's on both connections that viewers have."""
        viewer = question.seen_by(args)
        if viewer is None:
            return question(ReadTransaction(self.connection), *args, **kwargs)
        for kind in (GateKind.BARRIER, GateKind.QUICK):
            with viewing(self.path, kind) as connection, seated(connection, viewer):
                try:
                    answer = question(ReadTransaction(connection), *args, **kwargs)
                except NeedsBarrier:
                    assert kind is GateKind.QUICK
        return answer

    @property
    def path(self) -> Path:
        """Where the file is."""
        return Path(self.value("SELECT file FROM pragma_database_list WHERE name = 'main'"))

    def call(
        self, function: Callable[Concatenate[Transaction, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run a plain function of a transaction as the bot, and commit it."""
        with self.transaction() as connection:
            context = replace(self.context, at=self.at)
            return function(Transaction(connection, context, 1, self.chain), *args, **kwargs)

    def refusal(self, write: Write[Any], actor: int | None = None) -> Refusal:
        """Return the refusal that a write meets, having changed nothing."""
        before = self.dump()
        with pytest.raises(Refusal) as caught:
            self.do(write, actor)
        assert self.dump() == before
        assert str(caught.value).endswith((".", ")"))
        return caught.value

    def violation(self, sql: str, *values: Any) -> ConstraintViolated:
        """Return the constraint that a statement breaks."""
        with pytest.raises(sqlite3.Error) as caught, self.transaction() as connection:
            connection.execute(sql, values)
        error = from_sqlite(caught.value)
        assert isinstance(error, ConstraintViolated), repr(error)
        return error

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a statement as tuples."""
        return [tuple(row) for row in self.connection.execute(sql, values)]

    def value(self, sql: str, *values: Any) -> Any:
        """Return the first column of the first row."""
        row = self.connection.execute(sql, values).fetchone()
        return None if row is None else row[0]

    def dump(self) -> list[str]:
        """Return every row of every table as SQL."""
        return list(self.connection.iterdump())

    def plan(self, sql: str, *values: Any) -> str:
        """Return how SQLite would run a statement."""
        return "\n".join(
            row["detail"] for row in self.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)
        )

    def holders(self, discipline: str = "account") -> list[int | None]:
        """Return the assigned people of a discipline, sprint by sprint."""
        return [
            row[0]
            for row in self.rows(
                "SELECT a.user_id FROM assignments AS a JOIN sprints AS s ON s.id = a.sprint_id"
                " WHERE a.discipline = ? ORDER BY s.start_date",
                discipline,
            )
        ]

    def on_duty(self, discipline: str = "account") -> int | None:
        """Return who the table of current holders names."""
        found: int | None = self.value("SELECT user_id FROM current_holders WHERE discipline = ?", discipline)
        return found

    def notices(self, user_id: int) -> list[str]:
        """Return the titles of somebody's notices, oldest first."""
        return [
            row[0]
            for row in self.rows("SELECT title FROM notifications WHERE user_id = ? ORDER BY id", user_id)
        ]

    def sprint_id(self, number: int) -> int:
        """Return the id of the sprint with this number."""
        found: int = self.value("SELECT id FROM sprints WHERE sprint_index = ?", number)
        return found

    def check(self) -> None:
        """Check what holds after every operation: keys, the audit chain, the invariants."""
        assert self.rows("PRAGMA foreign_key_check") == []
        assert verify_chain(walk(self.connection)).intact
        assert self.broken() == []

    def broken(self) -> list[tuple[Any, ...]]:
        """Return the rows that break an invariant: its name, table, record, what is wrong."""
        return [(rule.name, *row) for rule in DECLARED.invariants for row in self.rows(rule.sql)]

    @property
    def calendar(self) -> Calendar:
        """The calendar of the context."""
        return Calendar(self.context.zone, self.context.handoff_minute)


@contextmanager
def viewing(
    path: Path, kind: GateKind, visibility: Visibility = DECLARED.visibility
) -> Iterator[GatedConnection]:
    """Open a file for viewers, or for reports, with what the subjects declare."""
    with closing(sqlite3.connect(path, isolation_level=None, factory=GatedConnection)) as connection:
        close_gate(connection, visibility, kind)
        connection.row_factory = sqlite3.Row
        yield connection


@contextmanager
def opened(path: Path) -> Iterator[Rota]:
    """Open a migrated file as a rota; nothing has to outlive the machine."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode=MEMORY")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=OFF")
        yield Rota(connection)


def made(prepare: Callable[[Rota], None]) -> bytes:
    """Return the content of a new file that ``prepare`` has filled."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rota.db"
        Migrator(path).up()
        with opened(path) as rota:
            prepare(rota)
        return path.read_bytes()


@contextmanager
def copied(content: bytes) -> Iterator[Rota]:
    """Write a file anew, for one example of many, and open it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rota.db"
        path.write_bytes(content)
        with opened(path) as rota:
            yield rota


def staff(rota: Rota) -> None:
    """Enter the disciplines, the staff, two managers and an administrator."""
    rota.do(EnsureDisciplines(disciplines=DEFAULT_DISCIPLINES))
    for person in (ADA, BEN, CLEO, DAN, EVE):
        rota.do(SetRole(discord_id=person, username=NAMES[person], role="developer"))
    for person in (MANAGER, SECOND_MANAGER):
        rota.do(SetRole(discord_id=person, username=NAMES[person], role="project_manager"))
    rota.do(SetRole(discord_id=ADMIN, username=NAMES[ADMIN], role="admin"))


def plan_sprints(rota: Rota, count: int) -> None:
    """Add sprints of two weeks, one after another."""
    for number in range(count):
        rota.do(
            AddSprint(name=f"Sprint {number}", start=sprint_start(number), end=sprint_start(number + 1)),
            MANAGER,
        )


def fill_roster(rota: Rota, *people: int, discipline: str = "account") -> None:
    """Put people on a roster, in this order."""
    for person in people:
        rota.do(AddToRoster(member_id=person, name=NAMES[person], discipline=discipline), MANAGER)
