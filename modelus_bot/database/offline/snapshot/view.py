"""Look at one table as it was last known, without opening the database or changing anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from modelus_bot.database.offline.snapshot.contents import decoded
from modelus_bot.database.offline.snapshot.folder import SnapshotFolder, read_manifest, snapshot_folder

__all__ = ["last_known_rows"]


def last_known_rows(database: Path, table: str) -> list[dict[str, Any]]:
    """Return the rows of a kept table; raises ``UnusableSnapshot``."""
    folder = snapshot_folder(database)
    manifest = read_manifest(folder)
    _, contents = SnapshotFolder(folder, manifest.schema_digest).load([table])
    columns, rows = decoded(contents.tables[table].content)
    return [dict(zip(columns, row, strict=True)) for row in rows]
