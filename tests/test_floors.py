"""The floors of the house: who may import whom, and where SQL may stand."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "modelus_bot"

# A room may import rooms of lower floors, and rooms of its own floor where NEIGHBOURS says so.
FLOOR_OF = {
    "bundled": 0,
    "config": 0,
    "escaping": 0,
    "exact_ids": 0,
    "os_errors": 0,
    "logs": 0,
    "processes": 0,
    "tasks": 0,
    "threads": 0,
    "config_watcher": 1,
    "database": 1,
    "domain": 2,
    "gateway": 3,
    "ui": 3,
    "bot": 3,
    "cogs": 3,
    "jobs": 3,
    "metrics": 3,
    "app": 4,
    "sandbox": 5,
    "cli": 6,
    "__main__": 7,
}
NEIGHBOURS = {
    "config": {"bundled", "exact_ids", "os_errors"},
    "logs": {"config", "os_errors", "threads"},
    "processes": {"threads"},
    "threads": {"os_errors"},
    "bot": {"gateway", "ui"},
    "metrics": {"gateway"},
    "cogs": {"gateway", "ui"},
    "jobs": {"gateway", "ui"},
}
# The bot's class is named in the annotations of what is handed to it; at run time nobody below imports it.
ONLY_FOR_TYPES = {"bot"}
MAY_IMPORT_DISCORD = {"ui", "cogs", "jobs", "gateway", "sandbox", "bot", "app"}
SQL_CALLS = {"execute", "executemany", "executescript", "fetch_one", "fetch_all", "fetch_value", "insert"}
MEANINGLESS_NAMES = ("util", "helper", "misc", "common", "enhanced")


@dataclass(frozen=True)
class Import:
    """One imported module and where that stands."""

    file: Path
    line: int
    module: str
    only_for_types: bool

    @property
    def room(self) -> str:
        """Room of the importing file."""
        return room_of(self.file)

    def __str__(self) -> str:
        """Place and module, to be found at once."""
        return f"{self.file.relative_to(ROOT)}:{self.line} imports {self.module}"


def source_files() -> list[Path]:
    """Every Python file of the package."""
    return sorted(file for file in PACKAGE.rglob("*.py") if "_bundled" not in file.parts)


def room_of(file: Path) -> str:
    """First name below the package: ``database`` for modelus_bot/database/manager.py, "" for the package."""
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return "" if parts == ("__init__",) else parts[0]


def tree_of(file: Path) -> ast.Module:
    """Parsed source of a file."""
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def imports_of(file: Path) -> Iterator[Import]:
    """Every import in a file, wherever it stands, with relative ones resolved."""
    package = list(file.relative_to(ROOT).with_suffix("").parts[:-1])
    tree = tree_of(file)
    typing_only = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(file, node.lineno, alias.name, node in typing_only)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                name = f"{module}.{alias.name}" if module == "modelus_bot" else module
                yield Import(file, node.lineno, name, node in typing_only)


def all_imports() -> list[Import]:
    """Every import of the package."""
    return [found for file in source_files() for found in imports_of(file)]


def is_upward(found: Import) -> bool:
    """Whether an import leaves its floor for a higher one or for a room beside it that is not named."""
    parts = found.module.split(".")
    if parts[0] != "modelus_bot" or len(parts) < 2 or parts[1].startswith("__version"):
        return False
    importer, imported = found.room, parts[1]
    if importer == imported:
        return False
    if FLOOR_OF[imported] < FLOOR_OF.get(importer, -1):
        return False
    if found.only_for_types and imported in ONLY_FOR_TYPES:
        return False
    return imported not in NEIGHBOURS.get(importer, set())


def test_every_room_has_a_floor() -> None:
    """A new module or package at the top must be given a floor before anything imports it."""
    rooms = {room_of(file) for file in source_files()} - {""}

    assert rooms <= set(FLOOR_OF), f"give these a floor in FLOOR_OF: {sorted(rooms - set(FLOOR_OF))}"


def test_imports_go_down_only() -> None:
    """Nothing imports from a higher floor, nor from a room beside it without being listed."""
    upward = [str(found) for found in all_imports() if is_upward(found)]

    assert upward == []


def test_only_the_upper_floors_know_discord() -> None:
    """Database and domain work without discord.py, so they can be tested and reused without it."""
    strangers = [
        str(found)
        for found in all_imports()
        if found.module.split(".")[0] == "discord" and found.room not in MAY_IMPORT_DISCORD
    ]

    assert strangers == []


def test_only_the_sandbox_knows_simcord() -> None:
    """The simulation of Discord is touched by the sandbox, the tests' fixtures and the program of faults.

    Other tests may name its types in annotations, which imports nothing when they run.
    """
    files = [
        *source_files(),
        *sorted((ROOT / "tests").rglob("*.py")),
        *sorted((ROOT / "benchmarks").rglob("*.py")),
    ]
    strangers = [
        str(found)
        for file in files
        for found in imports_of(file)
        if found.module.split(".")[0] == "simcord" and not may_import_simcord(found)
    ]

    assert strangers == []


def may_import_simcord(found: Import) -> bool:
    """Whether an import stands in the sandbox or a test's fixture or program, or serves annotations only."""
    place = found.file.relative_to(ROOT)
    if place.parts[0] == "tests":
        return found.only_for_types or place.parts[1:] in {("conftest.py",), ("faults", "away.py")}
    return place.parts[:2] in {("modelus_bot", "sandbox"), ("modelus_bot", "sandbox.py")}


def test_only_the_database_knows_sqlite() -> None:
    """Everyone else goes through the manager, so that one place decides about connections and locks."""
    strangers = [
        str(found)
        for found in all_imports()
        if found.module.split(".")[0] in {"sqlite3", "aiosqlite", "yoyo"} and found.room != "database"
    ]

    assert strangers == []


def test_the_domain_knows_no_event_loop() -> None:
    """Rules are plain functions: whoever calls them decides about threads and waiting."""
    strangers = [
        str(found)
        for found in all_imports()
        if found.room == "domain" and found.module.split(".")[0] in {"asyncio", "threading", "concurrent"}
    ]

    assert strangers == []


def test_sql_is_never_built_by_formatting() -> None:
    """Values reach SQLite as parameters: no f-string, ``%``, ``.format`` or ``+`` makes a statement."""
    built = [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for file in source_files()
        for call in ast.walk(tree_of(file))
        if isinstance(call, ast.Call) and is_statement_call(call) and call.args and is_formatted(call.args[0])
    ]

    assert built == []


def is_statement_call(call: ast.Call) -> bool:
    """Whether a call is ``something.execute(...)`` or one of its kind."""
    return isinstance(call.func, ast.Attribute) and call.func.attr in SQL_CALLS


def is_formatted(argument: ast.expr) -> bool:
    """Whether an expression puts a text together from values."""
    if isinstance(argument, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in argument.values)
    if isinstance(argument, ast.BinOp):
        return isinstance(argument.op, ast.Add | ast.Mod)
    return (
        isinstance(argument, ast.Call)
        and isinstance(argument.func, ast.Attribute)
        and argument.func.attr in {"format", "format_map"}
    )


@pytest.mark.parametrize(
    ("source", "formatted"),
    [
        ("tx.execute(f'SELECT {x}')", True),
        ("tx.execute('SELECT ' + x)", True),
        ("tx.execute('SELECT %s' % x)", True),
        ("tx.execute('SELECT {}'.format(x))", True),
        ("tx.execute('SELECT ?', (x,))", False),
        ("tx.execute(SELECT_ALL)", False),
    ],
)
def test_the_sql_rule_tells_formatting_from_parameters(source: str, formatted: bool) -> None:
    """The rule itself sees each way of formatting and lets parameters pass."""
    call = ast.parse(source, mode="eval").body

    assert isinstance(call, ast.Call)
    assert is_statement_call(call)
    assert is_formatted(call.args[0]) is formatted


def test_no_room_is_called_after_nothing() -> None:
    """A module named utils or helpers has no subject; its functions belong where they are used."""
    named = [
        str(file.relative_to(ROOT))
        for file in source_files()
        if any(
            part.strip("_").lower().startswith(MEANINGLESS_NAMES)
            for part in file.relative_to(PACKAGE).with_suffix("").parts
        )
    ]
    classes = [
        f"{file.relative_to(ROOT)}:{node.lineno} {node.name}"
        for file in source_files()
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.ClassDef)
        and any(name in node.name.lower() for name in ("util", "helper", "enhanced"))
    ]

    assert named + classes == []
