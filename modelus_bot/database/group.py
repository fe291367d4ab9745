"""Group commit: what happens on the writer's thread, from BEGIN to COMMIT, for several writes at once."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from modelus_bot.database.audit import AuditChain
from modelus_bot.database.audit.aside import AuditFile
from modelus_bot.database.audit.chain import Mark
from modelus_bot.database.audit.collecting import SetAside
from modelus_bot.database.audit.merging import Merged, merge_entries, remember_token
from modelus_bot.database.audit.resting import Rest
from modelus_bot.database.errors import (
    AuditUnwritable,
    ConnectionLost,
    ConstraintViolated,
    DatabaseError,
    DiskFull,
    QueryFailed,
    RequestConflict,
    from_sqlite,
)
from modelus_bot.database.operation import Context, Transaction, Write
from modelus_bot.database.outcome import Outcome, raisable

__all__ = ["AUDIT_TRIES", "GroupWriter", "Member"]

AUDIT_TRIES = 4
"""After how many attempts, with growing pauses between them, entries go into the file."""

MERGED_AT_ONCE = 500

_FIND_REQUEST = "SELECT command, payload_hash, outcome FROM requests WHERE request_id = ?"
_KEEP_REQUEST = (
    "INSERT INTO requests(request_id, command, actor, payload_hash, outcome, created_at) VALUES(?,?,?,?,?,?)"
)


@dataclass(slots=True)
class Member:
    """One write of a group. ``numbered`` marks request ids made here, which cannot have come before."""

    write: Write[Any]
    context: Context
    numbered: bool = False
    preview: bool = False


class _CommitFailed(Exception):
    """COMMIT raised; if the transaction is over, only its request ids tell whether it was saved."""

    def __init__(self, cause: sqlite3.Error, *, over: bool) -> None:
        super().__init__(str(cause))
        self.cause = cause
        self.over = over


class _TableFault(Exception):
    """The audit table cannot take entries, while everything else may work; there is a file for them."""

    def __init__(self, cause: sqlite3.Error) -> None:
        super().__init__(str(cause))
        self.cause = cause


class _TransactionEnded(Exception):
    """A member made SQLite undo the transaction of the whole group; the fault is that member's own."""

    def __init__(self, member: Member, failure: BaseException) -> None:
        super().__init__(str(failure))
        self.member = member
        self.failure = failure


class GroupWriter:
    """Applies groups of writes on one connection; lives on the writer's thread and keeps the audit head.

    ``head`` is the newest audit link known to be committed, as (id, hash); None before the first group.
    When the audit table fails, entries go to ``aside`` instead, and changes go on.
    """

    def __init__(self, aside: AuditFile | None = None) -> None:
        """Start with an unknown audit head; the first group reads it."""
        self.chain = AuditChain()
        self.head: tuple[int, bytes] | None = None
        self._aside = aside
        self._entries = self.chain
        self._rest = Rest()
        self._data_version: int | None = None
        self._connection: sqlite3.Connection | None = None

    def forget(self) -> None:
        """Read the head from the file again, which another one may have replaced."""
        self.chain.loaded = False
        self.head = None
        self._rest.end()

    def commit(self, connection: sqlite3.Connection, group: Sequence[Member], attempt: int) -> list[Outcome]:
        """Apply the group in one transaction and return an outcome for each member.

        First without savepoints; when a member fails, everything is rolled back and the group runs
        again with a savepoint each, so that only the failing ones are undone. Raises ``DatabaseError``
        when the transaction as a whole fails; its ``ambiguous`` attribute is then true if COMMIT had
        been asked for and may have worked (on a full disk it never has: its last frame was not written).
        """
        try:
            if self._aside is not None and self._keeps_aside(connection, self._aside):
                return self._committed_aside(connection, group, attempt, self._aside)
            try:
                return self._committed(connection, group, attempt)
            except _TableFault as fault:
                if self._aside is None or attempt < AUDIT_TRIES:
                    raise
                self._table_failed(fault, self._aside)
                return self._committed_aside(connection, group, attempt, self._aside)
        except _TableFault as fault:
            raise _unwritable(fault, attempt) from fault.cause
        except _CommitFailed as failure:
            error = from_sqlite(failure.cause, attempts=attempt)
            error.ambiguous = failure.over and not isinstance(error, DiskFull)
            raise error from failure.cause
        except sqlite3.Error as error:
            raise from_sqlite(error, attempts=attempt) from error

    @property
    def merge_due(self) -> bool:
        """Whether entries wait in the file and the table has been left alone for long enough."""
        return self._aside is not None and self._aside.waiting > 0 and self._rest.over

    def merge(self, connection: sqlite3.Connection) -> None:
        """Put what waits in the file into the table, in order; raises ``DatabaseError``."""
        if self._aside is None or not self._aside.waiting:
            return
        try:
            self._merge(connection, self._aside)
        except _TableFault as fault:
            self._table_failed(fault, self._aside)
            raise _unwritable(fault, 1) from fault.cause
        except sqlite3.Error as error:
            raise from_sqlite(error) from error
        self._rest.end()

    def _committed(
        self, connection: sqlite3.Connection, group: Sequence[Member], attempt: int
    ) -> list[Outcome]:
        if len(group) > 1 and not any(member.preview for member in group):
            outcomes = self._run(connection, group, attempt, isolate=False)
            if outcomes is not None:
                return outcomes
        return self._isolated(connection, group, attempt)

    def _committed_aside(
        self, connection: sqlite3.Connection, group: Sequence[Member], attempt: int, aside: AuditFile
    ) -> list[Outcome]:
        self._entries = SetAside(aside.new_token())
        try:
            return self._committed(connection, group, attempt)
        finally:
            self._entries = self.chain

    def _keeps_aside(self, connection: sqlite3.Connection, aside: AuditFile) -> bool:
        """Say whether entries go to the file: others wait there that go first, and cannot be merged yet."""
        if not aside.waiting and not self._rest.begun:
            return False
        if not self._rest.over:
            return True
        try:
            self._merge(connection, aside)
        except _TableFault as fault:
            self._table_failed(fault, aside)
            return True
        self._rest.end()
        return False

    def _table_failed(self, fault: _TableFault, aside: AuditFile) -> None:
        """Leave the table alone for a while, longer each time."""
        self._rest.begin()
        aside.trouble(from_sqlite(fault.cause))

    def _merge(self, connection: sqlite3.Connection, aside: AuditFile) -> None:
        merged = Merged()
        while entries := aside.first(MERGED_AT_ONCE):
            mark = self.chain.mark()
            connection.execute("BEGIN IMMEDIATE")
            try:
                self._refresh_chain(connection)
                mark = self.chain.mark()
                merged.plus(merge_entries(connection, self.chain, entries, aside))
                connection.execute("COMMIT")
            except BaseException as error:
                self._roll_back(connection, mark)
                if self.chain.fault is not None and isinstance(error, sqlite3.Error):
                    raise _TableFault(self.chain.fault) from error
                raise
            self.head = (self.chain.last_id, self.chain.head)
            aside.settled(entries)
        if merged.added or merged.dropped or merged.refused:
            aside.merged(merged.added, merged.dropped)

    def _isolated(
        self, connection: sqlite3.Connection, group: Sequence[Member], attempt: int
    ) -> list[Outcome]:
        """Run the group with a savepoint each, again without those that end the whole transaction."""
        spoilt: dict[int, Outcome] = {}
        while True:
            rest = [member for member in group if id(member) not in spoilt]
            try:
                made = iter(self._run(connection, rest, attempt, isolate=True) or ())
            except _TransactionEnded as end:
                spoilt[id(end.member)] = Outcome(error=end.failure)
                continue
            return [spoilt.get(id(member)) or next(made) for member in group]

    def _run(
        self, connection: sqlite3.Connection, group: Sequence[Member], attempt: int, *, isolate: bool
    ) -> list[Outcome] | None:
        """Run the group once; None means: undone because a member failed and nothing isolated it."""
        entries = self._entries
        mark = entries.mark()
        connection.execute("BEGIN IMMEDIATE")
        try:
            if entries is self.chain:
                self._refresh_chain(connection)
                mark = entries.mark()
                if self.chain.fault is not None and self._aside is not None:
                    # Once it has met damage, SQLite refuses to write in this transaction.
                    raise _TableFault(self.chain.fault)
            outcomes: list[Outcome] = []
            for member in group:
                outcome = self._member(connection, member, attempt, isolate=isolate)
                if outcome.error is not None and not isolate:
                    self._roll_back(connection, mark)
                    return None
                outcomes.append(outcome)
            if isinstance(entries, SetAside):
                self._save_aside(connection, entries)
            try:
                connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise _CommitFailed(error, over=not connection.in_transaction) from error
        except BaseException:
            self._roll_back(connection, mark)
            raise
        if isinstance(entries, SetAside):
            if not entries.renewed:
                return outcomes
            self.chain.go_on_from(entries)
            self._rest.end()
        self.head = (self.chain.last_id, self.chain.head)
        return outcomes

    def _save_aside(self, connection: sqlite3.Connection, collected: SetAside) -> None:
        """Put the entries on the disk before COMMIT, which then makes them count."""
        if self._aside is not None and collected.entries:
            remember_token(connection, collected.token, len(collected.entries))
            self._aside.save(collected.entries, collected.token)

    def _member(
        self, connection: sqlite3.Connection, member: Member, attempt: int, *, isolate: bool
    ) -> Outcome:
        started = time.perf_counter()
        entries = self._entries
        mark = entries.mark()
        if isolate:
            connection.execute("SAVEPOINT member")
        tx = Transaction(connection, member.context, attempt, entries)
        try:
            value, repeated = self._apply(connection, tx, member)
            outcome = Outcome(value, repeated=repeated)
        except BaseException as error:
            fault = entries.fault
            if fault is not None and self._aside is not None and fault in {error, error.__context__}:
                raise _TableFault(fault) from error
            outcome = Outcome(error=_as_member_failure(error, member, attempt))
        finally:
            tx.end()
        if not connection.in_transaction:
            failure = _ending(tx.broken_by, outcome.error, member, attempt)
            if isolate:
                raise _TransactionEnded(member, failure)
            outcome.error = failure
        elif isolate:
            if outcome.error is not None or member.preview:
                connection.execute("ROLLBACK TO member")
                entries.rewind(mark)
            connection.execute("RELEASE member")
        outcome.statements, outcome.rows, outcome.steps = tx.statements, tx.rows, tx.steps
        outcome.seconds = time.perf_counter() - started
        return outcome

    def _apply(self, connection: sqlite3.Connection, tx: Transaction, member: Member) -> tuple[Any, bool]:
        """Apply unless this request was applied before; returns the result and whether it was repeated."""
        write, context = member.write, member.context
        if member.preview:
            return write.apply(tx), False
        payload = _payload_hash(write)
        if not member.numbered or tx.attempt > 1:
            known = connection.execute(_FIND_REQUEST, (context.request_id,)).fetchone()
            if known is not None:
                if known[0] != type(write).__name__ or known[1] != payload:
                    raise RequestConflict(f"request {context.request_id} was {known[0]} before")
                return type(write).result_adapter().validate_json(known[2]), True
        value = write.apply(tx)
        outcome = type(write).result_adapter().dump_json(value).decode()
        started = time.perf_counter()
        connection.execute(
            _KEEP_REQUEST,
            (context.request_id, type(write).__name__, context.actor or 0, payload, outcome, context.at),
        )
        tx.note(_KEEP_REQUEST, None, started, 1)
        return value, False

    def _refresh_chain(self, connection: sqlite3.Connection) -> None:
        """Read the audit head again when another connection has committed since."""
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        if not self.chain.loaded or version != self._data_version or connection is not self._connection:
            self.chain.load(connection)
            self._data_version, self._connection = version, connection

    def _roll_back(self, connection: sqlite3.Connection, mark: Mark) -> None:
        """Undo the transaction; a connection that cannot do that is given up."""
        self._entries.rewind(mark)
        if not connection.in_transaction:
            return
        try:
            connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            self.chain.loaded = False
            raise ConnectionLost(f"rolling back failed: {error}") from error


def _unwritable(fault: _TableFault, attempts: int) -> AuditUnwritable:
    """Describe the fault as one that passes: it is retried, and then the file takes the entries."""
    cause = from_sqlite(fault.cause)
    error = AuditUnwritable(
        f"the audit table: {fault.cause}", code=cause.code, code_name=cause.code_name, attempts=attempts
    )
    error.__cause__ = cause
    return error


def _payload_hash(write: Write[Any]) -> bytes:
    return hashlib.blake2b(write.model_dump_json().encode(), digest_size=16).digest()


def _ending(
    broken_by: sqlite3.Error | None, error: BaseException | None, member: Member, attempt: int
) -> BaseException:
    """Say whose fault it is that the transaction is over; raise if it is not the member's own."""
    if broken_by is not None:
        return _as_member_failure(broken_by, member, attempt)
    ended = QueryFailed("the operation ended its transaction", operation=type(member.write).__name__)
    ended.__cause__ = error
    return ended


def _as_member_failure(error: BaseException, member: Member, attempt: int) -> BaseException:
    """Give SQLite's errors their class; raise on those that concern the whole transaction."""
    if not isinstance(error, sqlite3.Error | sqlite3.Warning | DatabaseError | UnicodeDecodeError):
        return raisable(error)
    failure = from_sqlite(error, operation=type(member.write).__name__, attempts=attempt)
    if isinstance(failure, ConstraintViolated | QueryFailed | RequestConflict):
        failure.__cause__ = error if error is not failure else None
        return failure
    raise failure from (error if error is not failure else error.__cause__)
