"""A failure of the environment is never taken for damage of a file that is sound."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from modelus_bot.database.core.errors import StorageFailed
from modelus_bot.database.format.file_kind import FileKind
from modelus_bot.database.integrity.opening import Meaning, meaning_of, of_surroundings

OF_THE_FILE = {
    "SQLITE_CORRUPT",
    "SQLITE_CORRUPT_INDEX",
    "SQLITE_CORRUPT_SEQUENCE",
    "SQLITE_CORRUPT_VTAB",
    "SQLITE_NOTADB",
    "SQLITE_FORMAT",
    "SQLITE_TOOBIG",
}
CODES = sorted(
    {
        name
        for name in dir(sqlite3)
        if name.startswith(("SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_CANTOPEN", "SQLITE_READONLY"))
    }
    | OF_THE_FILE
    | {"SQLITE_NOMEM", "SQLITE_FULL", "SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PERM", "SQLITE_ERROR"}
)

LIMITED = """
import json, resource, sys
from pathlib import Path
from modelus_bot.database.integrity.check import check_file
from modelus_bot.subjects import DECLARED
check_file(Path(sys.argv[1]), invariants=DECLARED.invariants)  # loads everything that is loaded late
pages = int(Path("/proc/self/statm").read_text().split()[0])
used = {"AS": pages * resource.getpagesize(), "FSIZE": 0, "NOFILE": 3}[sys.argv[2]]
limit = used + int(sys.argv[3])
resource.setrlimit(getattr(resource, "RLIMIT_" + sys.argv[2]), (limit, limit))
report = check_file(Path(sys.argv[1]), invariants=DECLARED.invariants)
print(json.dumps([report.damaged, report.complete, report.ok, report.problems[:3]]))
"""


@pytest.mark.parametrize("name", CODES)
def test_each_code_of_sqlite(name: str) -> None:
    """Only SQLite's own verdict on the content is damage; a disk that does not answer says nothing."""
    error = sqlite3.OperationalError(name)
    error.sqlite_errorcode = getattr(sqlite3, name)
    assert (meaning_of(error) is Meaning.DAMAGE) is (name in OF_THE_FILE)
    line = f"Tree 5 page 7: unable to get the page. error code={error.sqlite_errorcode}"
    assert of_surroundings(line) is (name not in OF_THE_FILE)


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"), Meaning.DAMAGE),
        (OverflowError("too large"), Meaning.DAMAGE),
        (ValueError("no number"), Meaning.DAMAGE),
        (sqlite3.OperationalError("Could not decode to UTF-8"), Meaning.DAMAGE),
        (MemoryError(), Meaning.OTHER),
        (RecursionError(), Meaning.OTHER),
        (KeyError("column"), Meaning.OTHER),
        (TypeError("None"), Meaning.OTHER),
        (OSError(24, "too many open files"), Meaning.OTHER),
        (StorageFailed("away"), Meaning.OTHER),
    ],
)
def test_errors_without_a_code(error: Exception, meaning: Meaning) -> None:
    """What Python raises for impossible content is damage; faults of the program and the system are not."""
    assert meaning_of(error) is meaning


def test_lines_without_a_code_are_damage() -> None:
    """What SQLite's check says of the pages themselves counts."""
    assert not of_surroundings("Tree 5 page 7 cell 3: Rowid 9 out of order")


@pytest.mark.parametrize(
    ("limit", "more"),
    [
        ("AS", 0),
        ("AS", 65_536),
        ("AS", 262_144),
        ("AS", 1_048_576),
        ("AS", 4_194_304),
        ("FSIZE", 0),
        ("NOFILE", 0),
        ("NOFILE", 1),
        ("NOFILE", 2),
    ],
)
def test_a_check_that_is_short_of_something(file: Path, limit: str, more: int) -> None:
    """Without memory, space or descriptors a check ends without a verdict, not with a wrong one."""
    command = [sys.executable, "-c", LIMITED, str(file), limit, str(more)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        assert "Error" in done.stderr
        return
    damaged, complete, ok, problems = json.loads(done.stdout)
    assert not damaged, problems
    assert complete or not ok


def test_a_file_that_cannot_be_opened_is_not_damaged(file: Path) -> None:
    """With no descriptor left the kind of a file is unknown, and nothing else is said of it."""
    script = LIMITED.replace(
        "check_file(Path(sys.argv[1]), invariants=DECLARED.invariants)  #", "import sqlite3  #"
    )
    script = script.replace(
        "report.damaged, report.complete, report.ok, report.problems[:3]",
        "report.kind, report.damaged, report.complete",
    )
    command = [sys.executable, "-c", script, str(file), "NOFILE", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [FileKind.UNREADABLE, False, False]
