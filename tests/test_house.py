"""The figures of the house that nobody should let slip, by the script that prints them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tools.habits import Habits, habits_of
from tools.house import DATABASE, House, Marks, files_crossed, largest_knot

ROOT = Path(__file__).resolve().parent.parent
MOST_OF_A_WRITE, MOST_OF_A_READ = 18, 12
"""Files of the database in which code runs; layers that only pass on would show."""


MOST_PATCHED, MOST_SLEEPS, MOST_SCENES, MOST_PRIVATE = 0, 2, 117, 67
"""What tests still do; these numbers may only fall. Numbers of the program are tunables, of which a test has
others by the fixture ``tuning``; it waits by ``eventually`` and asks a face. Two sleeps are those of
``tests.waiting`` of which scenes are made."""


def test_tests_take_no_more_liberties() -> None:
    """Patched constants, sleeps of a fixed time and looks inside other objects become fewer, never more."""
    found = habits_of(ROOT)
    assert len(found.constants) <= MOST_PATCHED, found.constants
    assert len(found.sleeps) <= MOST_SLEEPS, found.sleeps
    assert len(found.scenes) <= MOST_SCENES, found.scenes
    assert len(found.private) <= MOST_PRIVATE, found.private


@pytest.mark.parametrize(
    ("source", "counted"),
    [
        ('monkeypatch.setattr(module, "LOOK_SECONDS", 1)', (1, 0, 0)),
        ('monkeypatch.setattr("package.module.LOOK_SECONDS", 1)', (1, 0, 0)),
        ('monkeypatch.setattr(os, "fsync", failing)', (0, 0, 0)),
        ('monkeypatch.setattr(discord.http.Route, "BASE", address)', (0, 0, 0)),
        ("asyncio.sleep(0.1)", (0, 1, 0)),
        ("scene_of(0.1)", (0, 0, 0)),
        ("asyncio.sleep(0)", (0, 0, 0)),
        ("while not so():\n    time.sleep(0.1)", (0, 0, 0)),
        ("thing._inside.value", (0, 0, 1)),
        ("row._asdict()", (0, 0, 0)),
        ("class A:\n    def b(self, other):\n        self._c = other._c", (0, 0, 0)),
    ],
)
def test_a_liberty_is_seen(source: str, counted: tuple[int, int, int]) -> None:
    """Each kind counts once, and what is no such thing does not count."""
    found = Habits()
    found.look_at("file", ast.parse(source))
    assert (len(found.constants), len(found.sleeps), len(found.private)) == counted


@pytest.fixture(scope="module")
def house() -> House:
    """Return this checkout."""
    return House(ROOT)


def test_no_rooms_of_the_database_are_in_a_knot(house: House) -> None:
    """Each room can be understood before those that use it."""
    assert len(largest_knot(house.room_graph())) <= 1


def test_one_module_of_the_database_is_loose(house: House) -> None:
    """Everything but the manager is in a package."""
    loose = {name for name in house.files if name.rpartition(".")[0] == DATABASE} - house.packages
    assert loose == {f"{DATABASE}.manager"}


def test_the_database_is_used_through_its_faces(house: House) -> None:
    """What is imported above it comes from two modules."""
    assert {module for module, _ in house.across_the_face()} <= {DATABASE, f"{DATABASE}.administration"}


def test_lists_name_no_command_and_a_subject_once(house: House) -> None:
    """Covers stand for all: no list has their commands, and the list of subjects is the only one for all."""
    covers = Marks(house, "covers", ("overrides", "cover_cards"))
    assert covers.commands >= {"cover request", "cover take"}
    assert covers.classes >= {"CoverCommands", "CoverExpiry", "CoverButton"}
    assert covers.lists(house, subject=False) == []
    assert set(covers.lists(house, subject=True)) <= {
        "modelus_bot.subjects",
        "modelus_bot.subjects.notices.rules.kinds",
        "modelus_bot.subjects.oncall.invariants",
        "modelus_bot.subjects.rotation_import.writes.tally",
    }


@pytest.mark.slow
def test_what_operations_cross_is_measured(house: House) -> None:
    """A whole bot is started for it; with more around the database an operation crosses more, not less."""
    found = {asked: set(files) for asked, files in files_crossed(ROOT, house).items()}
    for kind in ("write", "read"):
        bare, whole = found[f"a {kind}, bare,"], found[f"a {kind}, in the bot,"]
        assert "manager.py" in bare < whole
        most = MOST_OF_A_WRITE if kind == "write" else MOST_OF_A_READ
        assert len(whole) <= most, sorted(whole)


def test_a_knot_and_a_list_are_seen(tmp_path: Path) -> None:
    """The figures count what they say: two rooms that import each other, a table of commands."""
    sources = {
        "modelus_bot/__init__.py": "",
        "modelus_bot/needs.py": 'NEEDS = {"cover take": "part"}\n',
        "modelus_bot/covers.py": '@app_commands.command(name="take")\ndef take(): ...\n',
        "modelus_bot/database/__init__.py": "",
        "modelus_bot/database/one/a.py": "from modelus_bot.database.two.b import B\n",
        "modelus_bot/database/two/b.py": "from modelus_bot.database.one.a import A\n",
    }
    for name, text in sources.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    house = House(tmp_path)
    assert largest_knot(house.room_graph()) == ["one", "two"]
    assert Marks(house, "covers", ()).lists(house, subject=False) == ["modelus_bot.needs"]
