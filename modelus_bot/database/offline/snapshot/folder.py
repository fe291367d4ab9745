"""The folder of a snapshot: saved so that a crash at any moment leaves a whole one. Everything blocks."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from loguru import logger

from modelus_bot.database.offline.snapshot.contents import Contents, TableContents, decoded
from modelus_bot.database.offline.snapshot.manifest import MANIFEST, SnapshotManifest, file_name
from modelus_bot.runtime.atomic_files import PARTIAL, sync_folder, write_durably
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.runtime.tunables import Tunable

__all__ = ["SnapshotFolder", "UnusableSnapshot", "read_manifest", "snapshot_folder"]

EARLIER = "earlier"
"""Folder in a snapshot's folder: the last generation of a history that the database no longer continues."""

LARGEST = Tunable(256 * 1024 * 1024)
"""Bytes of the largest file that is read: a damaged folder must not fill the memory."""

_OURS = re.compile(rf"(\w+\.[0-9a-f]{{12}}\.json|manifest\.json)({re.escape(PARTIAL)})?")


class UnusableSnapshot(Exception):
    """What lies in the folder cannot be worked from; the text says why. ``missing``: there is none."""

    def __init__(self, reason: str, *, missing: bool = False) -> None:
        """Give the reason in words."""
        super().__init__(reason)
        self.missing = missing


def snapshot_folder(database: Path) -> Path:
    """Return where the snapshot of a database file lies: ``modelus.snapshot`` beside ``modelus.db``."""
    return database.with_suffix(".snapshot")


def read_manifest(folder: Path) -> SnapshotManifest:
    """Return a folder's manifest without looking at its files; raises ``UnusableSnapshot``."""
    try:
        return SnapshotManifest.model_validate_json(_read(folder / MANIFEST))
    except FileNotFoundError as error:
        raise UnusableSnapshot("there is no snapshot yet", missing=True) from error
    except (OSError, ValueError) as error:
        raise UnusableSnapshot(f"its manifest cannot be read: {in_words(error)}") from error


class SnapshotFolder:
    """Files named by their content, and a manifest that is replaced after all of them are safe.

    Until then the manifest of before is valid, and so are its files: what no manifest names is removed last.
    """

    def __init__(self, path: Path, schema_digest: str) -> None:
        """Remember where it is; ``schema_digest`` is the schema that rows have to fit."""
        self.path = path
        self._schema_digest = schema_digest

    def load(self, tables: Sequence[str]) -> tuple[SnapshotManifest, Contents]:
        """Return what was saved last, every file checked; raises ``UnusableSnapshot``."""
        manifest = read_manifest(self.path)
        if manifest.schema_digest != self._schema_digest:
            raise UnusableSnapshot("it was made by another version, for another schema")
        missing = sorted(set(tables) - manifest.tables.keys())
        if missing:
            raise UnusableSnapshot(f"it lacks {', '.join(missing)}")
        found = {name: self._table(name, manifest) for name in tables}
        return manifest, Contents(
            found, manifest.migrations, manifest.audit_id, manifest.audit_head, manifest.written_at
        )

    def save(self, contents: Contents, before: SnapshotManifest | None) -> SnapshotManifest:
        """Write the files that are new, then the manifest, and remove what it no longer names.

        ``before`` is the manifest that lies there, whose files were checked or written by this process;
        None trusts none. If ``contents`` are from before it, as after a restore or with a new database,
        its generation is kept in the folder ``earlier``: it may be the last that is left of it. Raises
        ``OSError``; what was saved before stays valid.
        """
        if before is not None and contents.audit_id < before.audit_id and self.path.is_dir():
            self._keep_earlier(before)
        manifest = SnapshotManifest.of(contents, self._schema_digest, before.generation + 1 if before else 1)
        if not self.path.is_dir():
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(self.path.parent)
        known = before.files if before else frozenset()
        for name, table in contents.tables.items():
            file = self.path / file_name(name, table.sha256)
            if file.name not in known or not _is_there(file, len(table.content)):
                write_durably(file, table.content)
        write_durably(self.path / MANIFEST, manifest.model_dump_json(indent=1).encode())
        self._remove_others(manifest)
        return manifest

    def _table(self, name: str, manifest: SnapshotManifest) -> TableContents:
        expected = manifest.tables[name]
        file = file_name(name, expected.sha256)
        try:
            found = TableContents.of(name, _read(self.path / file), expected.rows)
        except OSError as error:
            raise UnusableSnapshot(f"{file} cannot be read: {in_words(error)}") from error
        if found.sha256 != expected.sha256:
            raise UnusableSnapshot(f"{file} was altered or damaged")
        try:
            _, rows = decoded(found.content)
        except (ValueError, RecursionError) as error:
            raise UnusableSnapshot(f"{file} is no table") from error
        if len(rows) != expected.rows:
            raise UnusableSnapshot(f"{file} has {len(rows)} rows instead of {expected.rows}")
        return found

    def _keep_earlier(self, manifest: SnapshotManifest) -> None:
        """Copy what lies there, in place of what was kept so before; a file that is lost is left out."""
        earlier = self.path / EARLIER
        partial = self.path / (EARLIER + PARTIAL)
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        for name in (*sorted(manifest.files), MANIFEST):
            with contextlib.suppress(FileNotFoundError):
                write_durably(partial / name, _read(self.path / name))
        shutil.rmtree(earlier, ignore_errors=True)
        partial.replace(earlier)
        sync_folder(self.path)
        logger.bind(folder=str(earlier), audit_id=manifest.audit_id).warning("earlier_snapshot_kept")

    def _remove_others(self, manifest: SnapshotManifest) -> None:
        """Remove files of earlier generations and of saves that a crash cut short; nothing else."""
        wanted = manifest.files | {MANIFEST}
        with contextlib.suppress(OSError):
            for file in self.path.iterdir():
                if file.name not in wanted and _OURS.fullmatch(file.name):
                    file.unlink(missing_ok=True)


def _is_there(file: Path, size: int) -> bool:
    try:
        return file.stat().st_size == size
    except OSError:
        return False


def _read(path: Path) -> bytes:
    with path.open("rb") as stream:
        content = stream.read(LARGEST.value + 1)
    if len(content) > LARGEST.value:
        raise OSError(0, "it is too large", str(path))
    return content
