"""What the system's errors are called: every errno, and who may not do what."""

from __future__ import annotations

import ast
import errno
import os
import ssl
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelus_bot.database.core.errors import (
    AccessDenied,
    ConnectionLost,
    DatabaseError,
    DatabaseReadOnly,
    DiskFull,
    OutOfResources,
    StorageFailed,
)
from modelus_bot.database.core.system_errors import as_database_error, from_os
from modelus_bot.database.health.causes import cause_words
from modelus_bot.runtime.os_errors import Fault, about, fault_of, forbidden_there, in_words, sentence, whoami

PACKAGE = Path(__file__).parents[2] / "modelus_bot"
TOLD = PACKAGE / "runtime" / "os_errors.py"
EVERY = sorted(errno.errorcode)
FULL = {errno.ENOSPC, errno.EDQUOT}
SYSTEMS_ERRORS = {
    "OSError", "PermissionError", "FileNotFoundError", "FileExistsError", "BlockingIOError",
    "ConnectionError", "NotADirectoryError", "IsADirectoryError", "InterruptedError", "FAILURES",
}  # fmt: skip
OFFERED = {"errorcode", "EOPNOTSUPP", "ENOSYS", "EINVAL", "EPERM", "ENOLCK"}
"""Names of errno that may stand elsewhere: whether the system offers a call at all."""


def failing(number: int, path: Path) -> OSError:
    """The error of a call on ``path``."""
    return OSError(number, os.strerror(number), str(path))


@pytest.mark.parametrize("number", EVERY, ids=lambda number: errno.errorcode[number])
def test_every_errno_has_its_words_and_its_class(number: int, tmp_path: Path) -> None:
    """Nobody is told of a full disk unless it is full, nor of a sick one unless it answered with errors."""
    error = failing(number, tmp_path / "modelus.db")
    words, failure = in_words(error), from_os(error)
    shown = f"{words} {failure.user_message} {cause_words(failure)}"

    assert errno.errorcode[number] in words
    assert "[Errno" not in shown
    assert ("disk is full" in shown) == (number in FULL)
    assert ("may not be used" in shown or "may not use" in shown) == (number in {errno.EACCES, errno.EPERM})
    assert isinstance(failure, DatabaseError)
    assert ("The disk answers with errors" in shown) == (fault_of(error) is Fault.BROKEN)
    assert sentence(error).endswith(".")


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, DiskFull), (errno.EDQUOT, DiskFull), (errno.EACCES, AccessDenied),
        (errno.EPERM, AccessDenied), (errno.EROFS, DatabaseReadOnly), (errno.EMFILE, OutOfResources),
        (errno.ENFILE, OutOfResources), (errno.ENOMEM, OutOfResources), (errno.EIO, StorageFailed),
        (errno.EINTR, StorageFailed), (errno.ENOENT, ConnectionLost), (errno.ELOOP, ConnectionLost),
        (errno.ENAMETOOLONG, ConnectionLost), (errno.EISDIR, ConnectionLost),
    ],
)  # fmt: skip
def test_what_the_database_makes_of_it(number: int, kind: type[DatabaseError], tmp_path: Path) -> None:
    """The class decides whether it is tried again and what is told to people."""
    failure = from_os(failing(number, tmp_path))

    assert type(failure) is kind
    assert failure.code_name == errno.errorcode[number]


def test_memory_that_is_short_is_no_sick_disk() -> None:
    """Python has an error of its own for it."""
    assert type(as_database_error(MemoryError())) is OutOfResources
    assert fault_of(MemoryError()) is Fault.NO_MEMORY
    assert "short of memory" in in_words(MemoryError())


def test_other_numbers_are_not_the_systems() -> None:
    """An error of TLS has a number of its own, which is no errno; one without a number says what it says."""
    assert fault_of(ssl.SSLError(1, "wrong version")) is Fault.OTHER
    assert "forbidden" not in in_words(ssl.SSLError(1, "wrong version"))
    assert in_words(OSError(0, "it is too large")) == "it is too large"
    assert in_words(ValueError("no number")) == "no number"


def test_a_call_with_a_descriptor_names_its_file(tmp_path: Path) -> None:
    """Writing and flushing know a number only; the words name the file all the same."""
    with pytest.raises(OSError, match="No space") as caught, about(tmp_path / "journal"):
        raise OSError(errno.ENOSPC, "No space left on device")

    assert in_words(caught.value) == f"the disk of {tmp_path / 'journal'} is full. Free space there (ENOSPC)"


@pytest.fixture
def as_nobody() -> Iterator[Path]:
    """A folder, and the rights of a user who is not root for the rest of the test."""
    before = os.geteuid()
    with tempfile.TemporaryDirectory() as name:
        if before == 0:
            os.chown(name, 65534, 65534)
            os.seteuid(65534)
        try:
            yield Path(name)
        finally:
            os.seteuid(before)


def test_who_may_not_do_what_is_said(as_nobody: Path) -> None:
    """EACCES leaves open what is missing: it is looked up, and what to do about it is said."""
    secret, folder = as_nobody / "modelus.db", as_nobody / "closed"
    secret.touch(0o000)
    folder.mkdir(0o000)
    user = whoami()

    with pytest.raises(PermissionError) as unread:
        secret.read_bytes()
    with pytest.raises(PermissionError) as inside:
        (folder / "a.db").read_bytes()
    assert sentence(unread.value) == (
        f"{secret} may not be read by the user {user}. Give that user the right (`chmod u+rw {secret}`)"
        " (EACCES)."
    )
    assert f"the folder {folder} may not be entered by the user {user}" in in_words(inside.value)
    secret.chmod(0o400)
    assert forbidden_there(secret) is None
    assert f"{secret} may not be written by the user {user}" in str(forbidden_there(secret, writing=True))
    folder.chmod(0o500)
    assert f"nothing may be made in {folder}" in str(forbidden_there(folder / "new", writing=True))
    folder.chmod(0o700)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_file_of_another_user_says_whose_it_is(as_nobody: Path) -> None:
    """Files that root made are the usual case."""
    made = Path("/root") if Path("/root").is_dir() else Path("/")

    assert "It belongs to root: run this as root, or give it away (`chown" in str(
        forbidden_there(made / "modelus.db")
    )


def handlers() -> Iterator[tuple[Path, ast.ExceptHandler]]:
    """Every place in the package that catches an error of the system and gives it a name."""
    for file in sorted(PACKAGE.rglob("*.py")):
        if file == TOLD:
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ExceptHandler) and node.name and node.type is not None:
                caught = {item.id for item in ast.walk(node.type) if isinstance(item, ast.Name)}
                if caught & SYSTEMS_ERRORS:
                    yield file, node


def put_into_words(handler: ast.ExceptHandler) -> Iterator[int]:
    """Lines in which the handler's error becomes text by itself."""
    for node in ast.walk(handler):
        if isinstance(node, ast.FormattedValue) and is_name(node.value, handler.name):
            yield node.lineno
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"str", "repr"}:
            yield from (node.lineno for argument in node.args if is_name(argument, handler.name))


def is_name(node: ast.expr, name: str | None) -> bool:
    """Whether an expression is that variable and nothing else."""
    return isinstance(node, ast.Name) and node.id == name


def test_errors_of_the_system_get_their_words_in_one_place() -> None:
    """No handler prints the error itself, and nothing reads ``strerror``."""
    told = [
        f"{file.relative_to(PACKAGE)}:{line}" for file, item in handlers() for line in put_into_words(item)
    ]
    read = [
        f"{file.relative_to(PACKAGE)}:{node.lineno}"
        for file in sorted(PACKAGE.rglob("*.py"))
        if file != TOLD
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "strerror"
    ]
    assert len([*handlers()]) > 20
    assert told + read == [], "use in_words() or from_os()"


def test_what_an_errno_means_is_decided_in_one_place() -> None:
    """Elsewhere it is asked only whether the system offers a call."""
    places = [
        f"{file.relative_to(PACKAGE)}:{node.lineno} {node.attr}"
        for file in sorted(PACKAGE.rglob("*.py"))
        if file != TOLD
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "errno"
        and node.attr not in OFFERED
    ]

    assert places == [], "use fault_of()"
