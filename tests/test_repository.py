"""What the repository promises in writing: commands, links, changelog, rollbacks, docstrings."""

import ast
import builtins
import functools
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import modelus_bot
from modelus_bot.subjects.nations.rules.governments import GOVERNMENTS

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "modelus_bot"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
MAKE_TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
MAKE_COMMAND = re.compile(r"\bmake ([a-z][a-z-]*)\b")
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
STARTS_TASKS = {"create_task", "create_eager_task_factory", "eager_task_factory", "ensure_future"}
NAMED_FILE = re.compile(r"[\w./-]+\.(?:py|sql|c|toml|md)")
NAMED_FOLDER = re.compile(r"[\w.-]+(?:/[\w.-]+)*/")
NAMED_CLASS = re.compile(r"_?([A-Z][a-z]+[A-Za-z]*)(?:\.(\w+))?(?:\[.*\])?(?:\(.*\))?")
MADE_BY_THE_BOT = ("data/", "backups/")
EXAMPLES = ("NNNN", "/pinboard/")
"""What CONTRIBUTING.md adds; following it is a test of its own."""
OF_OTHERS = {"DynamicItem", "RestartPreventExitStatus", *GOVERNMENTS, *dir(builtins)}
PLACEHOLDER = re.compile(r"\b(TODO|FIXME|XXX|HACK|TBD|NotImplementedError)\b")


def text_of(file: Path) -> str:
    """A file's text."""
    return file.read_text(encoding="utf-8")


def named(file: Path) -> str:
    """A file's path in the repository, as the name of a test case."""
    return str(file.relative_to(ROOT))


def tracked_files() -> list[Path]:
    """Files that git knows; an unpacked source archive has no git and gives an empty list."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def anchors_of(document: Path) -> set[str]:
    """The anchors a forge makes from a document's headings."""
    headings = HEADING.findall(re.sub(r"^```.*?^```", "", text_of(document), flags=re.MULTILINE | re.DOTALL))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links_of(document: Path) -> Iterator[str]:
    """Targets of a document's links, without those shown as code."""
    yield from LINK.findall(CODE.sub("", text_of(document)))


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_named_make_targets_exist(document: Path) -> None:
    """Every ``make something`` shown as code in a document is a target of the Makefile."""
    targets = set(MAKE_TARGET.findall(text_of(ROOT / "Makefile")))
    shown = {target for code in CODE.findall(text_of(document)) for target in MAKE_COMMAND.findall(code)}

    assert shown <= targets


def test_readme_names_the_two_commands() -> None:
    """A newcomer finds how to start the bot and how to run all tests, and CI runs the same tests."""
    commands = {
        line.strip() for block in CODE.findall(text_of(ROOT / "README.md")) for line in block.splitlines()
    }

    assert {"make run", "make test"} <= commands
    assert re.search(r"^step make test$", text_of(ROOT / ".ci" / "run"), re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_links_lead_somewhere(document: Path) -> None:
    """Every link to a file or heading of the repository has a target."""
    lost = []
    for link in links_of(document):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors_of(target)):
            lost.append(link)

    assert lost == []


@functools.cache
def files_and_folders() -> frozenset[str]:
    """Every path in the repository that a document may name, with all shorter ways to write it."""
    rooms = ("modelus_bot", "tests", "tools", "benchmarks", "migrations", "docs")
    files = [file for room in rooms for file in (ROOT / room).rglob("*") if "__pycache__" not in file.parts]
    files += [file for file in ROOT.iterdir() if file.is_file()]
    found = set()
    for file in [*files, *(ROOT / room for room in rooms)]:
        parts = file.relative_to(ROOT).parts
        ending = "/" if file.is_dir() else ""
        found |= {"/".join(parts[start:]) + ending for start in range(len(parts))}
    return frozenset(found)


@functools.cache
def members_of_classes() -> dict[str, set[str]]:
    """Every class of the repository with its methods and fields."""
    found: dict[str, set[str]] = {}
    for file in [*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")]:
        for node in ast.walk(ast.parse(text_of(file))):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name.lstrip("_"), set()).update(names_in(node))
    return found


def names_in(owner: ast.ClassDef) -> Iterator[str]:
    """Names that a class defines: its functions, and whatever is assigned in it."""
    for node in ast.walk(owner):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.attr if isinstance(node, ast.Attribute) else node.id


def is_lost(name: str) -> bool:
    """Whether a name in a document looks like a file, a folder or a class of ours, and there is none."""
    if any(example in name for example in EXAMPLES) or name.startswith(MADE_BY_THE_BOT):
        return False
    if NAMED_FILE.fullmatch(name) or NAMED_FOLDER.fullmatch(name):
        return name not in files_and_folders()
    found = NAMED_CLASS.fullmatch(name)
    if found is None or found[1] in OF_OTHERS:
        return False
    members = members_of_classes().get(found[1])
    return members is None or (found[2] is not None and found[2] not in members)


@pytest.mark.parametrize("document", [item for item in DOCUMENTS if item.name != "CHANGELOG.md"], ids=named)
def test_what_documents_name_is_there(document: Path) -> None:
    """Every file, package and class in a document exists, so that who reads one finds the room."""
    prose = re.sub(r"^```.*?^```", "", text_of(document), flags=re.MULTILINE | re.DOTALL)

    assert [name for name in re.findall(r"`([^`\n]+)`", prose) if is_lost(name)] == []


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("modelus_bot/database/engine/", False),
        ("engine/epoch.py", False),
        ("Returning", True),
        ("deciding.py", True),
        ("no_such_folder/", True),
        ("HealthMonitor.record", False),
        ("HealthMonitor.gone", True),
        ("Write[Any]", False),
        ("data/modelus.snapshot/", False),
        ("normal", False),
    ],
)
def test_the_rule_tells_what_is_ours(name: str, lost: bool) -> None:
    """Old names are found, those of others and plain words are not."""
    assert is_lost(name) is lost


def test_every_document_can_be_reached() -> None:
    """Each page of docs/ is linked from the index, so that nothing is written for nobody."""
    index = ROOT / "docs" / "index.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in links_of(index)}
    pages = {page for page in (ROOT / "docs").rglob("*.md") if page != index}

    assert {named(page) for page in pages - linked} == set()


def test_changelog_tells_of_this_version() -> None:
    """The changelog has a section for what is unreleased or for the version in the code."""
    sections = re.findall(r"^## \[?([^\]\s]+)\]?", text_of(ROOT / "CHANGELOG.md"), re.MULTILINE)

    assert "Unreleased" in sections or modelus_bot.__version__ in sections


def test_every_migration_can_be_rolled_back() -> None:
    """Each numbered migration has a rollback beside it that holds at least one statement."""
    files = sorted((ROOT / "migrations").glob("*.sql"))
    forward = [file for file in files if not file.name.endswith(".rollback.sql")]
    rollbacks = {file.name for file in files} - {file.name for file in forward}

    assert forward
    assert rollbacks == {f"{file.stem}.rollback.sql" for file in forward}
    assert all(statements(ROOT / "migrations" / name) for name in rollbacks)


def statements(file: Path) -> str:
    """An SQL file without its comments and blank lines."""
    return re.sub(r"--[^\n]*", "", text_of(file)).strip()


def test_migrations_are_numbered_without_gaps() -> None:
    """Migrations are called 0001, 0002, … so that their order is the order of their names."""
    numbers = [
        file.name[:4]
        for file in sorted((ROOT / "migrations").glob("[0-9]*.sql"))
        if ".rollback" not in file.name
    ]

    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def test_the_package_is_finished() -> None:
    """No placeholder is left in the package, the migrations or the settings."""
    files = [*PACKAGE.rglob("*.py"), *(ROOT / "migrations").glob("*.sql"), ROOT / "config.toml"]
    left = [
        f"{named(file)}:{number} {line.strip()}"
        for file in files
        for number, line in enumerate(text_of(file).splitlines(), 1)
        if PLACEHOLDER.search(line)
    ]

    assert left == []


def tasks_started_in(file: Path) -> Iterator[str]:
    """Every place of a file that names a way of starting a task."""
    for node in ast.walk(ast.parse(text_of(file))):
        if isinstance(node, ast.Attribute):
            name, line = node.attr, node.lineno
        elif isinstance(node, ast.alias | ast.Name):
            name, line = node.name if isinstance(node, ast.alias) else node.id, node.lineno
        else:
            continue
        if name in STARTS_TASKS:
            yield f"{named(file)}:{line} {name}"


def test_tasks_are_started_in_one_place() -> None:
    """Only ``runtime.tasks`` starts tasks: each has a name, a hold on it, the right surroundings."""
    files = [file for file in sorted(PACKAGE.rglob("*.py")) if "_bundled" not in file.parts]
    places = {named(file): [*tasks_started_in(file)] for file in files}
    owner = places.pop("modelus_bot/runtime/tasks.py")

    assert len(owner) == 1
    assert [place for found in places.values() for place in found] == []


def test_everything_public_has_a_docstring() -> None:
    """Every public module, class, method and function of the package says what its name and types do not."""
    silent = [
        f"{named(file)}: {name}"
        for file in sorted(PACKAGE.rglob("*.py"))
        if "_bundled" not in file.parts
        for name in undocumented(ast.parse(text_of(file)), "")
    ]

    assert silent == []


def undocumented(node: ast.Module | ast.ClassDef, prefix: str) -> Iterator[str]:
    """Names of a module or class, itself included, that are public and have no docstring."""
    if ast.get_docstring(node) is None and (isinstance(node, ast.ClassDef) or node.body):
        yield prefix.rstrip(".") or "(module)"
    for child in node.body:
        if isinstance(child, ast.ClassDef) and not child.name.startswith("_"):
            yield from undocumented(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and needs_docstring(child):
            yield f"{prefix}{child.name}"


def needs_docstring(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function is public, no overload or override, and lacks a docstring."""
    if function.name.startswith("_") or ast.get_docstring(function) is not None:
        return False
    decorators = {
        ast.unparse(decorator).split("(")[0].split(".")[-1] for decorator in function.decorator_list
    }
    return not decorators & {"overload", "override", "setter", "deleter"}


def test_every_test_says_what_it_shows() -> None:
    """Each test function of the repository has a docstring."""
    silent = [
        f"{named(file)}:{node.lineno} {node.name}"
        for file in sorted((ROOT / "tests").rglob("test_*.py"))
        for node in ast.walk(ast.parse(text_of(file)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and ast.get_docstring(node) is None
    ]

    assert silent == []


def test_constraints_pin_every_dependency() -> None:
    """Each package that pyproject.toml asks for has one exact version in constraints.txt."""
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    asked = [
        *project["dependencies"],
        *(item for extra in project["optional-dependencies"].values() for item in extra),
    ]
    lines = [
        line for line in text_of(ROOT / "constraints.txt").splitlines() if line and not line.startswith("#")
    ]
    pinned = {canonical(line.split("==")[0]) for line in lines if "==" in line}

    assert [line for line in lines if "==" not in line] == []
    assert {canonical(re.split(r"[^\w.-]", item)[0]) for item in asked} - pinned == set()


def canonical(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def test_nothing_private_is_tracked() -> None:
    """No settings of one server, no database outside the tests, no copy of one and no log is tracked."""
    private = [
        named(file)
        for file in tracked_files()
        if file.name == ".env"
        or (file.name.endswith((".db", ".db-wal", ".db-shm", ".log")) and "tests" not in file.parts)
        or (file.is_relative_to(ROOT / "backups") and file.name != ".gitignore")
    ]

    assert private == []
