"""What tests do that they better would not: counted, so that it only becomes less.

``python -m tools.habits`` prints each place; ``python -m tools.habits PATH`` for another checkout.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeGuard

__all__ = ["Habits", "habits_of"]

CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]+")
OF_TUPLES = {"_asdict", "_fields", "_make", "_replace"}
SCENES = {"scene_of", "blocking_scene_of"}
OF_LIBRARIES = ("os._exit", "sys._current_frames")
LIBRARIES = {"Route", "DiscordWebSocket"}
"""Where a constant of a library is patched because there is no other way to point it elsewhere."""


@dataclass(slots=True)
class Habits:
    """Places in tests, each as FILE:LINE and what stands there."""

    constants: list[str] = field(default_factory=list)
    """Constants of modules that are patched; numbers of the program are ``Tunable``."""
    sleeps: list[str] = field(default_factory=list)
    """Sleeps of a fixed time, as opposed to a look again and again until something is so."""
    scenes: list[str] = field(default_factory=list)
    """Times that are what a test is about, and are said to be by ``tests.waiting``."""
    private: list[str] = field(default_factory=list)
    """Attributes with a leading underscore of an object that is not the test's own."""

    def look_at(self, file: str, tree: ast.Module) -> None:
        """Add what is in a module."""
        own = {node.attr for node in ast.walk(tree) if _is_private(node) and _is_self(node)}
        polled = {
            id(inner)
            for loop in ast.walk(tree)
            if isinstance(loop, ast.While)
            for inner in ast.walk(loop)
            if isinstance(inner, ast.Call)
        }
        for node in ast.walk(tree):
            place = f"{file}:{getattr(node, 'lineno', 0)} "
            if isinstance(node, ast.Call) and _patches_a_constant(node):
                self.constants.append(place + ast.unparse(node))
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in SCENES:
                self.scenes.append(place + ast.unparse(node))
            elif isinstance(node, ast.Call) and _sleeps(node) and id(node) not in polled:
                self.sleeps.append(place + ast.unparse(node))
            elif _reaches_inside(node, own):
                self.private.append(place + ast.unparse(node))


def _is_private(node: ast.AST) -> TypeGuard[ast.Attribute]:
    return isinstance(node, ast.Attribute) and bool(re.match(r"_[a-zA-Z]", node.attr))


def _reaches_inside(node: ast.AST, own: Collection[str]) -> bool:
    """Whether it is a private attribute of something that is not the module's own."""
    if not _is_private(node) or _is_self(node) or ast.unparse(node) in OF_LIBRARIES:
        return False
    return node.attr not in own and node.attr not in OF_TUPLES


def _is_self(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in {"self", "cls"}
    )


def _sleeps(node: ast.Call) -> bool:
    called = ast.unparse(node.func)
    return called in {"asyncio.sleep", "time.sleep"} and ast.unparse(node.args[0]) != "0"


def _patches_a_constant(node: ast.Call) -> bool:
    """Whether it is a ``setattr`` of ``monkeypatch`` with the name of a constant in it."""
    if not isinstance(node.func, ast.Attribute) or node.func.attr != "setattr":
        return False
    texts = [item.value for item in node.args[:2] if isinstance(item, ast.Constant)]
    owner = ast.unparse(node.args[0]).rpartition(".")[2]
    return owner not in LIBRARIES and any(
        CONSTANT.fullmatch(str(text).rpartition(".")[2]) is not None for text in texts
    )


def habits_of(root: Path) -> Habits:
    """Return what is found in the tests of a checkout."""
    found = Habits()
    for file in _tests(root):
        found.look_at(str(file.relative_to(root)), ast.parse(file.read_text("utf-8")))
    return found


def _tests(root: Path) -> Iterator[Path]:
    yield from sorted((root / "tests").rglob("*.py"))


def main() -> None:
    """Print every place, and how many there are."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    found = habits_of(root)
    for name in ("constants", "sleeps", "scenes", "private"):
        places: list[str] = getattr(found, name)
        print(*places, f"{name}: {len(places)}", sep="\n")


if __name__ == "__main__":
    main()
