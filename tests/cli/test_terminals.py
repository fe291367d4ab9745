"""A terminal that has few letters: no command dies of it, and none fails after it has committed."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from modelus_bot.cli.terminal import console
from tests.cli.conftest import Command
from tests.cli.test_commands import environment
from tests.daily_size import FULL

SAMPLE = Path(__file__).parents[1] / "sample" / "rotation"
TERMINALS = {
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "LANG=C": {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "POSIX": {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}
COMMANDS = (
    ("migrate", "up"),
    ("import", "rotation", str(SAMPLE)),
    ("migrate", "status"),
    ("check",),
    ("config", "show"),
    ("config", "docs"),
    ("config", "example"),
    ("audit", "verify"),
    ("backup", "create"),
    ("backup", "list"),
    ("backup", "verify"),
    ("doctor",),
    ("database", "check"),
    ("database", "maintain"),
    ("journal", "list"),
    ("backup", "--help"),
)
FEW = (("migrate", "up"), ("import", "rotation", str(SAMPLE)), ("config", "docs"), ("backup", "--help"))
"""What is tried on each terminal; the first tries everything, the full size does on all."""
IN_TURN = """
import json, sys
from modelus_bot.cli import main
for words in json.loads(sys.argv[1]):
    sys.argv = ["modelus-bot", *words]
    try:
        main()
    except SystemExit as end:
        if end.code:
            raise
    print("\\nended", words[0])
"""
"""A program that runs commands one after the other; at full size each has a process of its own."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", TERMINALS)
def test_every_command_works(tmp_path: Path, name: str) -> None:
    """Names with letters that the terminal lacks are in the data and in the paths."""
    folder = tmp_path / "Büro – “Дом”"
    folder.mkdir()
    terminal = TERMINALS[name]
    commands = COMMANDS if name == "ascii" or FULL else FEW
    for together in [[words] for words in commands] if FULL else [commands]:
        done = subprocess.run(
            [sys.executable, "-c", IN_TURN, json.dumps(together)],
            cwd=folder, env=environment(tmp_path) | terminal, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (together, done.stdout, done.stderr)
        assert b"Traceback" not in done.stderr, together
        assert b"codec" not in done.stderr + done.stdout, together
        assert done.stdout.count(b"\nended ") == len(together), done.stdout
    with contextlib.closing(sqlite3.connect(folder / "data" / "modelus.db")) as connection:
        assert connection.execute("SELECT count(*) FROM users").fetchone()[0] > 10


def test_letters_that_are_lacking_have_stand_ins(tmp_path: Path) -> None:
    """Quotation marks and dashes stay readable; what has no stand-in is written as its number."""
    code = (
        "from modelus_bot.cli.terminal import speak_anywhere; speak_anywhere();"
        "print('“a” – … → ✓ Дом \\udcff')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONIOENCODING": "ascii"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == '"a" - ... -> + \\u0414\\u043e\\u043c \\udcff\n'


def test_nothing_that_is_printed_is_markup(capsys: pytest.CaptureFixture[str]) -> None:
    """A name in brackets is a name."""
    console().print("[archive] [red]x[/red] :smile:")
    assert capsys.readouterr().out == "[archive] [red]x[/red] :smile:\n"


def test_settings_with_brackets_are_shown(command: Command) -> None:
    """Tables take text as it is, too."""
    Path("config.toml").write_text('[archive]\nbinary = "[bold]x[/bold]"\n', encoding="utf-8")
    assert "[bold]x[/bold]" in command("config", "show").out
