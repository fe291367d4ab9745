"""CONTRIBUTING.md is followed to the letter in a copy of the project: what it says works, and all of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.daily_size import FULL
from tests.subjects.following import ROOT, Block, blocks_of, copy_of_the_project, follow, section_of

PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
STEPS = ("Add a subject", "Add a command", "Add an alert")

FLOORS = (
    ("tests/test_floors.py", "tests/database/health/test_watch.py")
    if FULL
    else (
        "tests/test_floors.py::test_between_subjects_only_what_is_open_is_imported",
        "tests/test_floors.py::test_inside_a_subject_imports_go_one_way",
    )
)
"""Those about subjects; at full size all of them."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy in which every step was taken, in the order of the page."""
    copy = copy_of_the_project(tmp_path_factory.mktemp("contributing"))
    for heading in STEPS:
        assert follow(section_of(PAGE, heading), copy), heading
    return copy


def run(copy: Path, *arguments: str) -> str:
    """Run a module of Python's in the copy, with its code first; return what it says."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


def test_what_the_page_says_works(followed: Path) -> None:
    """The floors hold, the page's own tests pass, and the rest of the bot knows the new subject."""
    said = run(
        followed,
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        *FLOORS,
        "tests/subjects/test_table_words.py",
        "tests/subjects/test_visibility.py::test_every_table_says_who_may_see_it",
        "tests/subjects/pinboard",
        "tests/subjects/toy_checks.py",
    )
    assert "skipped" not in said, said


def test_the_generated_pages_have_it(followed: Path) -> None:
    """The commands that write documents and defaults know the new commands and the new setting."""
    assert "### /pinboard pin\n" in run(followed, "modelus_bot.cli.command_reference")
    assert "swap_megabytes = 64\n" in run(followed, "modelus_bot", "config", "example")
    assert "| `swap_megabytes` | `64` |" in run(followed, "modelus_bot", "config", "docs")


def test_the_page_is_written_as_the_code_is(followed: Path) -> None:
    """The linter has nothing to say, nor has the formatter; at full size, nor have the types."""
    places = ("modelus_bot", "tests/subjects/pinboard")
    run(followed, "ruff", "check", "--no-cache", *places)
    run(followed, "ruff", "format", "--no-cache", "--check", *places)
    if FULL:
        run(followed, "mypy", "--cache-dir", os.devnull)


def test_a_new_command_touches_its_folder_and_a_new_subject_one_line_besides() -> None:
    """Outside of the subject's folder the package gets the line in the list, and nothing for a command."""
    assert outside("Add a subject") == {"modelus_bot/subjects/__init__.py"}
    assert outside("Add a command") == set()


def outside(heading: str) -> set[str]:
    """Return the files of the package that a section touches outside of the subject's folder."""
    own = "modelus_bot/subjects/pinboard/"
    paths = {block.path for block in blocks_of(section_of(PAGE, heading))}
    return {path for path in paths if path.startswith("modelus_bot/") and not path.startswith(own)}


def test_what_does_not_fit_is_said(tmp_path: Path) -> None:
    """A hunk whose lines are not there once, and a file that is there already, fail loudly."""
    (tmp_path / "a.py").write_text("x = 1\nx = 1\n", "utf-8")
    with pytest.raises(ValueError, match="2 times"):
        Block("a.py", "diff", "-x = 1\n+x = 2\n").write(tmp_path, "0001")
    with pytest.raises(ValueError, match="already"):
        Block("a.py", "python", "x = 1\n").write(tmp_path, "0001")
