"""What ``doctor`` looks at besides the database: SQLite, clock, disks, folders and who may use them."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from modelus_bot.cli.finding import Finding, Grade
from modelus_bot.cli.protecting import Protected
from modelus_bot.clock.apart import TOLD_FROM
from modelus_bot.clock.belief import DoubtReason
from modelus_bot.clock.clock import Clock
from modelus_bot.clock.words import apart_words, doubt_words
from modelus_bot.config import Settings
from modelus_bot.database.administration import DatabaseFile, safe_beside_writers
from modelus_bot.runtime.os_errors import Fault, fault_of, forbidden_there, in_words, words_for

__all__ = ["clock", "disks", "folders", "parts_of_file", "sqlite_itself"]

NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs"}
LITTLE_SPACE = 500_000_000
NO_SPACE = 20_000_000
"""Bytes below which a disk counts as full: no copy and no large change finds room on it."""


def sqlite_itself(protected: Protected) -> list[Finding]:
    """Say whether checkpoints of this SQLite are safe beside writers."""
    if safe_beside_writers():
        return [Finding(Grade.FINE, "This SQLite's checkpoints are safe beside other writers.")]
    who = "the archive's program, which is mended," if protected.archive.available else "the bot's one writer"
    text = (
        f"This SQLite has the WAL-reset bug (mended in 3.51.3). It cannot strike, because only {who} makes"
        " checkpoints. Do not write to the file with other programs while the bot runs."
    )
    return [Finding(Grade.FINE, text)]


async def clock(settings: Settings, clock: Clock) -> list[Finding]:
    """Compare the machine's clock with what was written before, and with Discord's if there is a token."""
    asked, apart = "what was written before", 0.0
    if settings.token is not None:
        from modelus_bot.ui.discord_time import time_at_discord  # needs discord.py, which takes a second

        moment = await time_at_discord()
        if moment is not None:
            clock.told(moment)
            apart = clock() - moment
            asked = f"Discord's ({apart:+.1f} s)"
    doubt = clock.doubt
    if (doubt is None or doubt.why is DoubtReason.STARTING) and abs(apart) >= TOLD_FROM:
        return [Finding(Grade.NOTE, apart_words(apart))]
    if doubt is None or doubt.why is DoubtReason.STARTING:
        return [Finding(Grade.FINE, f"The machine's clock agrees with {asked}.")]
    minutes = settings.clock.steady_minutes
    return [Finding(Grade.BAD, doubt_words(doubt, wall=clock(), steady_minutes=minutes))]


def disks(settings: Settings, path: Path) -> list[Finding]:
    """Look at the disk of the database, and at that of the copies where it is another one."""
    size = path.stat().st_size if _is_there(path) else 0
    found: list[Finding] = []
    seen: set[int] = set()
    for what, place in (("database", path.parent), ("backups", settings.backup.folder)):
        folder = _nearest(place)
        if (disk := folder.stat().st_dev) not in seen:
            seen.add(disk)
            found += _disk(what, folder, size)
    return found


def _disk(what: str, folder: Path, size: int) -> Iterator[Finding]:
    kind = _filesystem(folder)
    if what == "database" and kind in NETWORK:
        text = f"{folder} is on a network file system ({kind}), where SQLite's log does not work."
        yield Finding(Grade.BAD, f"{text} Move the database to a local disk.")
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        yield Finding(Grade.BAD, _sentence(words_for(Fault.READ_ONLY, folder)))
    free = shutil.disk_usage(folder).free
    if free < NO_SPACE:
        text = f"The disk of the {what} is full: {free / 1e6:.1f} MB are free in {folder}."
        yield Finding(Grade.BAD, f"{text} Free space there.")
    elif free < max(LITTLE_SPACE, 3 * size):
        text = f"{free / 1e6:.0f} MB are free in {folder};"
        yield Finding(Grade.NOTE, f"{text} a migration or recovery may need {3 * size / 1e6:.0f} MB.")
    else:
        yield Finding(Grade.FINE, f"{free / 1e9:.1f} GB are free in {folder}.")


def folders(settings: Settings, path: Path) -> list[Finding]:
    """Say which folders that the bot writes to it may not write to, or lead nowhere."""
    log = settings.logging.file
    places = (
        ("database", path.parent),
        ("backups", settings.backup.folder),
        ("quarantine", settings.integrity.quarantine),
        *([("log", log.parent)] if log is not None else []),
    )
    bad = [
        Finding(Grade.BAD, _sentence(f"the folder of the {what} cannot be used: {words}"))
        for what, folder in places
        if (words := _unusable(folder)) is not None
    ]
    return bad or [Finding(Grade.FINE, "The folders that the bot writes to can be written to.")]


def _unusable(folder: Path) -> str | None:
    """Say in words why nothing can be made in ``folder``, or it cannot be made; None for nothing."""
    if folder.is_symlink() and not _is_there(folder):
        return words_for(Fault.LINK_LOOP, folder)
    nearest = _nearest(folder)
    if not nearest.is_dir():
        return f"{nearest} is no folder"
    return forbidden_there(nearest / "new", writing=True)


def parts_of_file(given: Path, path: Path) -> list[Finding]:
    """Look at who may read and write the files at ``path``, to which the link ``given`` may lead."""
    found = []
    if given.is_symlink() and not _is_there(given):
        found.append(Finding(Grade.BAD, _sentence(words_for(Fault.LINK_LOOP, given))))
    for part in DatabaseFile(path).files:
        try:
            mode = stat.S_IMODE(part.stat().st_mode)
        except OSError as error:
            if fault_of(error) not in {Fault.MISSING, Fault.LINK_LOOP}:
                found.append(Finding(Grade.BAD, _sentence(in_words(error))))
            continue
        if mode & 0o077:
            text = f"{part} can be read by others on this machine: chmod 600 {part}"
            found.append(Finding(Grade.NOTE, text))
        if (words := forbidden_there(part, writing=True)) is not None:
            found.append(Finding(Grade.BAD, _sentence(words)))
    return found


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:].rstrip(".") + "." if words[:1] != "/" else words.rstrip(".") + "."


def _nearest(place: Path) -> Path:
    """Return the folder itself, or the nearest above it that is there."""
    return next(item for item in (place, *place.absolute().parents) if _is_there(item))


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _filesystem(folder: Path) -> str:
    """Return the type of the file system, where the system tells."""
    best = ("", "")
    try:
        for line in Path("/proc/self/mounts").read_text("utf-8").splitlines():
            _, place, kind, *_ = line.split()
            place = place.replace("\\040", " ")
            if (str(folder.resolve()) + "/").startswith(place.rstrip("/") + "/") and len(place) >= len(
                best[0]
            ):
                best = (place, kind)
    except (OSError, ValueError):
        return ""
    return best[1]
