"""One SQLite file in WAL mode that keeps every acknowledged write.

Promise: what ``DatabaseManager.write`` has answered is on the disk, once, with its audit entry; what a read
answers was committed. When the file is unwell, people read a sentence and not a trace, kept queries answer
from the last known state, and deferrable writes wait in a file.

Way in: this face. ``DatabaseManager`` is opened with ``async with``, then ``write(Write, Context)``,
``read(query, ...)`` and ``preview``. A change is a class with ``apply``; a read is a function marked with
``query``. ``Protection`` and ``Fallback`` are what a manager is built with to be protected and to answer
while the file is away. What operators use besides (copies, restores, checks, statistics) stands in
``administration``.

Inside, packages import one way: ``core``, ``format``, ``schema``, ``engine``, ``integrity``, ``checksums``,
``salvage``, ``backup``, ``archive``, ``health``, ``offline``, ``maintenance``, ``recovery``,
``composition``, and ``manager`` on top. Each has a face with what the others use of it, and a docstring
like this one. From the rest of the bot the database takes settings (``config``), the clock, and the ground
floor (``runtime``, ``logs``, ``bundled``).
"""

from typing import TYPE_CHECKING

from modelus_bot.database.core.lazy_imports import lazy_names

if TYPE_CHECKING:
    from modelus_bot.database.core.alert import Alert
    from modelus_bot.database.core.begun import change_begun
    from modelus_bot.database.core.context import Context
    from modelus_bot.database.core.error_types import new_reference
    from modelus_bot.database.core.errors import (
        AlreadyRunning,
        AmbiguousFile,
        BackupFailed,
        ConstraintViolated,
        CorruptionDetected,
        DatabaseError,
        OpeningRefused,
        OutcomeUnknown,
    )
    from modelus_bot.database.core.invariant import Invariant
    from modelus_bot.database.core.operation import Priority, Query, Write, query, viewer_query
    from modelus_bot.database.core.transaction import ReadTransaction, Row, Transaction
    from modelus_bot.database.core.visibility.declaration import (
        EVERY_ROW,
        NO_ROW,
        Viewer,
        Visibility,
        Visible,
    )
    from modelus_bot.database.engine.breaker import Mode
    from modelus_bot.database.health.overview import Overview
    from modelus_bot.database.maintenance.pruning import Pruning
    from modelus_bot.database.manager import DatabaseManager
    from modelus_bot.database.offline.fallback import Fallback
    from modelus_bot.database.offline.journal.deferred import WriteDeferred
    from modelus_bot.database.offline.snapshot.age import answered_as_of
    from modelus_bot.database.recovery.protection import Protection

__all__ = [
    "EVERY_ROW",
    "NO_ROW",
    "Alert",
    "AlreadyRunning",
    "AmbiguousFile",
    "BackupFailed",
    "ConstraintViolated",
    "Context",
    "CorruptionDetected",
    "DatabaseError",
    "DatabaseManager",
    "Fallback",
    "Invariant",
    "Mode",
    "OpeningRefused",
    "OutcomeUnknown",
    "Overview",
    "Priority",
    "Protection",
    "Pruning",
    "Query",
    "ReadTransaction",
    "Row",
    "Transaction",
    "Viewer",
    "Visibility",
    "Visible",
    "Write",
    "WriteDeferred",
    "answered_as_of",
    "change_begun",
    "new_reference",
    "query",
    "viewer_query",
]

__getattr__ = lazy_names(
    __name__,
    {
        "Alert": "core.alert",
        "AlreadyRunning": "core.errors",
        "AmbiguousFile": "core.errors",
        "BackupFailed": "core.errors",
        "ConstraintViolated": "core.errors",
        "Context": "core.context",
        "CorruptionDetected": "core.errors",
        "DatabaseError": "core.errors",
        "DatabaseManager": "manager",
        "EVERY_ROW": "core.visibility.declaration",
        "Fallback": "offline.fallback",
        "Invariant": "core.invariant",
        "Mode": "engine.breaker",
        "NO_ROW": "core.visibility.declaration",
        "OpeningRefused": "core.errors",
        "OutcomeUnknown": "core.errors",
        "Overview": "health.overview",
        "Priority": "core.operation",
        "Protection": "recovery.protection",
        "Pruning": "maintenance.pruning",
        "Query": "core.operation",
        "ReadTransaction": "core.transaction",
        "Row": "core.transaction",
        "Transaction": "core.transaction",
        "Viewer": "core.visibility.declaration",
        "Visibility": "core.visibility.declaration",
        "Visible": "core.visibility.declaration",
        "Write": "core.operation",
        "WriteDeferred": "offline.journal.deferred",
        "answered_as_of": "offline.snapshot.age",
        "change_begun": "core.begun",
        "new_reference": "core.error_types",
        "query": "core.operation",
        "viewer_query": "core.operation",
    },
)
