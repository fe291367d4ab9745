"""Numbers that hold for good, but for tests."""

from __future__ import annotations

import ast
import threading
from pathlib import Path

import pytest

from modelus_bot.runtime.tunables import Pause, Pauses, Tunable, is_tuned, tuned

TIMEOUT = Tunable(5.0)
FIRST, CAP = Pause(0.5), Pause(10.0)
AGAIN = Pauses((0.001, 2.0, 30.0))


def values() -> tuple[object, ...]:
    """Return what holds now."""
    return (TIMEOUT.value, FIRST.value, CAP.value, AGAIN.value)


AS_STATED = (5.0, 0.5, 10.0, (0.001, 2.0, 30.0))


def test_what_is_stated_holds() -> None:
    """Nothing needs to be set up for that."""
    assert not is_tuned()
    assert values() == AS_STATED


def test_pauses_become_short() -> None:
    """None is longer, there are as many, and how long others are waited for stays."""
    with tuned(pauses=0.01):
        assert is_tuned()
        assert values() == (5.0, 0.01, 0.01, (0.001, 0.01, 0.01))
    assert not is_tuned()
    assert values() == AS_STATED


def test_one_number_is_changed() -> None:
    """Also a pause that is longer than all others may be."""
    with tuned(TIMEOUT.at(0.25), CAP.at(3.0), pauses=0.01):
        assert values() == (0.25, 0.01, 3.0, (0.001, 0.01, 0.01))


def test_inside_each_other() -> None:
    """What holds outside goes on to hold inside, and again afterwards, whatever happens in between."""
    with tuned(TIMEOUT.at(1.0), FIRST.at(0.2)):

        def inside() -> None:
            with tuned(FIRST.at(0.3), pauses=0.05):
                assert values() == (1.0, 0.3, 0.05, (0.001, 0.05, 0.05))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            inside()
        assert values() == (1.0, 0.2, 10.0, (0.001, 2.0, 30.0))
    assert values() == AS_STATED


def test_it_holds_for_other_threads() -> None:
    """The writer's thread and the loop of the bot are others than the test's."""
    found: list[object] = []
    with tuned(TIMEOUT.at(0.25)):
        thread = threading.Thread(target=lambda: found.append(TIMEOUT.value))
        thread.start()
        thread.join()
    assert found == [0.25]


def test_the_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bot that serves people cannot be switched over from outside."""
    for name in ("TESTING", "MODELUS_TESTING", "MODELUS_TEST_FULL", "PYTEST_CURRENT_TEST"):
        monkeypatch.setenv(name, "1")
    assert values() == AS_STATED


ROOT = Path(__file__).parents[2]
HERE = "from modelus_bot.runtime.tunables import"


def test_nothing_in_the_package_enters_the_mode_of_tests() -> None:
    """Whoever tunes is a test or a program of the tests; the package only states and reads."""
    tuning = [
        str(file.relative_to(ROOT))
        for file in (ROOT / "modelus_bot").rglob("*.py")
        if file.name != "tunables.py" and {"tuned", "is_tuned", "TunedValue", "at"} & names_of_tunables(file)
    ]
    assert tuning == []


def names_of_tunables(file: Path) -> set[str]:
    """Return what a module imports from here, and ``at`` where it calls that of a constant."""
    tree = ast.parse(file.read_text("utf-8"))
    return {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and f"from {node.module} import" == HERE
        for alias in node.names
    } | {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id.isupper()
    }


def test_the_rule_sees_who_tunes(tmp_path: Path) -> None:
    """Both ways count, reading does not."""
    file = tmp_path / "module.py"
    file.write_text(
        "from modelus_bot.runtime.tunables import Pause\nFIRST = Pause(1.0)\nprint(FIRST.value)\n"
    )
    assert names_of_tunables(file) == {"Pause"}
    file.write_text(f"{HERE} tuned\nwith tuned(FIRST.at(2.0)):\n    pass\n")
    assert names_of_tunables(file) == {"tuned", "at"}
