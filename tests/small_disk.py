"""Small disks of their own for tests of what happens when one is full."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

__all__ = ["mounted", "small_disk"]


@contextmanager
def mounted(place: Path, size: str, *options: str) -> Iterator[Path | None]:
    """Mount a disk of ``size`` (``4m``) at ``place``; None where that is not permitted."""
    place.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", ",".join([f"size={size}", "mode=700", *options]), "tmpfs"]
    command.append(str(place))
    found = subprocess.run(command, capture_output=True, check=False) if shutil.which("mount") else None
    if found is None or found.returncode:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@contextmanager
def small_disk(place: Path, size: str, *options: str) -> Iterator[Path]:
    """Mount a disk as ``mounted`` does; skips the test where that is not permitted."""
    with mounted(place, size, *options) as disk:
        if disk is None:
            pytest.skip("a small disk cannot be mounted here")
        yield disk
