"""A process that forks others, which save snapshots until they are killed.

``python -m tests.faults.sites.saving`` reads folders from standard input, one a line. For each
it starts a child that saves one generation after another there, and prints the child's id, then the
generations as they are safe. It waits for the child's end before it reads the next line.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from modelus_bot.database.offline.snapshot.folder import UnusableSnapshot, read_manifest
from modelus_bot.database.offline.snapshot.manifest import SnapshotManifest
from tests.database.offline.snapshot.keeping import contents, folder_at

ROWS = 2000


def save_for_ever(path: Path) -> None:
    """Save generations that follow the one that is there."""
    folder = folder_at(path)
    try:
        manifest: SnapshotManifest | None = read_manifest(path)
    except UnusableSnapshot:
        manifest = None
    while True:
        number = manifest.generation + 1 if manifest else 1
        manifest = folder.save(contents(number, changing=1 + number % 3, rows=ROWS), manifest)
        os.write(1, f"{number}\n".encode())


if __name__ == "__main__":
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            save_for_ever(Path(line.strip()))
        os.write(1, f"child {child}\n".encode())
        os.waitpid(child, 0)
        os.write(1, b"end\n")
