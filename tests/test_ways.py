"""Every declared extra and every documented way to run, run: with and without, on each Python, as anybody."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.daily_size import FULL

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "tests" / "ways.py"
OTHERS = ("python3.12", "python3.13")
SECONDS = 120.0
AS_NOBODY = ("setpriv", "--reuid=65534", "--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override")


def environment(folder: Path, *without: str) -> dict[str, str]:
    """Return one in which the packages ``without`` cannot be imported, here and in children."""
    hidden = folder / "hidden"
    hidden.mkdir()
    for name in without:
        (hidden / f"{name}.py").write_text(f"raise ImportError('{name} is not installed')\n")
    (hidden / "sitecustomize.py").write_text(
        "import importlib.util\n"
        "find = importlib.util.find_spec\n"
        f"hidden = {without!r}\n"
        "importlib.util.find_spec = lambda name, *rest: None if name in hidden else find(name, *rest)\n"
    )
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DISCORD_", "MODELUS_", "COV_"))
    }
    path = os.pathsep.join(map(str, (hidden, ROOT)))
    return kept | {"PYTHONPATH": path, "MODELUS_BOT__METRICS__SERVE": "off"}


def run_bot(
    folder: Path, variables: dict[str, str], *, python: str = sys.executable, before: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Run the whole bot in an empty folder and return what it says of itself."""
    place = folder / "empty"
    place.mkdir(mode=0o777)
    place.chmod(0o777)
    done = subprocess.run(
        [*before, python, str(PROGRAM)],
        cwd=place, env=variables, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert answer["mode"] == "normal", done.stderr[-4000:]
    assert answer["copy"] == "verified"
    assert answer["sound"]
    assert "can't" not in done.stderr
    return answer


@pytest.fixture(scope="module")
def with_everything(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what a bot says that has whatever is installed here."""
    folder = tmp_path_factory.mktemp("everything")
    return run_bot(folder, environment(folder))


@pytest.mark.skipif(importlib.util.find_spec("uvloop") is None, reason="uvloop is not installed")
def test_with_uvloop(with_everything: dict[str, Any]) -> None:
    """Children are started there, too."""
    assert with_everything["loop"] == "uvloop"
    assert with_everything["archiving"] == with_everything["archive"]


@pytest.mark.skipif(importlib.util.find_spec("matplotlib") is None, reason="matplotlib is not installed")
def test_with_charts(with_everything: dict[str, Any]) -> None:
    """A child draws a picture."""
    assert with_everything["picture"] is True


EXTRAS = ("uvloop", "matplotlib", "litestream")
WITHOUT = [EXTRAS, *((name,) for name in EXTRAS if FULL)]


@pytest.mark.parametrize("missing", WITHOUT, ids=" ".join)
def test_without_what_is_optional(
    tmp_path: Path, with_everything: dict[str, Any], missing: tuple[str, ...]
) -> None:
    """The standard library's event loop, no picture, nothing archived; everything else goes on.

    All at once; at full size also each alone, with the others there.
    """
    variables = environment(tmp_path, *(name for name in missing if name != "litestream"))
    if "litestream" in missing:
        variables["MODELUS_BOT__ARCHIVE__BINARY"] = str(tmp_path / "none")
    answer = run_bot(tmp_path, variables)
    assert answer["loop"] == ("asyncio" if "uvloop" in missing else with_everything["loop"])
    assert answer["picture"] is ("matplotlib" not in missing and with_everything["picture"])
    assert answer["archive"] is ("litestream" not in missing and with_everything["archive"])
    assert answer["archiving"] == answer["archive"]


@pytest.mark.parametrize("name", OTHERS)
def test_another_python(tmp_path: Path, name: str) -> None:
    """Each version that is supported, with whatever extras it has."""
    python = other_python(name)
    assert run_bot(tmp_path, environment(tmp_path), python=python)["python"] == [
        int(part) for part in name.removeprefix("python").split(".")
    ]


def other_python(name: str) -> str:
    """Return a Python of that version that has what the bot needs; skips where there is none."""
    places = os.environ.get("MODELUS_PYTHONS", "").split(os.pathsep)
    found = [shutil.which(name, path=place) for place in (*filter(None, places), os.environ["PATH"])]
    candidates = [python for python in found if python is not None]
    if not candidates:
        pytest.skip(f"{name} is not on this machine; MODELUS_PYTHONS names folders to look in")
    for python in candidates:
        needed = "import aiosqlite, discord, loguru, pydantic_settings, tenacity, yoyo, watchfiles, typer"
        if subprocess.run([python, "-c", needed], capture_output=True, check=False).returncode == 0:
            return python
    pytest.skip(f"{name} is here, but does not have what the bot needs")


@pytest.mark.skipif(
    os.getuid() != 0 or shutil.which("setpriv") is None, reason="only root may become somebody else"
)
def test_as_a_user_without_a_home(tmp_path: Path) -> None:
    """No folder of its own, no HOME, no name that anybody knows."""
    for place in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        place.chmod(0o755)
    variables = environment(tmp_path)
    for name in ("HOME", "USER", "LOGNAME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        variables.pop(name, None)
    run_bot(tmp_path, variables, before=AS_NOBODY)
