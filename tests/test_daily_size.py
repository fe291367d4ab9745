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


def test_one_place_says_which_size_it_is() -> None:
    """Everybody else asks ``daily_size``; who hands it on to a program, or must not see it, may name it."""
    naming = {"daily_size.py", "test_daily_size.py", "playing.py", "test_tunables.py", "test_variables.py"}
    reading = [
        path for path in (ROOT / "tests").rglob("*.py") if '"MODELUS_TEST_FULL"' in path.read_text("utf-8")
    ]
    assert {path.name for path in reading} <= naming
