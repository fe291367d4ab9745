"""Doing what CONTRIBUTING.md says: its code blocks become files, its differences are applied to files."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ROOT", "Block", "blocks_of", "copy_of_the_project", "follow", "section_of"]

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^`([\w./]+)`\n\n```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
"""A path alone on its line, and below it what stands in that file, or what is different in it."""
NUMBER = "NNNN"
NEEDED = ("modelus_bot", "migrations", "tests", "config.toml", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Block:
    """What a page says of one file: its whole text, or hunks of a difference."""

    path: str
    language: str
    text: str

    def write(self, root: Path, number: str) -> Path:
        """Make or change the file below ``root``; raises ``ValueError`` where a hunk does not fit once."""
        path = root / self.path.replace(NUMBER, number)
        if self.language == "diff":
            path.write_text(changed(path.read_text("utf-8"), self.text), "utf-8")
            return path
        if path.exists():
            raise ValueError(f"{path} is there already")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.text, "utf-8")
        return path


def section_of(page: str, heading: str) -> str:
    """Return what stands below a heading of the second rank, up to the next one."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    if found is None:
        raise ValueError(f"no section is called {heading}")
    return found[1]


def blocks_of(text: str) -> list[Block]:
    """Return every block with a path, in the order of the page."""
    return [Block(*found) for found in BLOCK.findall(text)]


def changed(text: str, difference: str) -> str:
    """Return a text with every hunk applied; hunks are parted by lines that begin with ``@@``."""
    for hunk in re.split(r"^@@.*\n", difference, flags=re.MULTILINE):
        lines = hunk.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] in " -")
        after = "".join(line[1:] for line in lines if line[0] in " +")
        if text.count(before) != 1:
            raise ValueError(f"these lines are there {text.count(before)} times:\n{before}")
        text = text.replace(before, after)
    return text


def copy_of_the_project(folder: Path) -> Path:
    """Copy what the bot and its tests need to run; what was compiled of it is valid there, too."""
    ignored = shutil.ignore_patterns("_bundled")
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


def follow(text: str, root: Path) -> list[Path]:
    """Do what a section says below ``root``; new migrations get the next free number."""
    taken = max(int(path.name[:4]) for path in (ROOT / "migrations").glob("[0-9]*.sql"))
    return [block.write(root, f"{taken + 1:04}") for block in blocks_of(text)]
