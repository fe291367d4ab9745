"""The floors of the house: who may import whom, and where SQL may stand."""

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

import pytest

from modelus_bot.subjects import SUBJECTS

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "modelus_bot"

# A room may import rooms of lower floors, and rooms of its own floor where NEIGHBOURS says so.
FLOOR_OF = {
    "bundled": 0,
    "config": 0,
    "logs": 0,
    "runtime": 0,
    "text": 0,
    "clock": 1,
    "database": 2,
    "domain": 3,
    "bot": 4,
    "gateway": 4,
    "jobs": 4,
    "metrics": 4,
    "ui": 4,
    "subjects": 5,
    "app": 6,
    "sandbox": 7,
    "cli": 8,
    "__main__": 9,
}
NEIGHBOURS = {
    "config": {"bundled", "runtime", "text"},
    "logs": {"config", "runtime"},
    "bot": {"gateway", "ui"},
    "metrics": {"gateway"},
    "ui": {"gateway"},
}
# The bot's class is named in the annotations of what is handed to it; at run time nobody below imports it.
ONLY_FOR_TYPES = {"bot", "jobs"}
MAY_IMPORT_DISCORD = {"ui", "jobs", "gateway", "sandbox", "bot", "app"}

# Inside the database: a package may use those before it, through their faces; core and format are
# vocabularies, whose modules are their faces.
PACKAGES_OF_THE_DATABASE = (
    "core",
    "format",
    "schema",
    "engine",
    "integrity",
    "checksums",
    "salvage",
    "backup",
    "archive",
    "health",
    "offline",
    "maintenance",
    "recovery",
    "composition",
    "manager",
    "administration",
)
VOCABULARIES = {"core", "format"}

# Inside a subject: a part may use those of the same rank or below. Those below the screens know no Discord,
# and use other subjects only as their order in ``SUBJECTS`` allows.
PARTS_OF_A_SUBJECT = {
    "model": 0,
    "rules": 1,
    "invariants": 1,
    "reports": 1,
    "visibility": 1,
    "queries": 2,
    "writes": 3,
    "pruning": 3,
    "cards": 4,
    "buttons": 5,
    "choices": 5,
    "enclosures": 5,
    "introductions": 5,
    "jobs": 6,
    "commands": 7,
    "subject": 8,
}
SCREENS = 4
"""The first rank that people see; it imports Discord."""
PRIVATE = {"jobs", "commands", "subject"}
"""What no other subject imports."""
SQL_CALLS = {"execute", "executemany", "executescript", "fetch_one", "fetch_all", "fetch_value", "insert"}
RENDERER = PACKAGE / "ui" / "rendering.py"
EMBED_CALLS = {"add_field", "insert_field_at", "set_footer", "set_image", "set_thumbnail", "set_author"}
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


@functools.cache
def source_files() -> list[Path]:
    """Every Python file of the package."""
    return sorted(file for file in PACKAGE.rglob("*.py") if "_bundled" not in file.parts)


def room_of(file: Path) -> str:
    """First name below the package: ``database`` for modelus_bot/database/manager.py, "" for the package."""
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return "" if parts == ("__init__",) else parts[0]


@functools.cache
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


@functools.cache
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
        if found.module.split(".")[0] == "discord" and not may_import_discord(found)
    ]

    assert strangers == []


def may_import_discord(found: Import) -> bool:
    """Whether an import stands in a room of Discord's, in a subject's screens, or serves annotations."""
    if found.room == "subjects":
        part = part_of(found.file)
        return part is not None and PARTS_OF_A_SUBJECT[part] >= SCREENS
    allowed = found.only_for_types or (found.room, found.file.stem) == ("cli", "command_reference")
    return found.room in MAY_IMPORT_DISCORD or allowed


def part_of(file: Path) -> str | None:
    """Return which part of a subject a file belongs to; None for what belongs to all."""
    parts = file.relative_to(PACKAGE / "subjects").with_suffix("").parts
    return None if len(parts) < 2 or parts[1] == "__init__" else parts[1]


def test_nothing_above_imports_a_module_of_the_database() -> None:
    """Who uses it knows its two faces: ``database``, and ``database.administration`` for its operators."""
    faces = {"modelus_bot.database", "modelus_bot.database.administration"}
    inside = [
        str(found)
        for found in all_imports()
        if found.room != "database"
        and found.module.startswith("modelus_bot.database")
        and found.module not in faces
    ]

    assert inside == []


def test_packages_of_the_database_import_one_way_and_through_faces() -> None:
    """Each has a place in the order; what it offers the others stands in its ``__all__``."""
    wrong = [str(found) for found in all_imports() if found.room == "database" and not is_right_inside(found)]

    assert wrong == []


def is_right_inside(found: Import) -> bool:
    """Whether an import between packages of the database goes down, and through a face where there is one."""
    if not found.module.startswith("modelus_bot.database."):
        return True
    here = found.file.relative_to(PACKAGE / "database").with_suffix("").parts[0]
    there, *module = found.module.split(".")[2:]
    if here in {there, "__init__", "administration"} or found.file.name == "__init__.py":
        return True
    down = PACKAGES_OF_THE_DATABASE.index(there) < PACKAGES_OF_THE_DATABASE.index(here)
    return down and (not module or there in VOCABULARIES)


def test_every_module_of_the_database_is_in_a_package() -> None:
    """Nothing lies loose beside ``manager.py``, and every package has its place in the order."""
    files = [file for file in source_files() if room_of(file) == "database"]
    beside = {file.relative_to(PACKAGE / "database").with_suffix("").parts[0] for file in files}

    assert beside - {"__init__"} == set(PACKAGES_OF_THE_DATABASE)


def test_faces_are_small_and_sorted() -> None:
    """A face is one sorted list of what others need."""
    for package in sorted((PACKAGE / "database").rglob("__init__.py")):
        offered = offered_by(package)
        assert offered == sorted(
            offered, key=lambda name: (not name.isupper(), not name[0].isupper(), name)
        ), package


def test_the_face_of_the_database_is_small() -> None:
    """What every subject may use fits on a screen; what operators use besides does not grow."""
    database = PACKAGE / "database"

    assert len(offered_by(database / "__init__.py")) <= 35
    assert len(offered_by(database / "administration" / "__init__.py")) <= 78


def offered_by(file: Path) -> list[str]:
    """Return a module's ``__all__``."""
    for node in tree_of(file).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return []


def subject_imports() -> Iterator[tuple[Import, str, str, str, str]]:
    """Every import between parts of subjects: it, the subject and part it stands in, those it names."""
    for found in all_imports():
        names = found.module.split(".")
        part = part_of(found.file) if found.room == "subjects" else None
        if part is not None and names[:2] == ["modelus_bot", "subjects"] and len(names) > 3:
            yield found, found.file.relative_to(PACKAGE / "subjects").parts[0], part, names[2], names[3]


def test_parts_of_a_subject_have_known_names() -> None:
    """Whoever knows one subject finds everything in the next."""
    parts = {part_of(file) for file in source_files() if room_of(file) == "subjects"} - {None}

    assert parts <= set(PARTS_OF_A_SUBJECT)


def test_inside_a_subject_imports_go_one_way() -> None:
    """Model, rules, queries, writes, screens, jobs, commands, and ``subject``, which declares them."""
    upward = [
        str(found)
        for found, here, part, there, other in subject_imports()
        if here == there and PARTS_OF_A_SUBJECT[other] > PARTS_OF_A_SUBJECT[part]
    ]

    assert upward == []


def test_between_subjects_only_what_is_open_is_imported() -> None:
    """Nobody imports another subject's jobs or commands; below the screens the order of the list holds."""
    order = [subject.name for subject in SUBJECTS]
    wrong = [
        str(found)
        for found, here, part, there, other in subject_imports()
        if here != there
        and (
            other in PRIVATE
            or (PARTS_OF_A_SUBJECT[part] < SCREENS and is_out_of_order(order, here, there, other))
        )
    ]

    assert wrong == []


def is_out_of_order(order: list[str], here: str, there: str, part: str) -> bool:
    """Whether what is below the screens uses a later subject, or another one's screens."""
    return order.index(there) > order.index(here) or PARTS_OF_A_SUBJECT[part] >= SCREENS


def test_every_folder_of_a_subject_is_in_the_list_and_there_is_no_other_list() -> None:
    """``subjects/__init__.py`` names each subject once; only it imports their declarations."""
    folders = {path.parent.name for path in (PACKAGE / "subjects").glob("*/subject.py")}
    lists = {
        found.file.relative_to(PACKAGE).as_posix()
        for found in all_imports()
        if found.module.startswith("modelus_bot.subjects.") and found.module.endswith(".subject")
    }

    assert folders == {subject.name for subject in SUBJECTS}
    assert len(SUBJECTS) == len(folders)
    assert lists == {"subjects/__init__.py"}


def test_names_of_classes_are_unique() -> None:
    """One name, one thing, wherever somebody looks for it."""
    places: dict[str, list[str]] = {}
    for file in source_files():
        for node in tree_of(file).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(str(file.relative_to(ROOT)))

    assert {name: found for name, found in places.items() if len(found) > 1} == {}


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
        if "simcord" in file.read_text("utf-8")
        for found in imports_of(file)
        if found.module.split(".")[0] == "simcord" and not may_import_simcord(found)
    ]

    assert strangers == []


def may_import_simcord(found: Import) -> bool:
    """Whether an import stands in the sandbox or a test's fixture or program, or serves annotations only."""
    place = found.file.relative_to(ROOT)
    if place.parts[0] == "tests":
        return found.only_for_types or place.parts[1:] in {("conftest.py",), ("faults", "sites", "away.py")}
    return place.parts[:2] in {("modelus_bot", "sandbox"), ("modelus_bot", "sandbox.py")}


def test_only_the_renderer_knows_embeds() -> None:
    """Cards describe what people see; one module draws them, and only ``ui`` hands Discord what it drew."""
    strangers = [
        f"{file.relative_to(ROOT)}:{line}"
        for file in source_files()
        for line in lines_about_embeds(tree_of(file), edge=room_of(file) == "ui")
        if file != RENDERER
    ]

    assert strangers == []


def lines_about_embeds(tree: ast.Module, *, edge: bool) -> Iterator[int]:
    """Yield where embeds are made or changed and, except at the edge, where one is handed on or named."""
    typing_only = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.arg | ast.FunctionDef | ast.AsyncFunctionDef | ast.AnnAssign)
        for inner in ast.walk((node.returns if hasattr(node, "returns") else node.annotation) or ast.Pass())
    }
    for node in ast.walk(tree):
        named = isinstance(node, ast.Attribute | ast.Name) and "Embed" in ast.unparse(node).split(".")
        made = isinstance(node, ast.Attribute) and node.attr in EMBED_CALLS
        handed = isinstance(node, ast.keyword) and node.arg in {"embed", "embeds"}
        if (named and not (edge and node in typing_only)) or made or (handed and not edge):
            yield node.lineno


@pytest.mark.parametrize(
    ("source", "edge", "found"),
    [
        ("card = discord.Embed(title=title)", True, True),
        ("from discord import Embed\ncard = Embed()", True, True),
        ("card.add_field(name=name, value=value)", True, True),
        ("def draw(card: discord.Embed) -> None: ...", False, True),
        ("def send(drawn: discord.Embed) -> discord.Embed: ...", True, False),
        ("message.edit(embed=drawn)", False, True),
        ("message.edit(embed=drawn)", True, False),
        ("card = card.with_field(name, text)", False, False),
    ],
)
def test_the_rule_about_embeds_sees_each_way(source: str, edge: bool, found: bool) -> None:
    """Making, changing, naming and handing on; what the edge has to do is let through."""
    assert bool(list(lines_about_embeds(ast.parse(source), edge=edge))) is found


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
        if is_below_the_screens(found.file)
        and found.module.split(".")[0] in {"asyncio", "threading", "concurrent"}
    ]

    assert strangers == []


def is_below_the_screens(file: Path) -> bool:
    """Whether a file has rules, queries or writes: of the domain or of a subject."""
    if room_of(file) != "subjects":
        return room_of(file) == "domain"
    part = part_of(file)
    return part is not None and PARTS_OF_A_SUBJECT[part] < SCREENS


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


FILLED_IN_WHERE_CAUGHT = {"ambiguous", "attempts", "operation"}
"""An error is told what it is about by whoever turns it into one of ours, before it is raised."""
OF_OTHERS = {
    ("room.preview._server", "port"): "SimCord's web server",
}
"""Objects of libraries that are set up by assignment; ours have an attribute of the same name."""


def attributes_of_classes(tree: ast.AST) -> set[str]:
    """Names that the classes of a module give to their objects."""
    names: set[str] = set()
    for cls in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
        for node in ast.walk(cls):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                names.add(node.target.id)
            elif is_stored(node) and is_self(node):
                names.add(node.attr)
        for node in cls.body:
            if isinstance(node, ast.Assign):
                names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def is_stored(node: ast.AST) -> TypeGuard[ast.Attribute]:
    """Whether something is written into an attribute, alone, in a tuple, by ``+=`` or by ``del``."""
    return isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del)


def is_self(node: ast.Attribute) -> bool:
    """Whether the attribute is one of the object whose method this is."""
    return isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}


def set_from_outside(tree: ast.Module, known: set[str]) -> Iterator[ast.Attribute]:
    """Yield where attributes of other objects are set, ``known`` being those of all classes of ours.

    A module may fill in records of its own classes.
    """
    own = attributes_of_classes(tree)
    for node in ast.walk(tree):
        if is_stored(node) and not is_self(node) and node.attr in known - own:
            yield node


def test_nobody_sets_an_attribute_of_an_object_of_another_module() -> None:
    """Who needs something is given it when it is built; who has to know something is told by a method."""
    known = set[str]().union(*(attributes_of_classes(tree_of(file)) for file in source_files()))
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno} sets {ast.unparse(node)}"
        for file in source_files()
        for node in set_from_outside(tree_of(file), known)
        if node.attr not in FILLED_IN_WHERE_CAUGHT and (ast.unparse(node.value), node.attr) not in OF_OTHERS
    ]

    assert found == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("db.health.near_limit = clean", ["db.health.near_limit"]),
        ("self.archive.gate, self.archive.told = gate, told", ["self.archive.gate"]),
        ("class Own:\n  gate: int = 0\ndef fill(one):\n  one.gate += 1", []),
        ("class Own:\n  def __init__(self, gate):\n    self.gate = gate", []),
        ("connection.row_factory = Row", []),
    ],
)
def test_the_rule_tells_wiring_from_filling_in(source: str, found: list[str]) -> None:
    """Other objects of ours count, wherever they are reached from; records of the module itself do not."""
    known = {"near_limit", "gate"}

    assert [ast.unparse(node) for node in set_from_outside(ast.parse(source), known)] == found


def test_no_callback_is_left_to_be_set_later() -> None:
    """None of ours offers an ``on_…`` attribute: what it calls is a parameter, or somebody subscribes."""
    offered = [
        f"{file.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)}"
        for file in source_files()
        for node in ast.walk(tree_of(file))
        if is_stored(node) and is_self(node) and node.attr.startswith("on_")
    ]

    assert offered == []
