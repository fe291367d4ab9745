"""What an error of the operating system is, in words for whoever runs the bot: decided here and nowhere else.

``strerror`` says what a call answered, not what is wrong: "Permission denied" leaves open who may not do
what to which file. So the file is looked at, too.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path

__all__ = [
    "Fault",
    "about",
    "call_failed",
    "fault_named",
    "fault_of",
    "forbidden_there",
    "in_words",
    "none_left",
    "sentence",
    "whoami",
    "words_for",
]


class Fault(StrEnum):
    """What kind of trouble an ``errno`` tells of."""

    FULL = "full"
    TOO_LARGE = "too_large"
    FORBIDDEN = "forbidden"
    READ_ONLY = "read_only"
    TOO_MANY_FILES = "too_many_files"
    NO_MEMORY = "no_memory"
    INTERRUPTED = "interrupted"
    BROKEN = "broken"
    """The disk, or what stands for one, answers with errors."""
    MISSING = "missing"
    NOT_A_FILE = "not_a_file"
    NAME_REFUSED = "name_refused"
    LINK_LOOP = "link_loop"
    EXISTS = "exists"
    IN_USE = "in_use"
    UNREACHABLE = "unreachable"
    NOT_OFFERED = "not_offered"
    OTHER = "other"


_NAMES: dict[Fault, tuple[str, ...]] = {
    Fault.FULL: ("ENOSPC", "EDQUOT"),
    Fault.TOO_LARGE: ("EFBIG", "EOVERFLOW"),
    Fault.FORBIDDEN: ("EACCES", "EPERM"),
    Fault.READ_ONLY: ("EROFS",),
    Fault.TOO_MANY_FILES: ("EMFILE", "ENFILE"),
    Fault.NO_MEMORY: ("ENOMEM", "EAGAIN", "ENOBUFS"),
    Fault.INTERRUPTED: ("EINTR", "ECANCELED"),
    Fault.BROKEN: (
        *("EIO", "EUCLEAN", "EBADMSG", "EREMOTEIO", "ENODATA", "EILSEQ", "EBADF", "ESTALE"),
        *("ENODEV", "ENXIO", "ENOTBLK", "ENOMEDIUM", "EMEDIUMTYPE"),
    ),
    Fault.MISSING: ("ENOENT", "ENOTDIR"),
    Fault.NOT_A_FILE: ("EISDIR", "ESPIPE"),
    Fault.NAME_REFUSED: ("ENAMETOOLONG",),
    Fault.LINK_LOOP: ("ELOOP", "EMLINK"),
    Fault.EXISTS: ("EEXIST", "ENOTEMPTY"),
    Fault.IN_USE: ("EBUSY", "ETXTBSY", "EADDRINUSE", "EDEADLK", "ENOLCK"),
    Fault.UNREACHABLE: (
        *("ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH"),
        *("ENETUNREACH", "ENETDOWN", "EHOSTDOWN", "ENOTCONN", "ESHUTDOWN", "EADDRNOTAVAIL"),
    ),
    Fault.NOT_OFFERED: ("EINVAL", "ENOSYS", "EOPNOTSUPP", "ENOTSUP", "EXDEV", "ENOTTY", "EAFNOSUPPORT"),
}
_FAULTS = {
    getattr(errno, name): fault for fault, names in _NAMES.items() for name in names if hasattr(errno, name)
}

_SENTENCES: dict[Fault, str] = {
    Fault.TOO_LARGE: "{it} would be larger than the system allows. Look at `ulimit -f` and the file system",
    Fault.READ_ONLY: "{it} is on a disk that is mounted for reading only. Mount it for writing",
    Fault.TOO_MANY_FILES: (
        "too many files are open, so {it} cannot be opened. Raise the limit (`ulimit -n`, LimitNOFILE=)"
    ),
    Fault.NO_MEMORY: (
        "the machine is short of memory, threads or processes for {it}. Free some, or raise the limit"
    ),
    Fault.INTERRUPTED: "the system interrupted what was done with {it}. Try again",
    Fault.BROKEN: "the disk answers with errors for {it}. Look at the system's log (`dmesg`)",
    Fault.MISSING: "{it} is not there",
    Fault.NOT_A_FILE: "{it} is no file, but a folder, a pipe or a device",
    Fault.NAME_REFUSED: "the name of {it} is longer than the file system allows. Choose a shorter one",
    Fault.LINK_LOOP: "{it} is a link that leads nowhere. Look where it points to (`ls -l`)",
    Fault.EXISTS: "{it} is there already",
    Fault.IN_USE: "{it} is in use by something else",
    Fault.UNREACHABLE: "{it} cannot be reached: {said}",
    Fault.NOT_OFFERED: "the system does not offer what is needed for {it}: {said}",
    Fault.OTHER: "{it} cannot be used: {said}",
}


_UNNAMED = dict.fromkeys(Fault, "a file") | {Fault.TOO_MANY_FILES: "another", Fault.NO_MEMORY: "this"}
"""What stands for a file that an error does not name."""


def fault_of(error: BaseException) -> Fault:
    """Say what kind of trouble an error tells of; what has no ``errno`` is ``OTHER``."""
    if isinstance(error, MemoryError):
        return Fault.NO_MEMORY
    if not _is_of_system(error):
        return Fault.OTHER
    return _FAULTS.get(getattr(error, "errno", None) or 0, Fault.OTHER)


def fault_named(code: str) -> Fault:
    """Return ``fault_of`` for the name of an errno, such as ``EIO``."""
    return next((fault for fault, names in _NAMES.items() if code in names), Fault.OTHER)


def in_words(error: BaseException) -> str:
    """Return what an error says: that of the system as what it is and what to do, any other as it is."""
    if isinstance(error, MemoryError):
        return _SENTENCES[Fault.NO_MEMORY].format(it="this")
    if not isinstance(error, OSError) or not _is_of_system(error) or not error.errno:
        return getattr(error, "strerror", None) or str(error) or type(error).__name__
    fault = fault_of(error)
    path = _path_of(error)
    code = errno.errorcode.get(error.errno, f"error {error.errno}")
    if fault is Fault.FULL:
        words = _full(path, error.errno)
    elif fault is Fault.FORBIDDEN:
        words = _forbidden(path)
    else:
        said = error.strerror or code
        words = _SENTENCES[fault].format(it=str(path) if path is not None else _UNNAMED[fault], said=said)
    return f"{words} ({code})"


def words_for(fault: Fault, path: Path) -> str:
    """Return the words for trouble that was found by looking, without a call that failed."""
    if fault is Fault.FULL:
        return _full(path, 0)
    if fault is Fault.FORBIDDEN:
        return _forbidden(path)
    return _SENTENCES[fault].format(it=path, said=fault.value)


def sentence(error: BaseException) -> str:
    """Return ``in_words`` as a sentence of its own."""
    words = in_words(error)
    first = words if words.startswith(("/", ".")) else words[:1].upper() + words[1:]
    return first.rstrip(".") + "."


@contextlib.contextmanager
def about(path: Path) -> Iterator[None]:
    """Let errors out of the block name ``path`` where they name no file: calls with a descriptor do not."""
    try:
        yield
    except OSError as error:
        if error.filename is None and error.errno:
            error.filename = str(path)
        raise


def call_failed(number: int, path: Path | None = None) -> OSError:
    """Return the error that a call of the C library tells of by ``number``."""
    return OSError(number, os.strerror(number), *([str(path)] if path is not None else []))


def none_left(what: str) -> OSError:
    """Return the error of a system that has nothing left for ``what``: it passes."""
    return OSError(errno.EAGAIN, what)


def whoami() -> str:
    """Return the user that this process acts as: the name, else the number."""
    try:
        import pwd

        return pwd.getpwuid(os.geteuid()).pw_name
    except (ImportError, KeyError, OSError):
        return f"number {os.geteuid()}"


def forbidden_there(path: Path, *, writing: bool = False) -> str | None:
    """Say what this user may not do that reading ``path`` takes, or writing it and beside it; else None."""
    user = whoami()
    for folder in (path.parent, *path.parent.parents):
        if _seen(folder) and not _may(folder, os.X_OK):
            return f"the folder {folder} may not be entered by the user {user}. {_remedy(folder)}"
    if _seen(path):
        if not _may(path, os.R_OK):
            return f"{path} may not be read by the user {user}. {_remedy(path)}"
        if writing and not _may(path, os.W_OK):
            return f"{path} may not be written by the user {user}. {_remedy(path)}"
    if writing and _seen(path.parent) and not _may(path.parent, os.W_OK):
        return f"nothing may be made in {path.parent} by the user {user}. {_remedy(path.parent)}"
    return None


def _is_of_system(error: BaseException) -> bool:
    """Say whether its number is one of the system's: ssl and name resolution have numbers of their own."""
    return isinstance(error, OSError) and type(error).__module__.partition(".")[0] in {
        "builtins",
        "modelus_bot",
    }


def _path_of(error: OSError) -> Path | None:
    """Return the file an error is about; a number names none."""
    name = error.filename2 if error.filename2 is not None else error.filename
    return Path(os.fsdecode(name)) if isinstance(name, str | bytes | os.PathLike) and name else None


def _full(path: Path | None, number: int) -> str:
    if number == getattr(errno, "EDQUOT", None):
        where = f" at {path}" if path is not None else ""
        return f"the user {whoami()} has used up what it may store{where}. Free space, or raise the quota"
    folder = next((item for item in (path, *path.parents) if _seen(item)), None) if path is not None else None
    if folder is not None and _no_more_names(folder):
        return f"the disk of {path} has no room for another file (inodes). Delete files there"
    return "the disk is full. Free space" if path is None else f"the disk of {path} is full. Free space there"


def _no_more_names(path: Path) -> bool:
    try:
        room = os.statvfs(path)
    except OSError:
        return False
    return room.f_files > 0 and room.f_favail == 0 and room.f_bavail > 0


def _forbidden(path: Path | None) -> str:
    """Say who may not do what; forbidden although the permissions allow it, it is marked or confined."""
    if path is None:
        return f"this is forbidden to the user {whoami()}"
    found = forbidden_there(path) or forbidden_there(path, writing=True)
    if found is not None:
        return found
    return (
        f"{path} may not be used by the user {whoami()}, although its permissions allow it. Look whether it"
        " is marked as unchangeable (`lsattr`) or the service is confined (ReadWritePaths=)"
    )


def _remedy(path: Path) -> str:
    """Say what an operator does about a file of somebody else's."""
    user = whoami()
    try:
        owner: str | None = path.owner()
    except (OSError, KeyError):
        owner = None
    if owner is None or owner == user:
        return f"Give that user the right (`chmod u+rw{'x' if _is_folder(path) else ''} {path}`)"
    return f"It belongs to {owner}: run this as {owner}, or give it away (`chown {user} {path}`)"


def _seen(path: Path) -> bool:
    return _without_failing(path.exists)


def _is_folder(path: Path) -> bool:
    return _without_failing(path.is_dir)


def _without_failing(look: Callable[[], bool]) -> bool:
    try:
        return look()
    except (OSError, ValueError):
        return False


def _may(path: Path, mode: int) -> bool:
    try:
        return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)
    except (OSError, ValueError):
        return False
