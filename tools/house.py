"""Figures of the house: what crosses the face of the database, knots of imports, what an operation crosses.

``python -m tools.house`` prints them as a table; ``python -m tools.house PATH`` for another checkout.
"""

from __future__ import annotations

import ast
import asyncio
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
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


def files_crossed(*, everything: bool) -> tuple[set[str], set[str]]:
    """Run one write and one read of a new database, and return the database's files in which code ran.

    ``everything`` protects it, and keeps it answering while it is away, as the bot does.
    """
    from modelus_bot.database import Context
    from modelus_bot.subjects.people.queries import member
    from modelus_bot.subjects.people.writes import RegisterMember

    seen: set[str] = set()

    def note(frame: object, _event: str, _argument: object) -> None:
        code = getattr(frame, "f_code", None)
        path = getattr(code, "co_filename", "")
        if "/modelus_bot/database/" in path:
            seen.add(path.partition("/modelus_bot/database/")[2])

    async def run(folder: Path) -> tuple[set[str], set[str]]:
        async with _opened(folder, everything=False):
            pass  # what is made once is not looked at
        threading.setprofile(note)
        sys.setprofile(note)
        try:
            async with _opened(folder, everything=everything) as db:
                found: list[set[str]] = []
                for number in (1, 2):  # the first pays for what is made once
                    seen.clear()
                    write = RegisterMember(discord_id=10**17 + number, username="Ada")
                    await db.write(write, Context(discord_admin=True, request_id=f"house:{number}"))
                    found.append(set(seen))
                    seen.clear()
                    await db.read(member, 10**17)
                    found.append(set(seen))
        finally:
            sys.setprofile(None)
            threading.setprofile(None)  # type: ignore[arg-type]  # None ends it
        return found[-2], found[-1]

    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(run(Path(folder)))


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
    return DatabaseManager(path, settings, protection=protection, continuity=fallback)


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
    print(f"modules                              {len(house.files)}, {len(inside)} of them in database/")
    print(
        f"names imported across the face       {len(across)} from {len({one for one, _ in across})} modules"
    )
    print(f"rooms in the largest knot            {len(knot)} {' '.join(knot) if len(knot) > 1 else ''}")
    print(f"files of database/ with one importer {len(single)} of {len(inside)}")
    print(f"loose modules of database/           {len(loose)}")
    if len(sys.argv) == 1:
        for name, everything in (("", False), (" of the whole bot", True)):
            write, read = files_crossed(everything=everything)
            print(f"files a write{name} crosses: {len(write)}: {', '.join(sorted(write))}")
            print(f"files a read{name} crosses: {len(read)}: {', '.join(sorted(read))}")


if __name__ == "__main__":
    main()
