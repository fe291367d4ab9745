"""Any bytes whatever as database, backup or manifest, through every entrance: told apart, never served."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import resource
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import FrameType

import pytest

from modelus_bot.config import ArchiveSettings, BackupSettings, DatabaseSettings, IntegritySettings
from modelus_bot.database.backup.copy_job import hashed
from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.integrity.budget import SPARE_SECONDS
from modelus_bot.database.integrity.check import check_file
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.database.recovery.protection import Protection
from modelus_bot.subjects import DECLARED
from tests.cli.conftest import Command, command
from tests.daily_size import FULL
from tests.database.integrity.injecting import build
from tests.faults.hostile import HOSTILE, PAGE, costly

__all__ = ["command"]

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(600)]

FILES = tuple(HOSTILE) if FULL else ("-journal that has a file deleted",)
BUSY = {"costly values", "costly record of migrations", "views in views", "pages that fan out for ever"}
"""Files that keep a check at work until it is given up, all of them of one kind."""

CHECKED = tuple(file for file in HOSTILE if FULL or file not in BUSY)
SECONDS = 5.0
"""Seconds of processor time, of this process and its children, that an answer may cost."""

OF_CHILDREN = 6.0
"""Seconds of processor time that the processes of a recovery take to begin, and to do what is no waste."""

HANGS = 90
"""Seconds after which it counts as hanging on a busy machine."""

COPY = "modelus-20260101T000000Z-manual.db"


class Hung(Exception):
    """It took far too long."""


@contextlib.contextmanager
def counted(what: str, file: str, most: float = SECONDS) -> Iterator[None]:
    """Print what something cost, and fail when that was too much."""

    def hung(_signal: int, _frame: FrameType | None) -> None:
        raise Hung(f"{what}: {file}")

    before = signal.signal(signal.SIGALRM, hung)
    signal.alarm(HANGS)
    started, worked = time.perf_counter(), cpu()
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    worked = cpu() - worked
    seconds = time.perf_counter() - started
    told(f"{file:34} {what:22} {worked:5.2f} s of work, {seconds:6.2f} s", end="  ")
    assert worked < most


def told(*words: object, end: str = "\n") -> None:
    """Print a part of the table, also from within a command whose output is looked at."""
    print(*words, end=end, file=sys.__stdout__, flush=True)


def cpu() -> float:
    """Return the processor time of this process and of its children that have ended."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


@pytest.mark.parametrize("file", CHECKED)
def test_each_is_told_apart(tmp_path: Path, file: str) -> None:
    """The check itself names what is wrong, or the file is sound and only what lies beside it is not."""
    path = tmp_path / "odd.db"
    HOSTILE[file](path)
    with counted("check", file):
        report = check_file(path, invariants=DECLARED.invariants, schema_digest="0" * 64)
    told(
        report.kind.value,
        "damaged" if report.damaged else "ok" if report.ok else "refused",
        report.problems[:1],
    )
    assert path.with_name("victim").exists() or "deleted" not in file
    assert report.problems or (report.ok and file.startswith(("-wal", "-shm", "-journal")))


async def started(path: Path, file: str, *, most: float = SECONDS) -> str:
    """Start with what lies at ``path`` and with the copies beside it, and say what came of it."""
    root = path.parent.parent
    protection = Protection(
        path,
        backup=BackupSettings(folder=root / "backups", schedule="off", attempts=1),
        archive=ArchiveSettings(mode="off", folder=root / "archive"),
        integrity=IntegritySettings(confirm_after=0.2, quarantine=root / "quarantine"),
        invariants=DECLARED.invariants,
    )
    answer = "started"
    with counted("start", file, most):
        try:
            async with (
                asyncio.timeout(HANGS),
                DatabaseManager(path, DatabaseSettings(), protection=protection),
            ):
                pass
        except DatabaseError as error:
            answer = f"{type(error).__name__}: {error.detail[:60]}"
    told(answer)
    return answer


@pytest.mark.parametrize("file", FILES)
async def test_given_as_the_database(tmp_path: Path, file: str) -> None:
    """The bot refuses to start with it, or starts with what is sound by every check; the file is kept."""
    path = tmp_path / "data" / "modelus.db"
    path.parent.mkdir()
    HOSTILE[file](path)
    answer = await started(path, file)
    assert path.with_name("victim").exists() or "deleted" not in file
    if answer == "started":
        report = check_file(path, invariants=DECLARED.invariants)
        assert report.ok or report.readable, report.problems


PLACES = ("damage that wastes time", "nothing", "nothing but waste of time")


@pytest.mark.parametrize("there", PLACES if FULL else PLACES[:1])
async def test_a_start_has_one_budget(tmp_path: Path, there: str) -> None:
    """Whatever lies there, it and many copies made to waste time cost little more than one of them."""
    path, folder = tmp_path / "data" / "modelus.db", tmp_path / "backups"
    path.parent.mkdir()
    folder.mkdir()
    build(folder / COPY)
    with_manifest(folder / COPY, sequence=1)
    HOSTILE["costly record of migrations"](tmp_path / "costly.db")
    for number in range(6):
        copy = folder / f"modelus-2026020{number + 1}T000000Z-manual.db"
        shutil.copy(tmp_path / "costly.db", copy)
        with_manifest(copy, sequence=2 + number)
    if there == "damage that wastes time":
        damaged_and_costly(path)
    elif there == "nothing but waste of time":
        shutil.copy(tmp_path / "costly.db", path)
        assert (await started(path, there)).startswith("StorageFailed")
        return

    answer = await started(path, there, most=SPARE_SECONDS + OF_CHILDREN)

    assert answer == "started"
    assert check_file(path, invariants=DECLARED.invariants).ok


@pytest.mark.parametrize("file", FILES)
def test_given_to_commands(command: Command, tmp_path: Path, file: str) -> None:
    """Every command that opens a database ends with a sentence and an exit code."""
    for number, words in enumerate(
        (
            ("database", "check", "{}"),
            ("database", "salvage", "{}", "{}-salvaged"),
            ("doctor", "--database", "{}"),
            ("migrate", "status", "--database", "{}"),
            ("migrate", "up", "--database", "{}"),
            ("migrate", "down", "--yes", "--database", "{}"),
            ("backup", "create", "--database", "{}"),
        )
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = folder / "modelus.db"
        HOSTILE[file](path)
        with counted(" ".join(words[:2]), file):
            answer = command(*(word.format(path) for word in words))
        told(answer.code, (answer.err or answer.out).strip().splitlines()[-1:])
        assert "This did not work" not in answer.err
        assert path.with_name("victim").exists() or "deleted" not in file
        assert "Traceback" not in answer.out + answer.err


@pytest.fixture
def home(command: Command) -> Path:
    """Return the bot's own database, sound, and its folder of copies."""
    path = Path("data/modelus.db").absolute()
    path.parent.mkdir()
    build(path)
    Path("backups").mkdir()
    return path


def with_manifest(copy: Path, **more: int) -> None:
    """Write a manifest that fits ``copy`` and calls it verified."""
    sized = copy.is_file() and copy.stat().st_size < 2**32
    digest, size = hashed(copy) if sized else ("0" * 64, 0)
    manifest = {
        "name": copy.name, "kind": "manual", "created_at": 1767225600.0, "verified_at": 1767225600.0,
        "bytes": size, "sha256": digest, **more,
    }  # fmt: skip
    copy.with_name(copy.name + ".json").write_text(json.dumps(manifest))


def damaged_and_costly(path: Path) -> None:
    """A database of the bot with a page of noise, and with values that take for ever."""
    build(path)
    costly("costly", "x")(path)
    with closing(sqlite3.connect(path)) as connection:
        page = connection.execute("SELECT max(rootpage) FROM sqlite_master WHERE type = 'index'").fetchone()[
            0
        ]
    content = bytearray(path.read_bytes())
    content[(page - 1) * PAGE : page * PAGE] = random.Random(6).randbytes(PAGE)
    path.write_bytes(content)


@pytest.mark.parametrize("file", FILES)
def test_given_as_a_backup(command: Command, home: Path, file: str) -> None:
    """With a manifest that fits it and calls it verified: it is never put in the database's place."""
    copy = Path("backups") / COPY
    HOSTILE[file](copy)
    with_manifest(copy, audit_id=2**62, sequence=10**9)
    before = home.read_bytes()
    for words in (
        ("backup", "list"),
        ("backup", "preview", COPY),
        ("backup", "drill"),
        ("backup", "restore", COPY, "--yes"),
        ("backup", "verify", COPY),
        ("doctor",),
    ):
        with counted(" ".join(words[:2]), file):
            answer = command(*words)
        told(answer.code, (answer.err or answer.out).strip().splitlines()[-1:])
        assert "This did not work" not in answer.err
        if words[:2] == ("backup", "restore") and answer.code == 0:
            assert check_file(home, invariants=DECLARED.invariants).ok
            before = home.read_bytes()
        else:
            assert home.read_bytes() == before


HUGE = 10**400
MANIFESTS: dict[str, bytes] = {
    "nothing": b"",
    "no json": b"\xff\xfe{",
    "nested": b"[" * 200_000,
    "nested objects": b'{"a":' * 100_000,
    "a list": b"[1, 2]",
    "null": b"null",
    "numbers without end": json.dumps({"bytes": HUGE, "rows": {"users": HUGE}, "sequence": HUGE}).encode(),
    "not a number": b'{"created_at": NaN, "verified_at": Infinity}',
    "another file": json.dumps({"name": "../../../etc/passwd"}).encode(),
    "another copy": json.dumps({"name": "modelus-20250101T000000Z-manual.db"}).encode(),
    "many rows": json.dumps({"rows": {f"t{number}": 1 for number in range(30_000)}}).encode(),
    "the end of time": json.dumps({"created_at": 1e300, "verified_at": -5}).encode(),
    "a megabyte and more": json.dumps({"problems": ["x" * 2_000_000]}).encode(),
    "control characters": json.dumps({"problems": ["\x1b[2J\x00"], "status": "failed"}).encode(),
}


KINDS = tuple(MANIFESTS) if FULL else ("nested", "numbers without end", "another file")


@pytest.mark.parametrize("kind", KINDS)
def test_manifests_that_are_none(command: Command, home: Path, kind: str) -> None:
    """What stands beside a copy is believed only if it is a manifest; commands go on without it."""
    shutil.copy(home, Path("backups") / COPY)
    digest, size = hashed(home)
    fitting = {"name": COPY, "kind": "manual", "created_at": 1767225600.0, "bytes": size, "sha256": digest}
    content = MANIFESTS[kind]
    with contextlib.suppress(ValueError, TypeError, RecursionError):
        content = json.dumps(fitting | {"verified_at": 1767225600.0} | json.loads(content)).encode()
    Path("backups", COPY + ".json").write_bytes(content)
    Path("backups", "modelus-drills.json").write_bytes(MANIFESTS[kind])
    Path(f"{home}-state").write_bytes(MANIFESTS[kind])
    for words in (("backup", "list"), ("doctor",)) + ((("backup", "verify", COPY),) if FULL else ()):
        with counted(" ".join(words[:2]), kind):
            answer = command(*words)
        told(answer.code, (answer.err or answer.out).strip().splitlines()[-1:])
        assert "This did not work" not in answer.err
        assert answer.code in {0, 1, 4}
