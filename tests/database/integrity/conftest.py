"""Files with a rota in them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.database.integrity.injecting import build


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a rota, to be copied."""
    return build(tmp_path_factory.mktemp("built") / "built.db")


@pytest.fixture
def file(built: Path, tmp_path: Path) -> Path:
    """Return a file with a rota of one's own."""
    return Path(shutil.copy(built, tmp_path / "rota.db"))
