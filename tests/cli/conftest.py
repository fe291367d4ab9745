"""The command line, run inside the test's process, in an empty folder without the operator's variables."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from modelus_bot.cli import main

Command = Callable[..., "Answer"]


@dataclass(frozen=True)
class Answer:
    """What a command left behind: its exit code, and what it wrote where."""

    code: int
    out: str
    err: str


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Return a function that runs ``modelus-bot`` with arguments."""
    for name in [*os.environ]:
        if name.startswith(("MODELUS_BOT", "DISCORD_TOKEN")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path) -> Answer:
        monkeypatch.setattr(sys, "argv", ["modelus-bot", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        return Answer(int(ended.value.code or 0), shown.out, shown.err)

    return run
