"""Figures of the house: the database's face, knots, what a change touches, what an operation crosses.

``python -m tools.house`` prints them as a table; ``python -m tools.house PATH`` for another checkout. Covers,
the subject with most of everything, stand for what the next command and the next subject will need.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelus_bot.database import DatabaseManager

PACKAGE = "modelus_bot"
DATABASE = f"{PACKAGE}.database"


class House:
    """The modules of a checkout and who imports what from whom."""

    def __init__(self, root: Path) -> None:
        """Read every module below ``root``."""
        files = [file for file in (root / PACKAGE).rglob("*.py") if "_bundled" not in file.parts]
        self.files = {_name(root, file): file for file in files}
        self.packages = {name for name, file in self.files.items() if file.name == "__init__.py"}
        self.imports = {name: set(self._imports_of(file)) for name, file in self.files.items()}

    def _imports_of(self, file: Path) -> Iterator[tuple[str, str]]:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((alias.name, "") for alias in node.names if alias.name.startswith(PACKAGE))
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    yield (whole, "") if whole in self.files else (str(node.module), alias.name)

    def across_the_face(self) -> set[tuple[str, str]]:
        """Return what is imported from the database above it: (module, name)."""
        return {
            found
            for name, imports in self.imports.items()
            if not name.startswith(DATABASE)
            for found in imports
            if found[0].startswith(DATABASE)
        }

    def home_of(self, module: str, name: str) -> str:
        """Return the module in which a name that a face offers is defined."""
        for _ in range(4):
            if module not in self.packages:
                break
            for node in ast.walk(ast.parse(self.files[module].read_text("utf-8"))):
                if isinstance(node, ast.ImportFrom) and any(alias.name == name for alias in node.names):
                    module = str(node.module)
                    break
            else:
                break
        return module

    def room_graph(self) -> dict[str, set[str]]:
        """Return which rooms of the database use which: packages right below it, and its loose modules."""
        graph: dict[str, set[str]] = defaultdict(set)
        for name, imports in self.imports.items():
            if not name.startswith(f"{DATABASE}.") or name in self.packages:
                continue
            for module, imported in imports:
                home = self.home_of(module, imported)
                if home.startswith(f"{DATABASE}.") and _room(home) != _room(name):
                    graph[_room(name)].add(_room(home))
        return graph

    def importers(self) -> dict[str, set[str]]:
        """Return who imports each module, through a face or not."""
        found: dict[str, set[str]] = {name: set() for name in self.files}
        for name, imports in self.imports.items():
            if name in self.packages:
                continue
            for module, imported in imports:
                found.setdefault(self.home_of(module, imported), set()).add(name)
        return found


def _name(root: Path, file: Path) -> str:
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _room(module: str) -> str:
    return module.removeprefix(f"{DATABASE}.").partition(".")[0]


def largest_knot(graph: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the largest set of rooms each of which reaches all others; one alone is no knot."""

    def reached(start: str) -> set[str]:
        found: set[str] = set()
        waiting = [start]
        while waiting:
            for room in graph.get(waiting.pop(), ()):
                if room not in found:
                    found.add(room)
                    waiting.append(room)
        return found

    reach = {room: reached(room) for room in graph}
    knots = [
        sorted({room, *(other for other in reach[room] if room in reach.get(other, ()))}) for room in reach
    ]
    return max(knots, key=len, default=[])


MADE_BY = {"GroupCog", "Cog", "CommandGroup", "Job", "DynamicItem"}
"""What commands, jobs and lasting buttons are made of; who imports one from outside keeps a list of them."""
RULES = {"Invariant", "Pruning"}
MANY = 5
"""Tables over which a module has rules if it is the one list of them."""


class Marks:
    """By what lists outside of a subject name it: its commands, its screens' classes, its tables."""

    def __init__(self, house: House, subject: str, tables: Iterable[str]) -> None:
        """Find them in the files that are the subject's own: those of its folder, or called after it."""
        self.group = subject.removesuffix("s")
        self.own = {
            name for name in house.files if any(part.startswith(self.group) for part in name.split(".")[1:])
        }
        trees = [ast.parse(house.files[name].read_text("utf-8")) for name in self.own]
        self.classes = {name for tree in trees for name in _screens_of(tree)}
        names = {name for tree in trees for name in _names_of_commands(tree)}
        self.commands = {f"{self.group} {name}" for name in names}
        self.tables = set(tables)

    def lists(self, house: House, *, subject: bool) -> list[str]:
        """Return files outside with a list that names one of its commands, or else anything of it."""
        found = []
        for name, file in house.files.items():
            if name in self.own:
                continue
            tree = ast.parse(file.read_text("utf-8"))
            entries = set(_entries(tree))
            named = bool(entries & self.commands)
            if subject and not named:
                named = self.group in entries or any(map(self._of_a_table, entries)) or self._has_of_it(tree)
            if named:
                found.append(name)
        return sorted(found)

    def _of_a_table(self, entry: str) -> bool:
        return any(entry == table or entry.startswith(f"{table}_") for table in self.tables)

    def _has_of_it(self, tree: ast.Module) -> bool:
        """Whether a module lists its screens or its declaration, or has rules over its and many tables."""
        imported = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module in self.own
            for alias in node.names
            if alias.name in {*self.classes, "SUBJECT"}
        }
        listed = {
            entry.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Tuple | ast.List)
            for entry in node.elts
            if isinstance(entry, ast.Name)
        }
        tables = _tables_of_rules(tree)
        return bool(imported & listed) or (len(tables) >= MANY and bool(tables & self.tables))


def _tables_of_rules(tree: ast.Module) -> set[str]:
    rules = (
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) in RULES
    )
    texts = " ".join(text for rule in rules for text in _texts(rule))
    return set(re.findall(r"\b(?:FROM|JOIN|UPDATE) (\w+)", texts))


def _screens_of(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            bases = {ast.unparse(base).split("[")[0].split(".")[-1] for base in node.bases}
            if bases & MADE_BY:
                yield node.name


def _names_of_commands(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("app_commands.command"):
            values = (keyword.value for keyword in node.keywords if keyword.arg == "name")
            yield from (
                value.value
                for value in values
                if isinstance(value, ast.Constant) and isinstance(value.value, str)
            )


def _texts(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def _entries(tree: ast.Module) -> Iterator[str]:
    """Yield the texts that stand as entries of collections in a module's own assignments."""
    for statement in tree.body:
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
            continue
        for node in ast.walk(statement.value):
            entries = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", ())
            for entry in entries:
                if isinstance(entry, ast.Constant) and isinstance(entry.value, str):
                    yield entry.value


def files_crossed(root: Path, house: House) -> dict[str, list[str]]:
    """Run writes and reads of a checkout in a process, and return the database's files in which code ran.

    By what was asked: ``write`` and ``read`` of a bare database, and of one as the bot builds it.
    """
    wanted = ("DatabaseManager", "DatabaseSettings", "Settings", "Context", "RegisterMember", "member")
    places = {name: _place_of(house, name) for name in wanted}
    program = Path(__file__).with_name("crossing.py")
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603 - a program of this folder
            [sys.executable, str(program), json.dumps(places)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(root.resolve())},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _place_of(house: House, name: str) -> str:
    """Return the module that defines a class or a query."""
    for module, file in house.files.items():
        for node in ast.parse(file.read_text("utf-8")).body:
            if not isinstance(node, ast.ClassDef | ast.FunctionDef) or node.name != name:
                continue
            if isinstance(node, ast.ClassDef) or node.decorator_list:
                return module
    raise SystemExit(f"{name} is defined nowhere")


def _opened(folder: Path, *, everything: bool) -> DatabaseManager:
    from modelus_bot.config import (
        ArchiveSettings,
        BackupSettings,
        DatabaseSettings,
        DegradationSettings,
        IntegritySettings,
        SnapshotSettings,
    )
    from modelus_bot.database import DatabaseManager, Fallback, Protection
    from modelus_bot.subjects import DECLARED
    from modelus_bot.subjects.notices.writes.saved_changes import explain, telling

    path = folder / "house.db"
    settings = DatabaseSettings(path=path)
    if not everything:
        return DatabaseManager(path, settings)
    protection = Protection(
        path,
        backup=BackupSettings(folder=folder / "backups", schedule="off"),
        archive=ArchiveSettings(mode="off", folder=folder / "archive"),
        integrity=IntegritySettings(quarantine=folder / "quarantine", watch_every=3600.0),
        invariants=DECLARED.invariants,
    )
    fallback = Fallback(
        path,
        degradation=DegradationSettings(),
        snapshot=SnapshotSettings(snapshot_seconds=3600.0),
        reserve_megabytes=0,
        tables=DECLARED.kept_tables,
        telling=telling,
        explain=explain,
        overseer=protection,
    )
    return DatabaseManager(path, settings, protection=protection, fallback=fallback)


def main() -> None:
    """Print the figures."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    house = House(root)
    across = house.across_the_face()
    inside = [name for name in house.files if name.startswith(f"{DATABASE}.") and name not in house.packages]
    importers = house.importers()
    single = [name for name in inside if len(importers[name]) == 1]
    loose = [name for name in inside if name.count(".") == DATABASE.count(".") + 1]
    knot = largest_knot(house.room_graph())
    covers = Marks(house, "covers", ("overrides", "cover_cards"))
    of_a_command, of_a_subject = covers.lists(house, subject=False), covers.lists(house, subject=True)
    tell("modules", f"{len(house.files)}, {len(inside)} of them in database/")
    tell("names imported across the face", f"{len(across)} from {len({item for item, _ in across})} modules")
    tell("rooms in the largest knot", f"{len(knot)} {' '.join(knot) if len(knot) > 1 else ''}")
    tell("files of database/ with one importer", f"{len(single)} of {len(inside)}")
    tell("loose modules of database/", f"{len(loose)}")
    tell("lists that name a command of covers", listed(of_a_command))
    tell("lists that name anything of covers", listed(of_a_subject))
    for asked, files in files_crossed(root, house).items():
        tell(f"files of database/ {asked} crosses", listed(files))


def listed(names: Collection[str]) -> str:
    """Return how many there are, and which."""
    return f"{len(names)}: {', '.join(names)}" if names else "0"


def tell(what: str, figure: str) -> None:
    """Print one figure."""
    print(f"{what:<42} {figure}")


if __name__ == "__main__":
    main()
