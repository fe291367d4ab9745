"""The library of failing calls: each can be hit, each action does what it says, others go on."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.disk_faults import Fault, built, environment, read_hits

pytestmark = pytest.mark.fault

CALLS = {
    "open": "os.close(os.open(path, os.O_RDONLY))",
    "read": "os.read(file, 8)",
    "pread": "os.pread(file, 8, 0)",
    "preadv": "os.preadv(file, [bytearray(8)], 0, os.RWF_NOWAIT)",
    "readv": "os.readv(file, [bytearray(8)])",
    "writev": "os.writev(file, [b'1234', b'5678'])",
    "pwritev": "os.pwritev(file, [b'1234', b'5678'], 0)",
    "write": "os.write(file, b'12345678')",
    "pwrite": "os.pwrite(file, b'12345678', 0)",
    "fsync": "os.fsync(file)",
    "fdatasync": "os.fdatasync(file)",
    "ftruncate": "os.ftruncate(file, 3)",
    "fallocate": "os.posix_fallocate(file, 0, 4096)",
    "rename": "os.rename(path, path)",
    "unlink": "os.unlink(path)",
    "mmap": "mmap.mmap(other, 4)",
    "lock": "fcntl.flock(file, fcntl.LOCK_EX)",
}
"""Calls of each kind, on the file ``path`` that is open as ``file`` and ``other``."""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library."""
    return built(tmp_path_factory.mktemp("library"))


class Script:
    """Runs Python under faults; its file is open before they begin."""

    def __init__(self, library: Path, folder: Path) -> None:
        """Make the file."""
        self._library = library
        self.path = folder / "file"
        self.path.write_bytes(b"abcdefgh")
        self.hits = folder / "hits"

    def run(self, code: str, *faults: Fault) -> subprocess.CompletedProcess[str]:
        """Run it; returns how it ended, and what it printed."""
        begin = (
            "import ctypes, errno, fcntl, mmap, os, sys, threading\n"
            "path, plan = sys.argv[1], sys.stdin.read()\n"
            "file, other = (os.open(path, os.O_RDWR) for _ in range(2))\n"
            "assert ctypes.CDLL(None).disk_faults_arm(plan.encode()) >= 0\n"
        )
        plan = "\n".join(fault.line() for fault in faults)
        return subprocess.run(
            [sys.executable, "-c", begin + code, str(self.path)],
            env=environment(self._library, self.hits), input=plan, capture_output=True, text=True,
            timeout=30, check=False,
        )  # fmt: skip


@pytest.fixture
def script(library: Path, tmp_path: Path) -> Script:
    """A script and its file."""
    return Script(library, tmp_path)


@pytest.mark.parametrize("call", CALLS)
def test_each_call_fails_from_the_second_on(script: Script, call: str) -> None:
    """With the error that the plan names, as often as it says, and with a line for each hit."""
    code = f"""
for _ in range(3):
    try:
        {CALLS[call]}
        print("worked")
    except OSError as error:
        print(errno.errorcode[error.errno])
    if not os.path.exists(path):
        os.close(os.open(path, os.O_CREAT | os.O_RDWR))
"""
    kind = call.removesuffix("v")
    said = script.run(code, Fault("*/file", kind, 2, 1, "122"))
    assert said.stdout.split() == ["worked", "EDQUOT", "worked"], said.stderr
    assert [(hit.call, hit.count) for hit in read_hits(script.hits)] == [(kind, 2)]


def test_half_is_written_then_nothing(script: Script) -> None:
    """As on a disk that is about to be full."""
    code = """
print(os.write(file, b"1234"), os.write(file, b"34"))
try:
    os.write(file, b"4")
except OSError as error:
    print(errno.errorcode[error.errno])
"""
    said = script.run(code, Fault("*/file", "any-write", 1, -1, "SHORT"))
    assert said.stdout.split() == ["2", "1", "ENOSPC"], said.stderr
    assert script.path.read_bytes() == b"123defgh"


def test_reading_lies_and_the_file_stays(script: Script) -> None:
    """What is read is wrong for as long as the plan says, and right afterwards."""
    code = "print(os.pread(file, 8, 0) == b'abcdefgh', os.pread(file, 8, 0) == b'abcdefgh')"
    assert script.run(code, Fault("*/file", "pread", 1, 1, "FLIP")).stdout.split() == ["False", "True"]
    assert script.path.read_bytes() == b"abcdefgh"


@pytest.mark.parametrize(("action", "left"), [("KILL", b"abcdefgh"), ("KILLAFTER", b"1bcdefgh")])
def test_killed_before_or_after(script: Script, action: str, left: bytes) -> None:
    """The process ends there, with or without the call."""
    said = script.run("os.write(file, b'1'); print('lived')", Fault("*/file", "write", 1, 1, action))
    assert said.returncode == -signal.SIGKILL
    assert script.path.read_bytes() == left


def test_each_thread_counts_for_itself(script: Script) -> None:
    """The second call of every thread is hit."""
    code = """
def work():
    for _ in range(3):
        try:
            os.pread(file, 1, 0)
        except OSError:
            print("failed")
for _ in range(2):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
"""
    said = script.run(code, Fault("*/file", "pread", 2, 1, "5", each_thread=True))
    assert said.stdout.split() == ["failed", "failed"], said.stderr


def test_others_go_on(script: Script) -> None:
    """Another file or another process: nothing fails."""
    faults = (
        Fault("*/other", "pread", 1, -1, "5"),
        Fault("*/file", "pread", 1, -1, "5", process="another program"),
    )
    said = script.run("print(os.pread(file, 8, 0))", *faults)
    assert said.stdout.strip() == "b'abcdefgh'", said.stderr
    assert not read_hits(script.hits)


def test_a_plan_is_over_for_all_processes(script: Script) -> None:
    """Its seconds begin with the first hit, also for a process that is started later."""
    fault = Fault("*/file", "pread", 1, -1, "5", seconds=0.3)
    code = """
import time
ends = time.monotonic() + 20
while time.monotonic() < ends:
    try:
        os.pread(file, 1, 0)
        break
    except OSError:
        time.sleep(0.01)
"""
    assert script.run(code, fault).returncode == 0
    before = len(read_hits(script.hits))
    assert script.run(code, fault).returncode == 0
    assert len(read_hits(script.hits)) == before > 0


def test_what_is_no_plan_is_refused(script: Script) -> None:
    """A misspelt plan must not look like one that hit nothing."""
    assert script.run("", Fault("*/file", "pread", 1, 1, "NEVER")).returncode == 1
