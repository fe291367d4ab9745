"""One filled file for all tests of a run; each damages its own copy."""

from __future__ import annotations

import pytest

from tests.database.salvage.filled import Rows, fill, read_all


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Rows]:
    """About 1,500 rows in all tables, and the file they are in."""
    path = tmp_path_factory.mktemp("small") / "modelus.db"
    fill(path, seed=7, share=0.15)
    return path.read_bytes(), read_all(path)
