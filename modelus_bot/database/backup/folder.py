"""The folder of the copies: what is in it, and every change to it; all of it blocks, use a thread."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from loguru import logger

from modelus_bot.database.backup.listing import BackupListing, listing_of
from modelus_bot.database.backup.manifest import (
    BackupManifest,
    UnreadableManifest,
    read_manifest,
    write_manifest,
)
from modelus_bot.database.backup.naming import MANIFEST, CopyName, Kind, is_leftover, parse_name
from modelus_bot.runtime.atomic_files import PARTIAL, sync_folder
from modelus_bot.runtime.os_errors import in_words

__all__ = ["CopyFolder"]

_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}


class CopyFolder:
    """The copies of the database called ``stem`` in a folder that others may use, too.

    A copy is written under its name and ``.partial``, checked, given its manifest, and only then its
    name: what a kill leaves behind is a ``.partial`` or a manifest without a copy, and neither counts.
    """

    def __init__(self, path: Path, stem: str) -> None:
        """Remember where it is; nothing is made or read yet."""
        self.path = path
        self._stem = stem
        self._named: set[tuple[str, str]] = set()

    def prepare(self) -> None:
        """Make the folder, mode 0700, unless it is there; raises ``OSError``."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextlib.contextmanager
    def locked(self) -> Iterator[bool]:
        """Take the folder for this program; gives False while another one is changing it."""
        descriptor = os.open(self.path / f".{self._stem}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            except OSError as error:
                if error.errno not in _NO_LOCKS:
                    raise
            yield True
        finally:
            os.close(descriptor)

    def manifests(self) -> tuple[BackupManifest, ...]:
        """Return the copies that have a manifest and can be read, newest first; see ``listing``."""
        return self.listing().manifests

    def listing(self) -> BackupListing:
        """Return what lies there; each copy that does not count is named in the log, once."""
        found = listing_of(self.path, self._stem)
        for item in found.unlisted:
            self._name(item.name, item.why)
        if found.trouble:
            self._name(self.path.name, found.trouble)
        return found

    def name_of(self, name: str) -> CopyName | None:
        """Return what the name of a copy says that is there, with a manifest or without; else None."""
        parsed = parse_name(self._stem, name)
        return parsed if parsed is not None and (self.path / name).is_file() else None

    def new_name(self, kind: Kind, now: float) -> str:
        """Return a name that neither a copy nor anything that belongs to one has."""
        taken = self._names()
        one = CopyName(self._stem, int(now), kind)
        while any(name.startswith(str(one)) for name in taken):
            one = CopyName(one.stem, one.made_at, one.kind, one.number + 1)
        return str(one)

    def partial(self, name: str) -> Path:
        """Return where a copy is while it is being made."""
        return self.path / (name + PARTIAL)

    def finish(self, manifest: BackupManifest) -> BackupManifest:
        """Let a copy count: write its manifest, then give it its name; both are safely on the disk."""
        write_manifest(self.path, manifest)
        self.partial(manifest.name).replace(self.path / manifest.name)
        sync_folder(self.path)
        return manifest.model_copy(update={"path": self.path / manifest.name})

    def update(self, name: str, **changes: object) -> None:
        """Change what a copy's manifest says; does nothing when the copy is gone. Raises ``OSError``."""
        with contextlib.suppress(UnreadableManifest):
            known = read_manifest(self.path / (name + MANIFEST))
            if (self.path / name).is_file():
                write_manifest(self.path, BackupManifest.model_validate(known.model_dump() | changes))

    def discard(self, name: str) -> None:
        """Remove what was written of a copy that did not succeed."""
        for path in sorted(self.path.glob("*")) if self.path.is_dir() else ():
            if path.name.startswith(name) and is_leftover(self._stem, path.name):
                path.unlink(missing_ok=True)
        if not (self.path / name).exists():
            (self.path / (name + MANIFEST)).unlink(missing_ok=True)

    def delete(self, name: str) -> None:
        """Delete a copy, so that it does not count from the first moment on; raises ``OSError``."""
        with contextlib.suppress(FileNotFoundError):
            (self.path / name).replace(self.partial(name))
        (self.path / (name + MANIFEST)).unlink(missing_ok=True)
        self.partial(name).unlink(missing_ok=True)

    def remove_leftovers(self) -> tuple[str, ...]:
        """Remove what killed copies and deletions left behind, and return the names; raises ``OSError``."""
        names = set(self._names())
        gone = [item for item in names if is_leftover(self._stem, item) or self._is_orphan(item, names)]
        for name in gone:
            (self.path / name).unlink(missing_ok=True)
        return tuple(sorted(gone))

    def _is_orphan(self, name: str, names: set[str]) -> bool:
        """Say whether it is a manifest whose copy is not there."""
        copy = name.removesuffix(MANIFEST)
        return copy != name and copy not in names and parse_name(self._stem, copy) is not None

    def _names(self) -> list[str]:
        try:
            return sorted(path.name for path in self.path.iterdir())
        except FileNotFoundError:
            return []
        except OSError as error:
            self._name(self.path.name, in_words(error))
            return []

    def _name(self, name: str, why: str) -> None:
        """Put something that is passed over into the log, once."""
        if (name, why) not in self._named:
            self._named.add((name, why))
            logger.bind(name=name, why=why).warning("backup_passed_over")
