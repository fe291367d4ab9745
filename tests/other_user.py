"""What the bot sees as another user than root; for tests that run as root themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

__all__ = ["OTHER", "as_other", "as_root", "shared_place"]

OTHER = 54321
"""Number of a user who owns nothing here."""

ROOT = Path(__file__).resolve().parents[1]


def as_other(*words: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python with ``words`` as that user in ``cwd``; skips the test where that is not possible."""
    program = _program()
    if program is None:
        pytest.skip("another user cannot run this Python here")
    return _run(program, True, *words, cwd=cwd, **environment)


def as_root(*words: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python as ``as_other`` does, but as root, with an interpreter that the other user can run, too."""
    program = _program()
    if program is None:
        pytest.skip("another user cannot run this Python here")
    return _run(program, False, *words, cwd=cwd, **environment)


@contextmanager
def shared_place() -> Iterator[Path]:
    """Give the other user a folder that it can reach; skips the test where nobody is root."""
    if os.geteuid() != 0:
        pytest.skip("files of other users need root")
    place = Path(tempfile.mkdtemp(prefix="modelus-shared-"))
    os.chown(place, OTHER, OTHER)
    try:
        yield place
    finally:
        shutil.rmtree(place)


@cache
def _program() -> str | None:
    """Return an interpreter of this version that the other user can run, with all that the bot needs."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        return None
    look = "import modelus_bot.app, subprocess, sys; subprocess.run([sys.executable, '-c', ''], check=True)"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for program in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        if Path(program).exists() and not _run(program, True, "-c", look, cwd=Path("/")).returncode:
            return program
    return None


def _run(
    program: str, other: bool, /, *words: str | Path, cwd: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    packages = [item for item in sys.path if item.endswith("site-packages")]
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MODELUS_BOT", "DISCORD"))}
    kept |= {"PYTHONPATH": os.pathsep.join([str(ROOT), *packages]), "COLUMNS": "200", "HOME": str(cwd)}
    user = ["setpriv", "--reuid", str(OTHER), "--regid", str(OTHER), "--clear-groups"] if other else []
    return subprocess.run(
        [*user, program, *map(str, words)],
        cwd=cwd,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
