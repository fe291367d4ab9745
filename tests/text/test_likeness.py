"""What somebody may have meant is found, and nothing else is offered."""

from __future__ import annotations

import ast
from pathlib import Path

import modelus_bot
from modelus_bot.text.likeness import nearest, resembling

CITIES = ("berlin", "dublin", "merlin", "los angeles")

DIFFERENCES = "subjects/laws/rules/differences.py"
"""Asks what differs between two texts, not how alike they are."""


def test_the_likest_comes_first_and_strangers_do_not_come() -> None:
    """As many as are asked for, by the name as a whole."""
    assert nearest("berlim", CITIES) == ["berlin"]
    assert nearest("berlim", CITIES, most=2) == ["berlin", "merlin"]
    assert nearest("berlim", CITIES, most=9, alike=0.8) == ["berlin"]
    assert nearest("zzz", CITIES, most=9) == []


def test_a_part_is_enough_to_resemble() -> None:
    """A long label is found by a word of it, with a slip of the fingers in it."""
    labels = ("republic of texas", "california", "new texas")
    assert sorted(resembling("texaz", labels, most=9, alike=0.75)) == [0, 2]
    assert len(resembling("texaz", labels, most=1, alike=0.75)) == 1
    assert resembling("quux", labels, most=9, alike=0.75) == []


def test_nobody_else_asks_how_alike_texts_are() -> None:
    """One way to ask: two libraries would give two answers."""
    root = Path(modelus_bot.__file__).parent
    asking = {
        str(file.relative_to(root))
        for file in root.rglob("*.py")
        if "_bundled" not in file.parts
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and {getattr(node, "module", ""), *(alias.name for alias in node.names)} & {"rapidfuzz", "difflib"}
    }
    assert asking == {"text/likeness.py", DIFFERENCES}
