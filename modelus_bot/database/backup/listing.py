"""What lies in the folder of the copies, three answers apart: usable, there and not usable, not there."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from modelus_bot.database.backup.manifest import BackupManifest, UnreadableManifest, read_manifest
from modelus_bot.database.backup.naming import MANIFEST, parse_name
from modelus_bot.runtime.atomic_files import PARTIAL
from modelus_bot.runtime.os_errors import in_words
from modelus_bot.runtime.ownership import forbidden, unreadable_by_me

__all__ = ["BackupListing", "Unlisted", "listing_of"]


@dataclass(frozen=True, slots=True)
class Unlisted:
    """A copy that is there and does not count: why, in words, and whether a full check could change that.

    ``made_at`` is what its name says, in UTC seconds.
    """

    name: str
    made_at: int
    why: str
    adoptable: bool

    @property
    def advice(self) -> str:
        """What to do about one that has lost its manifest; empty for others."""
        if not self.adoptable:
            return ""
        return "“modelus-bot backup verify” says what it is, and lets it count if it is whole."

    def __str__(self) -> str:
        """A sentence for an operator."""
        return f"{self.name} is not used: {self.why}."


@dataclass(frozen=True, slots=True)
class BackupListing:
    """The copies that have a manifest, newest first; those that do not count; why there may be more.

    ``trouble`` is why the folder itself could not be looked into, in words, and empty when it could, or when
    there is none. ``unfinished`` are names of copies that are being made, or whose making was interrupted.
    ``newest_sequence`` is the highest number of any manifest that could be read. ``orphans`` are copies of
    which nothing but the manifest is there.
    """

    manifests: tuple[BackupManifest, ...] = ()
    unlisted: tuple[Unlisted, ...] = ()
    trouble: str = ""
    unfinished: tuple[str, ...] = ()
    newest_sequence: int = 0
    orphans: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The copies that can be named: those that count, then those that a check may let count."""
        return (*(manifest.name for manifest in self.manifests), *(item.name for item in self.unlisted))

    @property
    def empty(self) -> bool:
        """Whether there really is nothing, as far as anybody can say."""
        return not (self.manifests or self.unlisted or self.unfinished or self.trouble)


def listing_of(folder: Path, stem: str) -> BackupListing:
    """Look into a folder; blocking. Never raises ``OSError``: what cannot be read is part of the answer."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:
        return BackupListing(trouble=f"{folder} is a link to nowhere" if folder.is_symlink() else "")
    except OSError as error:
        return BackupListing(trouble=f"{folder} {_why(error)}")
    manifests, unlisted, sequence = [], [], 0
    for name in names:
        if parse_name(stem, name) is None:
            continue
        found = _looked_at(folder, stem, name)
        if isinstance(found, Unlisted):
            unlisted.append(found)
        else:
            manifests.append(found)
            sequence = max(sequence, found.sequence)
    return BackupListing(
        tuple(sorted(manifests, key=lambda manifest: manifest.order, reverse=True)),
        tuple(sorted(unlisted, key=lambda item: (item.made_at, item.name), reverse=True)),
        unfinished=tuple(item for item in names if _is_unfinished(stem, item)),
        newest_sequence=sequence,
        orphans=tuple(_orphans(names, stem)),
    )


def _orphans(names: list[str], stem: str) -> Iterator[str]:
    for copy in (name.removesuffix(MANIFEST) for name in names if name.endswith(MANIFEST)):
        if copy not in names and parse_name(stem, copy) is not None:
            yield copy


def _is_unfinished(stem: str, name: str) -> bool:
    return name.endswith(PARTIAL) and parse_name(stem, name.removesuffix(PARTIAL)) is not None


def _looked_at(folder: Path, stem: str, name: str) -> BackupManifest | Unlisted:
    parsed = parse_name(stem, name)
    assert parsed is not None  # noqa: S101 - only names of copies come here
    if (why := _unreadable(folder / name)) is not None:
        return Unlisted(name, parsed.made_at, why, adoptable=False)
    try:
        return read_manifest(folder / (name + MANIFEST))
    except UnreadableManifest as error:
        return Unlisted(name, parsed.made_at, _of_manifest(name + MANIFEST, error), adoptable=True)


def _unreadable(copy: Path) -> str | None:
    """Say why the bytes of a copy are out of reach; None when they can be read."""
    try:
        facts = copy.stat()
    except OSError as error:
        return "it is a link to nowhere" if copy.is_symlink() else f"it {_why(error)}"
    if not stat.S_ISREG(facts.st_mode):
        return "it is no file"
    if not os.access(copy, os.R_OK, effective_ids=True):
        return f"it {unreadable_by_me()}"
    return None


def _of_manifest(name: str, error: UnreadableManifest) -> str:
    cause = error.__cause__
    if isinstance(cause, FileNotFoundError):
        return f"{name}, which says what it holds, is missing"
    if isinstance(cause, OSError):
        return f"{name}, which says what it holds, {_why(cause)}"
    return f"{name}, which says what it holds, is cut off or altered"


def _why(error: OSError) -> str:
    """Say in words why something could not be read."""
    if isinstance(error, NotADirectoryError):
        return "is no folder"
    return forbidden(error) or f"cannot be read: {in_words(error)}"
