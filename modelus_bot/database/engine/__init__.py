"""One open file: connections with a role each, the write queue, group commit, batched reads, the breakers.

Promise: a write is answered after its COMMIT and never twice for one request; a read sees every write that
was acknowledged before it began; nothing waits longer than its caller does. What fails is judged once, by
result code, and a breaker stops asking a database that is away.

Way in: ``ConnectionManager``, ``TransactionManager``, ``ReadBatcher`` and ``ViewerReads``, built by
``composition.Engine``; ``Availability`` decides the mode. ``epoch`` and ``high_water`` note beside the file
what it is known to have reached; ``fingerprint`` and ``open_guard`` see who else touches it; ``checkpoints``
moves pages on the writer's thread.
Owner: ``composition.Engine`` opens and closes all of it.
"""

from typing import TYPE_CHECKING

from modelus_bot.database.core.lazy_imports import lazy_names

if TYPE_CHECKING:
    from modelus_bot.database.engine.availability import Availability, ModeChange
    from modelus_bot.database.engine.breaker import BreakerState, CircuitBreaker, Mode
    from modelus_bot.database.engine.checkpoints import LARGE, Checkpointer, wal_bytes, worth_moving
    from modelus_bot.database.engine.connection import ConnectionManager
    from modelus_bot.database.engine.epoch import Epoch, epoch_of, epoch_with, is_later, renew_epoch
    from modelus_bot.database.engine.fingerprint import OpenFiles, written_at
    from modelus_bot.database.engine.group_commit import GroupMember, GroupWriter, unmarked
    from modelus_bot.database.engine.high_water import HighWaterMark
    from modelus_bot.database.engine.known_progress import Known, known_of
    from modelus_bot.database.engine.probes import (
        Version,
        probe_read,
        probe_write,
        schema_version_of,
        version_of,
    )
    from modelus_bot.database.engine.read_batching import ReadBatcher
    from modelus_bot.database.engine.roles import ConnectionRole
    from modelus_bot.database.engine.transaction_manager import TransactionManager, nothing_kept
    from modelus_bot.database.engine.viewer_reads import ViewerReads
    from modelus_bot.database.engine.worker import WorkerConnection, close_quietly

__all__ = [
    "LARGE",
    "Availability",
    "BreakerState",
    "Checkpointer",
    "CircuitBreaker",
    "ConnectionManager",
    "ConnectionRole",
    "Epoch",
    "GroupMember",
    "GroupWriter",
    "HighWaterMark",
    "Known",
    "Mode",
    "ModeChange",
    "OpenFiles",
    "ReadBatcher",
    "TransactionManager",
    "Version",
    "ViewerReads",
    "WorkerConnection",
    "close_quietly",
    "epoch_of",
    "epoch_with",
    "is_later",
    "known_of",
    "nothing_kept",
    "probe_read",
    "probe_write",
    "renew_epoch",
    "schema_version_of",
    "unmarked",
    "version_of",
    "wal_bytes",
    "worth_moving",
    "written_at",
]

__getattr__ = lazy_names(
    __name__,
    {
        "Availability": "engine.availability",
        "BreakerState": "engine.breaker",
        "Checkpointer": "engine.checkpoints",
        "CircuitBreaker": "engine.breaker",
        "ConnectionManager": "engine.connection",
        "ConnectionRole": "engine.roles",
        "Epoch": "engine.epoch",
        "GroupMember": "engine.group_commit",
        "GroupWriter": "engine.group_commit",
        "HighWaterMark": "engine.high_water",
        "Known": "engine.known_progress",
        "LARGE": "engine.checkpoints",
        "Mode": "engine.breaker",
        "ModeChange": "engine.availability",
        "OpenFiles": "engine.fingerprint",
        "ReadBatcher": "engine.read_batching",
        "TransactionManager": "engine.transaction_manager",
        "Version": "engine.probes",
        "ViewerReads": "engine.viewer_reads",
        "WorkerConnection": "engine.worker",
        "close_quietly": "engine.worker",
        "epoch_of": "engine.epoch",
        "epoch_with": "engine.epoch",
        "is_later": "engine.epoch",
        "known_of": "engine.known_progress",
        "nothing_kept": "engine.transaction_manager",
        "probe_read": "engine.probes",
        "probe_write": "engine.probes",
        "renew_epoch": "engine.epoch",
        "schema_version_of": "engine.probes",
        "unmarked": "engine.group_commit",
        "version_of": "engine.probes",
        "wal_bytes": "engine.checkpoints",
        "worth_moving": "engine.checkpoints",
        "written_at": "engine.fingerprint",
    },
)
