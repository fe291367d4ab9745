"""Where the audit entries of a group go: into their table, or into the file beside it while that fails."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator

from loguru import logger

from modelus_bot.database.core.audit.back_off import Rest
from modelus_bot.database.core.audit.buffer import CollectedEntries
from modelus_bot.database.core.audit.chain import AuditChain, Mark
from modelus_bot.database.core.audit.fallback_log import AuditFile
from modelus_bot.database.core.audit.merging import Merged, merge_entries, remember_token
from modelus_bot.database.core.errors import AuditUnwritable, ConnectionLost
from modelus_bot.database.core.result_codes import from_sqlite

__all__ = ["AuditDestination", "TableFault", "unwritable"]

MERGED_AT_ONCE = 500


class TableFault(Exception):
    """The audit table cannot take entries, while everything else may work; there is a file for them."""

    def __init__(self, cause: sqlite3.Error) -> None:
        """Keep what the table answered."""
        super().__init__(str(cause))
        self.cause = cause


class AuditDestination:
    """Knows the chain's head and decides where entries go; lives on the writer's thread.

    ``head`` is the newest audit link known to be committed, as (id, hash); None before the first group.
    ``entries`` is what operations append to now. ``file`` takes the entries while the table cannot, None
    where there is none. ``rest`` has the pauses between two looks at a table that failed.
    """

    def __init__(self, file: AuditFile | None) -> None:
        """Start with an unknown head; the first group reads it."""
        self.head: tuple[int, bytes] | None = None
        self.file = file
        self.rest = Rest()
        self._chain = AuditChain()
        self.entries = self._chain
        self._data_version: int | None = None
        self._connection: sqlite3.Connection | None = None

    def forget(self) -> None:
        """Read the head from the file again, which another one may have replaced."""
        self._chain.forget()
        self.head = None
        self.rest.end()

    def uses_file(self, connection: sqlite3.Connection) -> bool:
        """Say whether entries go to the file: others wait there that go first, and cannot be merged yet."""
        if self.file is None or (not self.file.waiting and not self.rest.begun):
            return False
        if not self.rest.over:
            return True
        try:
            self._merge(connection, self.file)
        except TableFault as fault:
            self.table_failed(fault)
            return True
        self.rest.end()
        return False

    def table_failed(self, fault: TableFault) -> None:
        """Leave the table alone for a while, longer each time."""
        self.rest.begin()
        if self.file is not None:
            self.file.trouble(from_sqlite(fault.cause))

    @contextlib.contextmanager
    def to_file(self) -> Iterator[None]:
        """Collect entries for the file meanwhile."""
        if self.file is not None:
            self.entries = CollectedEntries(self.file.new_token())
        try:
            yield
        finally:
            self.entries = self._chain

    @property
    def merge_due(self) -> bool:
        """Whether entries wait in the file and the table has been left alone for long enough."""
        return self.file is not None and self.file.waiting > 0 and self.rest.over

    def merge(self, connection: sqlite3.Connection) -> None:
        """Put what waits in the file into the table, in order; raises ``DatabaseError``."""
        if self.file is None or not self.file.waiting:
            return
        try:
            self._merge(connection, self.file)
        except TableFault as fault:
            self.table_failed(fault)
            raise unwritable(fault, 1) from fault.cause
        except sqlite3.Error as error:
            raise from_sqlite(error) from error
        self.rest.end()

    def begun(self, connection: sqlite3.Connection) -> None:
        """Read the head where it may be stale; called right after BEGIN."""
        if self.entries is self._chain:
            self._refresh(connection)

    def check(self) -> None:
        """Raise ``TableFault`` when the table has failed and the file can take its place.

        Once it has met damage, SQLite refuses to write in this transaction.
        """
        if self.entries is self._chain and self._chain.fault is not None and self.file is not None:
            raise TableFault(self._chain.fault)

    def fault_behind(self, error: BaseException) -> TableFault | None:
        """Return the fault of the table that made an operation fail, if the file can take its place."""
        fault = self.entries.fault
        if fault is None or self.file is None or fault not in {error, error.__context__}:
            return None
        return TableFault(fault)

    def before_commit(self, connection: sqlite3.Connection) -> None:
        """Put entries that go to the file on the disk; COMMIT then makes them count."""
        collected = self.entries
        if isinstance(collected, CollectedEntries) and collected.entries and self.file is not None:
            remember_token(connection, collected.token, len(collected.entries))
            self.file.save(collected.entries, collected.token)

    def committed(self) -> None:
        """Note that the transaction was committed."""
        if isinstance(self.entries, CollectedEntries):
            if not self.entries.renewed:
                return
            self._chain.go_on_from(self.entries)
            self.rest.end()
        self.head = (self._chain.last_id, self._chain.head)

    def roll_back(self, connection: sqlite3.Connection, mark: Mark) -> None:
        """Undo the transaction and go back to ``mark``; a connection that cannot do that is given up."""
        self.entries.rewind(mark)
        if not connection.in_transaction:
            return
        try:
            connection.execute("ROLLBACK")
        except (sqlite3.Error, MemoryError) as error:
            self._chain.forget()
            raise ConnectionLost(f"rolling back failed: {error}") from error

    def _merge(self, connection: sqlite3.Connection, file: AuditFile) -> None:
        chain, merged = self._chain, Merged()
        while entries := file.first(MERGED_AT_ONCE):
            mark = chain.mark()
            connection.execute("BEGIN IMMEDIATE")
            try:
                self._refresh(connection)
                mark = chain.mark()
                merged.plus(merge_entries(connection, chain, entries, file))
                connection.execute("COMMIT")
            except BaseException as error:
                self.roll_back(connection, mark)
                if chain.fault is not None and isinstance(error, sqlite3.Error):
                    raise TableFault(chain.fault) from error
                raise
            self.head = (chain.last_id, chain.head)
            file.settled(entries)
        if merged.added or merged.dropped or merged.refused:
            file.merged(merged.added, merged.dropped)

    def _refresh(self, connection: sqlite3.Connection) -> None:
        """Read the head again when another connection has committed since."""
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        if not self._chain.loaded or version != self._data_version or connection is not self._connection:
            self._chain.load(connection)
            self._data_version, self._connection = version, connection
            self._note_others()

    def _note_others(self) -> None:
        """Log which entries were added beside this process: by a command on the machine, or by hand.

        Those of a COMMIT whose end nobody knew are among them.
        """
        if self.head is not None and self._chain.last_id > self.head[0]:
            log = logger.bind(first=self.head[0] + 1, last=self._chain.last_id)
            log.bind(audit_head=self._chain.head.hex()).warning("audit_entries_of_others")


def unwritable(fault: TableFault, attempts: int) -> AuditUnwritable:
    """Describe the fault as one that passes: it is retried, and then the file takes the entries."""
    cause = from_sqlite(fault.cause)
    error = AuditUnwritable(
        f"the audit table: {fault.cause}", code=cause.code, code_name=cause.code_name, attempts=attempts
    )
    error.__cause__ = cause
    return error
