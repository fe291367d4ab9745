"""Whatever backups and archive report, people read a sentence."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import modelus_bot.database
from modelus_bot.database.core.alert import alert_of

ROOM = Path(modelus_bot.database.__file__).parent
TELLING = {"_tell", "_alert", "alert"}


def kinds() -> list[str]:
    """Return every kind that the code of backups and archive names where it tells somebody."""
    found = set()
    for folder in ("backup", "archive"):
        for path in (ROOM / folder).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and _name(node.func) in TELLING and node.args:
                    constants = [item for item in ast.walk(node.args[0]) if isinstance(item, ast.Constant)]
                    found.update(constant.value for constant in constants if isinstance(constant.value, str))
    return sorted(found)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def test_the_kinds_are_found() -> None:
    """The search sees plain calls and choices."""
    assert {"backup_works_again", "backup_flawed", "archive_behind", "archive_caught_up"} <= set(kinds())


@pytest.mark.parametrize("kind", kinds())
def test_each_kind_has_a_sentence(kind: str) -> None:
    """No bare name of an event reaches people, and nothing is left to be filled in."""
    alert = alert_of(kind, {"name": "a-backup.db", "why": "The disk is slow"})
    assert alert.kind == kind
    assert kind not in alert.text
    assert alert.text[0].isupper()
    assert " " in alert.text
    assert "{" not in alert.text
