"""A machine that has no memory, or no thread and process, for some seconds: nothing hangs, all comes back."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.daily_size import FULL
from tests.waiting import blocking_scene_of

ROOT = Path(__file__).parents[2]
SHORT_SECONDS = 3.0 if FULL else 1.5
AS_NOBODY = ("setpriv", "--reuid=65534", "--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override")
"""Root has no limit of processes; whom it becomes may still read where Python lies."""
LOOP_MAY_STAND_STILL = 5.0
"""Seconds; a machine that is short and busy with other tests is slow, one that hangs never comes back."""


def in_use(pid: int) -> int:
    """Return the bytes of address space that a process has."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * resource.getpagesize()


def played(
    folder: Path, limit: int, soft: int | None, *, nobody: bool = False, fast: bool = False
) -> dict[str, Any]:
    """Run the program and hold it to a limit for some seconds; None stands for what it uses already."""
    environment = dict(os.environ) | ({"SHORT_FAST": "1"} if fast else {})
    command = [sys.executable, "-m", "tests.faults.sites.short_machine", str(folder)]
    process = subprocess.Popen(
        [*(AS_NOBODY if nobody else ()), *command],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=environment,
    )  # fmt: skip
    watch = threading.Timer(90, process.kill)
    watch.start()
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        blocking_scene_of(0.5)
        held = in_use(process.pid) if soft is None else soft
        process.stdin.write(b"%d %d\n" % (limit, held))
        process.stdin.flush()
        blocking_scene_of(SHORT_SECONDS)
        process.stdin.write(b"over\n")
        process.stdin.flush()
        answer: dict[str, Any] = json.loads(process.stdout.readline() or b'"it hung or ended"')
        assert process.wait(30) == 0
    finally:
        watch.cancel()
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
    return answer


def check(answer: dict[str, Any]) -> None:
    """Nothing hung, nothing was lost, and people were told the truth in the sentences of the tree."""
    assert isinstance(answer, dict), answer
    assert answer["strange"] == []
    assert answer["lost"] == []
    assert answer["landed"] == [], "told to try again, and saved"
    assert answer["stood_still"] < LOOP_MAY_STAND_STILL


LIMITS: dict[str, int | None] = {"none for children either": 0, "as much as it has": None}
LIMITS_TRIED = LIMITS if FULL else dict([next(iter(LIMITS.items()))])


@pytest.mark.parametrize("limit", LIMITS_TRIED.values(), ids=LIMITS_TRIED)
def test_no_memory(tmp_path: Path, limit: int | None) -> None:
    """Not a byte more than it has already."""
    answer = played(tmp_path, resource.RLIMIT_AS, limit)

    check(answer)


@pytest.mark.skipif(
    os.getuid() != 0 or shutil.which("setpriv") is None,
    reason="only root may become somebody else, and root has no limit",
)
def test_no_thread_and_no_process(tmp_path: Path) -> None:
    """The user may have none more."""
    answer = played(tmp_path, resource.RLIMIT_NPROC, 1, nobody=True)

    check(answer)
    assert "copy MachineShort" in answer["during"], answer


def test_no_descriptor(tmp_path: Path) -> None:
    """No file and no pipe more can be opened."""
    answer = played(tmp_path, resource.RLIMIT_NOFILE, 3)

    check(answer)
    assert "copy MachineShort" in answer["during"], answer
