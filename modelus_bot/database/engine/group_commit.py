"""Group commit: what happens on the writer's thread, from BEGIN to COMMIT, for several writes at once."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from loguru import logger

from modelus_bot.database.core.audit.chain import Mark as Position
from modelus_bot.database.core.audit.fallback_log import AuditFile
from modelus_bot.database.core.audit.sink import AuditDestination, TableFault, unwritable
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import (
    ConstraintViolated,
    DatabaseError,
    DiskFull,
    QueryFailed,
    RequestConflict,
    SearchDamaged,
)
from modelus_bot.database.core.operation import Write
from modelus_bot.database.core.outcome import OperationOutcome, raisable
from modelus_bot.database.core.result_codes import from_sqlite
from modelus_bot.database.core.transaction import Transaction
from modelus_bot.database.schema import mend_searches

__all__ = ["AUDIT_TRIES", "GroupMember", "GroupWriter", "Mark", "unmarked"]

Mark = Callable[[tuple[int, bytes] | None], None]
"""Takes the newest audit entry, as (id, hash)."""


AUDIT_TRIES = 4
"""After how many attempts, with growing pauses between them, entries go into the file."""

_FIND_REQUEST = "SELECT command, payload_hash, outcome FROM requests WHERE request_id = ?"
_KEEP_REQUEST = (
    "INSERT INTO requests(request_id, command, actor, payload_hash, outcome, created_at) VALUES(?,?,?,?,?,?)"
)


@dataclass(slots=True)
class GroupMember:
    """One write of a group. ``numbered`` marks request ids made here, which cannot have come before."""

    write: Write[Any]
    context: Context
    numbered: bool = False
    preview: bool = False


class _CommitFailed(Exception):
    """COMMIT raised; if the transaction is over, only its request ids tell whether it was saved."""

    def __init__(self, cause: Exception, *, over: bool) -> None:
        super().__init__(str(cause))
        self.cause = cause
        self.over = over


class _TransactionEnded(Exception):
    """A member made SQLite undo the transaction of the whole group; the fault is that member's own."""

    def __init__(self, member: GroupMember, failure: BaseException) -> None:
        super().__init__(str(failure))
        self.member = member
        self.failure = failure


def unmarked(head: tuple[int, bytes] | None) -> None:
    """Note nowhere how far the database has come."""


class GroupWriter:
    """Applies groups of writes on one connection; lives on the writer's thread, as ``audit`` does.

    When the audit table fails, entries go to the file ``fallback`` instead, and changes go on. ``mark`` is
    told of the newest audit entry, as (id, hash), after each COMMIT and before anybody hears of it.
    """

    def __init__(self, fallback: AuditFile | None = None, mark: Mark = unmarked) -> None:
        """Start with an unknown audit head; the first group reads it."""
        self.audit = AuditDestination(fallback)
        self._mark = mark

    def commit(
        self, connection: sqlite3.Connection, group: Sequence[GroupMember], attempt: int
    ) -> list[OperationOutcome]:
        """Apply the group in one transaction and return an outcome for each member.

        First without savepoints; when a member fails, everything is rolled back and the group runs
        again with a savepoint each, so that only the failing ones are undone. Raises ``DatabaseError``
        when the transaction as a whole fails; its ``ambiguous`` attribute is then true if COMMIT had
        been asked for and may have worked (on a full disk it never has: its last frame was not written).
        A search whose index is damaged is made anew, which takes as long as its table is large.
        """
        try:
            return self._commit(connection, group, attempt)
        except SearchDamaged as damage:
            try:
                mended = mend_searches(connection)
            except sqlite3.Error as error:
                raise from_sqlite(error, attempts=attempt) from error
            if not mended:
                raise
            logger.bind(searches=list(mended), error=damage.detail).warning("search_index_mended")
        return self._commit(connection, group, attempt)

    def _commit(
        self, connection: sqlite3.Connection, group: Sequence[GroupMember], attempt: int
    ) -> list[OperationOutcome]:
        audit = self.audit
        try:
            if audit.uses_file(connection):
                with audit.to_file():
                    return self._committed(connection, group, attempt)
            try:
                return self._committed(connection, group, attempt)
            except TableFault as fault:
                if audit.file is None or attempt < AUDIT_TRIES:
                    raise
                audit.table_failed(fault)
                with audit.to_file():
                    return self._committed(connection, group, attempt)
        except TableFault as fault:
            raise unwritable(fault, attempt) from fault.cause
        except _CommitFailed as failure:
            error = from_sqlite(failure.cause, attempts=attempt)
            error.ambiguous = failure.over and not isinstance(error, DiskFull | SearchDamaged)
            raise error from failure.cause
        except (sqlite3.Error, MemoryError) as error:
            raise from_sqlite(error, attempts=attempt) from error

    def _committed(
        self, connection: sqlite3.Connection, group: Sequence[GroupMember], attempt: int
    ) -> list[OperationOutcome]:
        if len(group) > 1 and not any(member.preview for member in group):
            outcomes = self._run(connection, group, attempt, isolate=False)
            if outcomes is not None:
                return outcomes
        return self._isolated(connection, group, attempt)

    def _isolated(
        self, connection: sqlite3.Connection, group: Sequence[GroupMember], attempt: int
    ) -> list[OperationOutcome]:
        """Run the group with a savepoint each, again without those that end the whole transaction."""
        spoilt: dict[int, OperationOutcome] = {}
        while True:
            rest = [member for member in group if id(member) not in spoilt]
            try:
                made = iter(self._run(connection, rest, attempt, isolate=True) or ())
            except _TransactionEnded as end:
                spoilt[id(end.member)] = OperationOutcome(error=end.failure)
                continue
            return [spoilt.get(id(member)) or next(made) for member in group]

    def _run(
        self, connection: sqlite3.Connection, group: Sequence[GroupMember], attempt: int, *, isolate: bool
    ) -> list[OperationOutcome] | None:
        """Run the group once; None means: undone because a member failed and nothing isolated it."""
        audit = self.audit
        mark = audit.entries.mark()
        connection.execute("BEGIN IMMEDIATE")
        try:
            audit.begun(connection)
            mark = audit.entries.mark()
            audit.check()
            outcomes: list[OperationOutcome] = []
            for member in group:
                outcome = self._member(connection, member, attempt, isolate=isolate)
                if outcome.error is not None and not isolate:
                    audit.roll_back(connection, mark)
                    return None
                outcomes.append(outcome)
            audit.before_commit(connection)
            try:
                connection.execute("COMMIT")
            except (sqlite3.Error, MemoryError) as error:
                raise _CommitFailed(error, over=not connection.in_transaction) from error
        except BaseException as error:
            self._undo(connection, mark, error)
            raise
        try:
            audit.committed()
            self._mark(audit.head)
        except Exception as error:
            raise _CommitFailed(error, over=True) from error
        return outcomes

    def _undo(self, connection: sqlite3.Connection, mark: Position, error: BaseException) -> None:
        """Roll back; that this fails, too, must not hide that COMMIT had been asked for."""
        try:
            self.audit.roll_back(connection, mark)
        except DatabaseError as failure:
            failure.ambiguous = isinstance(error, _CommitFailed)
            raise

    def _member(
        self, connection: sqlite3.Connection, member: GroupMember, attempt: int, *, isolate: bool
    ) -> OperationOutcome:
        started = time.perf_counter()
        entries = self.audit.entries
        mark = entries.mark()
        if isolate:
            connection.execute("SAVEPOINT member")
        tx = Transaction(connection, member.context, attempt, entries)
        try:
            value, repeated = self._apply(connection, tx, member)
            outcome = OperationOutcome(value, repeated=repeated)
        except BaseException as error:
            if (fault := self.audit.fault_behind(error)) is not None:
                raise fault from error
            outcome = OperationOutcome(error=_as_member_failure(error, member, attempt))
        finally:
            tx.end()
        if not connection.in_transaction:
            failure = _ending(tx.broken_by, outcome.error, member, attempt)
            if isolate:
                raise _TransactionEnded(member, failure)
            outcome = OperationOutcome(error=failure, repeated=outcome.repeated)
        elif isolate:
            if outcome.error is not None or member.preview:
                connection.execute("ROLLBACK TO member")
                entries.rewind(mark)
            connection.execute("RELEASE member")
        return outcome.after(tx, time.perf_counter() - started)

    def _apply(
        self, connection: sqlite3.Connection, tx: Transaction, member: GroupMember
    ) -> tuple[Any, bool]:
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
        outcome = type(write).result_adapter().serializer.to_json(value).decode()
        started = time.perf_counter()
        connection.execute(
            _KEEP_REQUEST,
            (context.request_id, type(write).__name__, context.actor or 0, payload, outcome, context.at),
        )
        tx.note(_KEEP_REQUEST, None, started, 1)
        return value, False


def _payload_hash(write: Write[Any]) -> bytes:
    return hashlib.blake2b(write.model_dump_json().encode(), digest_size=16).digest()


def _ending(
    broken_by: sqlite3.Error | None, error: BaseException | None, member: GroupMember, attempt: int
) -> BaseException:
    """Say whose fault it is that the transaction is over; raise if it is not the member's own."""
    if broken_by is not None:
        return _as_member_failure(broken_by, member, attempt)
    ended = QueryFailed("the operation ended its transaction", operation=type(member.write).__name__)
    ended.__cause__ = error
    return ended


def _as_member_failure(error: BaseException, member: GroupMember, attempt: int) -> BaseException:
    """Give SQLite's errors their class; raise on those that concern the whole transaction."""
    if not isinstance(
        error, (sqlite3.Error, sqlite3.Warning, DatabaseError, UnicodeDecodeError, MemoryError)
    ):
        return raisable(error)
    failure = from_sqlite(error, operation=type(member.write).__name__, attempts=attempt)
    if isinstance(failure, ConstraintViolated | QueryFailed | RequestConflict):
        failure.__cause__ = error if error is not failure else None
        return failure
    raise failure from (error if error is not failure else error.__cause__)
