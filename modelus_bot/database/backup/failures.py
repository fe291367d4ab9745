"""Why a copy could not be made, each with what to do about it."""

from __future__ import annotations

from typing import ClassVar

from modelus_bot.database.core.child_process import ChildFailed, ChildNotStarted
from modelus_bot.database.core.errors import BackupFailed
from modelus_bot.database.core.resources import short_of_resources
from modelus_bot.runtime.os_errors import Fault, fault_of, in_words

__all__ = [
    "CopyDamaged",
    "DiskFaulty",
    "FolderBusy",
    "FolderUnusable",
    "MachineShort",
    "NoRoom",
    "NotChecked",
    "SourceDamaged",
    "Stopping",
    "failure_of",
]


class NoRoom(BackupFailed):
    """The disk of the copies has too little room for another one."""

    advice: ClassVar[str] = "There is too little room where backups are kept: free some, then try again."


class FolderUnusable(BackupFailed):
    """The folder of the copies is missing and cannot be made, or cannot be written to."""

    advice: ClassVar[str] = "The folder of the backups cannot be used: see that the bot may write there."


class MachineShort(BackupFailed):
    """Memory, threads, processes or open files are short, or it was interrupted: no file is at fault."""

    advice: ClassVar[str] = "The machine is short of memory or of open files. Please try again in a while."


class DiskFaulty(BackupFailed):
    """The disk of the copies, or that of the database, answers with errors."""

    advice: ClassVar[str] = "A disk answers with errors: look at the system's log before you try again."


class FolderBusy(BackupFailed):
    """Another program has been making a copy for longer than can be waited."""

    advice: ClassVar[str] = "Another backup is being made at the moment. Please try again later."


class SourceDamaged(BackupFailed):
    """The database itself is damaged, so that no whole copy of it can be made."""

    advice: ClassVar[str] = "The database has damage, which the bot looks into; earlier backups are whole."


class CopyDamaged(BackupFailed):
    """What was written is not what was read: a fault of the disk, or damage in the database."""

    advice: ClassVar[str] = "The copy was not whole and was thrown away. Please try again."


class NotChecked(BackupFailed):
    """The copy took longer to check than any database of its size: something in it was made to."""

    advice: ClassVar[str] = (
        "The copy could not be checked to its end: it took too long. Earlier ones are as they were."
    )


class Stopping(BackupFailed):
    """The bot stops, and the copy with it."""

    advice: ClassVar[str] = "The bot is stopping. Please try again when it is back."


_BY_KIND: dict[str, type[BackupFailed]] = {
    "NoRoomLeft": NoRoom,
    "SourceIsDamaged": SourceDamaged,
    "Incomplete": NotChecked,
    "MemoryError": MachineShort,
}
_BY_FAULT: dict[Fault, type[BackupFailed]] = {
    Fault.FULL: NoRoom,
    Fault.TOO_LARGE: NoRoom,
    Fault.TOO_MANY_FILES: MachineShort,
    Fault.NO_MEMORY: MachineShort,
    Fault.INTERRUPTED: MachineShort,
    Fault.BROKEN: DiskFaulty,
    Fault.OTHER: BackupFailed,
}


def failure_of(error: ChildFailed | OSError) -> BackupFailed:
    """Return the failure that people are told of for what a child or the file system reported."""
    if isinstance(error, ChildNotStarted) or short_of_resources(error):
        return MachineShort(error.detail if isinstance(error, ChildFailed) else in_words(error))
    if isinstance(error, ChildFailed):
        by_fault = _BY_FAULT.get(error.fault, FolderUnusable)
        return _BY_KIND.get(error.kind, by_fault)(error.detail)
    return _BY_FAULT.get(fault_of(error), FolderUnusable)(in_words(error))
