"""Killed while it saves: whatever the moment, a whole snapshot is there, and none that was safe is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from modelus_bot.database.offline.snapshot.manifest import MANIFEST
from tests.daily_size import FULL
from tests.database.offline.snapshot.keeping import TABLES, contents, folder_at
from tests.faults.sites.saving import ROWS
from tests.waiting import blocking_scene_of

pytestmark = pytest.mark.fault

KILLS = 200 if FULL else 10


def test_killed_at_any_moment(tmp_path: Path) -> None:
    """After each kill the newest generation that was reported safe, or the one after it, is whole."""
    dice = random.Random(11)
    path = tmp_path / "modelus.snapshot"
    folder = folder_at(path)
    newest = between = 0
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.sites.saving"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    ) as saving:
        assert saving.stdin is not None
        assert saving.stdout is not None
        for _ in range(KILLS):
            print(path, file=saving.stdin, flush=True)
            safe, ended = newest, False
            child = 0
            while not child or safe == newest:
                safe, child = _read(saving.stdout.readline(), safe, child)
            blocking_scene_of(dice.uniform(0, 0.03))
            os.kill(child, signal.SIGKILL)
            while not ended:
                line = saving.stdout.readline()
                ended = line == "end\n"
                safe, child = _read(line, safe, child)

            manifest, found = folder.load(TABLES)
            assert manifest.generation in (safe, safe + 1)
            assert found == contents(manifest.generation, changing=1 + manifest.generation % 3, rows=ROWS)
            between += {file.name for file in path.iterdir()} != manifest.files | {MANIFEST}
            newest = manifest.generation
        saving.stdin.close()
        assert saving.wait(20) == 0
    print(f"{KILLS} kills over {newest} generations, {between} of them left something half done")
    assert between


def _read(line: str, safe: int, child: int) -> tuple[int, int]:
    """Return the newest safe generation and the child after one line of output."""
    word, _, number = line.strip().partition(" ")
    if word == "child":
        return safe, int(number)
    return (safe, child) if word == "end" else (int(word), child)
