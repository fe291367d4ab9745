"""The snapshot: critical tables as files beside the database, which answer while it is away."""

from modelus_bot.database.snapshot.age import answered_as_of
from modelus_bot.database.snapshot.contents import Contents, kept_contents
from modelus_bot.database.snapshot.folder import (
    SnapshotFolder,
    UnusableSnapshot,
    read_manifest,
    snapshot_folder,
)
from modelus_bot.database.snapshot.manifest import Manifest
from modelus_bot.database.snapshot.snapshot import Snapshot

__all__ = [
    "Contents",
    "Manifest",
    "Snapshot",
    "SnapshotFolder",
    "UnusableSnapshot",
    "answered_as_of",
    "kept_contents",
    "read_manifest",
    "snapshot_folder",
]
