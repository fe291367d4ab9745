"""Whose the files are: what root makes or replaces belongs to the user that the bot runs as.

A command that root runs on the files of another user becomes that user before it touches anything, so that
nothing it makes, by whatever library or program, is out of the bot's reach afterwards. Where that user cannot
run this program, root does the work and hands over what it made.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import modelus_bot
from modelus_bot.runtime.os_errors import Fault, fault_of

__all__ = [
    "Owner",
    "become",
    "decision",
    "forbidden",
    "hand_over",
    "keep_rights",
    "myself",
    "owner_of",
    "unreadable_by_me",
]

ROOT = 0

Decision = Literal["stay", "become", "refuse"]


@dataclass(frozen=True, slots=True)
class Owner:
    """A user and a group, by number."""

    uid: int
    gid: int

    @property
    def name(self) -> str:
        """The name to log in with, or the number of a user without a name."""
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return f"#{self.uid}"


def myself() -> Owner:
    """Return whom this process acts as."""
    return Owner(os.geteuid(), os.getegid())


def owner_of(path: Path) -> Owner:
    """Return whose ``path`` is, or would be: the file's owner, else that of the nearest folder there is.

    What root owns in somebody else's folder is theirs, too: an earlier command left it behind.
    """
    for place in (path, *path.absolute().parents):
        try:
            facts = place.stat()
        except OSError:
            continue
        if place != path or facts.st_uid != ROOT:
            return Owner(facts.st_uid, facts.st_gid)
    return Owner(ROOT, ROOT)


def decision(me: int, owner: int) -> Decision:
    """Say how a command comes to leave files that their owner can use; what is root's is left as it is."""
    if owner in {me, ROOT}:
        return "stay"
    return "become" if me == ROOT else "refuse"


def become(owner: Owner) -> str | None:
    """Act as ``owner`` from now on, for good; returns why not, in words, where this program is out of reach.

    Raises ``OSError``. Only for a process that root started.
    """
    groups = _groups_of(owner)
    with _acting_as(owner, groups):
        missing = next((item for item in _needed() if not os.access(item, os.R_OK, effective_ids=True)), None)
    if missing is not None:
        return f"{missing} may not be read by the user {owner.name}"
    os.setgroups(groups)
    os.setresgid(owner.gid, owner.gid, owner.gid)
    os.setresuid(owner.uid, owner.uid, owner.uid)
    return None


def hand_over(places: Iterable[Path], owner: Owner, *, deep: bool = True) -> int:
    """Give ``owner`` what root made at ``places``, and ``deep`` in them, in their folders; returns how many.

    Links are never followed, and a file with a second name stays as it is: it may be a stranger's.
    """
    count = 0
    for place in places:
        with contextlib.suppress(OSError):
            if place.absolute().parent.stat().st_uid == owner.uid:
                count += _hand_over(place, owner, deep=deep)
    return count


def keep_rights(made: Path, replaced: Path) -> None:
    """Give a file that is to lie at ``replaced`` the rights of what lies there; blocking, never raises.

    That is its mode, and for root its owner, else the owner of the folder.
    """
    with contextlib.suppress(OSError):
        facts = made.stat()
        try:
            before: os.stat_result | None = replaced.stat()
        except OSError:
            before = None
        whose = before or replaced.parent.stat()
        if os.geteuid() == ROOT and (facts.st_uid, facts.st_gid) != (whose.st_uid, whose.st_gid):
            os.chown(made, whose.st_uid, whose.st_gid)
        if before is not None and stat.S_ISREG(before.st_mode) and before.st_mode != facts.st_mode:
            made.chmod(stat.S_IMODE(before.st_mode))


def forbidden(error: OSError) -> str | None:
    """Say who may not do what failed; None where it failed for another reason."""
    return unreadable_by_me() if fault_of(error) is Fault.FORBIDDEN else None


def unreadable_by_me() -> str:
    """Say who may not read something."""
    return f"may not be read by the user {myself().name}"


def _hand_over(place: Path, owner: Owner, *, deep: bool) -> int:
    facts = place.lstat()
    folder = stat.S_ISDIR(facts.st_mode)
    if not folder and not (stat.S_ISREG(facts.st_mode) and facts.st_nlink == 1):
        return 0
    count = 0
    if facts.st_uid == ROOT:
        os.chown(place, owner.uid, owner.gid, follow_symlinks=False)
        count = 1
    elif facts.st_uid != owner.uid:
        return 0
    for entry in sorted(place.iterdir()) if folder and deep else ():
        with contextlib.suppress(OSError):
            count += _hand_over(entry, owner, deep=True)
    return count


def _groups_of(owner: Owner) -> list[int]:
    try:
        name = pwd.getpwuid(owner.uid).pw_name
    except KeyError:
        return [owner.gid]
    return os.getgrouplist(name, owner.gid)


def _needed() -> tuple[Path, ...]:
    """Return what a process of the new user has to be able to read: the program, and what runs it."""
    packages = importlib.util.find_spec("loguru")  # not imported: children of the bot come by here, too
    installed = [Path(packages.origin)] if packages and packages.origin else []
    return (Path(modelus_bot.__file__), *installed, Path(sys.executable), Path(os.__file__))


@contextlib.contextmanager
def _acting_as(owner: Owner, groups: list[int]) -> Iterator[None]:
    """Act as ``owner`` until the block ends."""
    mine, me = os.getgroups(), myself()
    os.setgroups(groups)
    os.setegid(owner.gid)
    os.seteuid(owner.uid)
    try:
        yield
    finally:
        os.seteuid(me.uid)
        os.setegid(me.gid)
        os.setgroups(mine)
