"""What is left out every day is there, so that it is tried at full size."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.daily_size import ONLY_AT_FULL_SIZE

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("entry", ONLY_AT_FULL_SIZE)
def test_each_names_a_test(entry: str) -> None:
    """A test that was renamed would be tried every day again, and nobody would know why that is slow."""
    file, _, name = entry.partition("::")
    text = (ROOT / file).read_text("utf-8")
    assert f"def {name.partition('[')[0] or 'test_'}" in text
