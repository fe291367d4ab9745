"""``config``: what is in effect, where it comes from, and whether a file could be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelus_bot.cli.outcome import ExitCode
from modelus_bot.config import applies_live
from modelus_bot.config.keys import field_of, keys
from tests.cli.conftest import Command


def rows(shown: str) -> dict[str, list[str]]:
    """Return the table's cells by setting."""
    cells = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in shown.splitlines()]
    return {line[0]: line[1:] for line in cells if line and "." in line[0]}


def test_show_says_where_each_value_comes_from(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """File, variable or default, and whether an edit applies at once; every setting has a row."""
    (tmp_path / "config.toml").write_text(
        '[logging]\nlevel = "ERROR"\nretention_days = 3\n[sandbox]\nport = 5\n', encoding="utf-8"
    )
    monkeypatch.setenv("MODELUS_BOT__LOGGING__LEVEL", "DEBUG")

    shown = rows(command("config", "show").out)

    assert list(shown) == list(keys())
    assert shown["logging.level"] == ["DEBUG", "MODELUS_BOT__LOGGING__LEVEL", "at once"]
    assert shown["logging.retention_days"] == ["3", "config.toml", "at once"]
    assert shown["sandbox.port"] == ["5", "config.toml", "at the next start"]
    assert shown["database.synchronous"] == ["FULL", "default", "at the next start"]
    for key, cells in shown.items():
        assert (cells[-1] == "at once") is applies_live(field_of(key)), key


def test_show_hides_secrets_in_addresses(command: Command, tmp_path: Path) -> None:
    """A password that somebody put into an address is not shown."""
    (tmp_path / "config.toml").write_text(
        '[archive]\nendpoint = "https://bot:swordfish9@s3.example.org"\n', encoding="utf-8"
    )

    shown = command("config", "show").out

    assert "s3.example.org" in shown
    assert "swordfish9" not in shown


def test_check_takes_a_file(command: Command, tmp_path: Path) -> None:
    """A file can be checked before it becomes the one in use; each mistake is a line that helps."""
    (tmp_path / "config.toml").write_text("[sandbox]\nport = 5\n", encoding="utf-8")
    draft = tmp_path / "draft.toml"
    draft.write_text("[sandbox]\nprot = 5\n[database]\nqueue_limit = 0\n[loging]\n", encoding="utf-8")

    assert command("config", "check").code == ExitCode.OK
    answer = command("config", "check", "--file", draft)

    assert answer.code == ExitCode.CONFIGURATION
    assert sorted(answer.err.splitlines()) == [
        f"{draft}:2: sandbox.prot is not a setting. Did you mean sandbox.port?",
        f"{draft}:4: database.queue_limit cannot be 0. Allowed: a whole number, at least 1, at most 100 000.",
        f"{draft}:5: loging is not a setting. Did you mean [logging]?",
    ]
