"""The sample schema, as a folder of migrations and as a filled file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.database.schema.sample import sample_file, sample_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Folder with the sample schema as its one migration."""
    return sample_folder(tmp_path / "migrations")


@pytest.fixture
def file(tmp_path: Path, folder: Path) -> Path:
    """A filled file of the sample schema."""
    return sample_file(tmp_path / "sample.db", folder)
