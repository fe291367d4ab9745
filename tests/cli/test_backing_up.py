"""Lists that can be read anywhere, copies verified by name, by path or all, moments as in Discord."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from modelus_bot.cli.outcome import ExitCode
from modelus_bot.domain.moments import parse_moment
from modelus_bot.domain.refusals import InvalidInput
from tests.cli.conftest import Command


@pytest.fixture
def copies(command: Command) -> list[Path]:
    """Return two verified copies, the newest first."""
    assert command("migrate", "up").code == 0
    for _ in range(2):
        assert command("backup", "create").code == 0
    return sorted(Path("backups").absolute().glob("*.db"), reverse=True)


def test_all_are_verified_without_a_name_and_any_file_by_its_path(
    copies: list[Path], command: Command, tmp_path: Path
) -> None:
    """Each has its line; one that is not whole makes the command fail."""
    everything = command("backup", "verify")
    assert everything.code == 0
    assert [line.split()[0] for line in everything.out.splitlines()] == [
        copy.name for copy in sorted(copies, key=lambda copy: len(copy.name), reverse=True)
    ]
    elsewhere = tmp_path / "usb stick.db"
    shutil.copy(copies[0], elsewhere)
    assert command("backup", "verify", elsewhere, copies[1]).code == 0
    elsewhere.write_bytes(copies[0].read_bytes()[:-4096])
    copies[1].write_bytes(bytes(copies[1].stat().st_size))
    failed = command("backup", "verify", "--json")
    assert failed.code == ExitCode.FAILED
    shown = json.loads(failed.out)
    assert {backup["name"]: backup["ok"] for backup in shown["backups"]} == {
        copies[0].name: True,
        copies[1].name: False,
    }
    assert set(shown["backups"][0]) == {"name", "ok", "problems", "rows", "audit_id", "checked"}
    assert shown["ok"] is False
    cut = command("backup", "verify", elsewhere)
    assert cut.code == ExitCode.FAILED
    assert "is not whole and does not count as a backup" in cut.out


def test_without_a_copy_verifying_is_no_success(command: Command) -> None:
    """Nothing was checked, so nothing is fine."""
    answer = command("backup", "verify")
    assert answer.code == ExitCode.FAILED
    assert "There is no backup yet." in answer.out


@pytest.mark.parametrize("columns", ["80", "40", "200"])
def test_the_list_is_the_same_everywhere(
    copies: list[Path], command: Command, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    """A line per copy of at most 80 characters, name first, on a terminal or in a pipe."""
    monkeypatch.setenv("COLUMNS", columns)
    lines = command("backup", "list").out.splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["name", *(item["name"] for item in listed(command))]
    assert all(len(line) <= 80 for line in lines[:3])
    assert all(line.endswith("verified") for line in lines[1:3])


def listed(command: Command) -> list[dict[str, object]]:
    """What programs read of the list."""
    shown = json.loads(command("backup", "list", "--json").out)
    assert set(shown) == {"backups", "not_counted", "trouble", "archive", "archive_trouble"}
    assert set(shown["backups"][0]) == {
        "name", "made_at", "kind", "bytes", "rows", "audit_id", "verified", "rehearsed_at", "path",
    }  # fmt: skip
    return list(shown["backups"])


def test_a_copy_without_its_manifest_is_named(copies: list[Path], command: Command) -> None:
    """It is there, and it does not count: both are said."""
    Path(f"{copies[0]}.json").write_text("{", encoding="utf-8")
    why = f"{copies[0].name}.json, which says what it holds, is cut off or altered"
    assert f"{copies[0].name} is not used: {why}." in command("backup", "list").out
    shown = json.loads(command("backup", "list", "--json").out)
    assert shown["not_counted"] == [{"name": copies[0].name, "why": why}]
    copies[1].unlink()
    assert f"{copies[1].name} is not there, only its manifest." in command("backup", "list").out
    answer = command("backup", "verify")
    assert answer.code == 0, answer.out
    assert f"{copies[0].name} is whole" in answer.out
    assert "is not used" not in command("backup", "list").out


def test_what_nobody_can_look_into_is_no_success(command: Command) -> None:
    """Neither an empty list nor "there is no backup yet" where that is not known."""
    Path("backups").write_text("in the way", encoding="utf-8")
    listed, verified = command("backup", "list", "--json"), command("backup", "verify")
    assert (listed.code, verified.code) == (ExitCode.FAILED, ExitCode.FAILED)
    assert "is no folder" in json.loads(listed.out)["trouble"]
    assert "Nobody can say which backups there are: " in verified.out
    assert "There is no backup yet" not in verified.out


@pytest.mark.parametrize("text", ["2026-03-31 14:30", "14:30", "20 minutes ago", "2026-03-31T12:30:00Z"])
def test_a_moment_is_written_as_in_discord(text: str) -> None:
    """In the server's zone, or in the one that it names."""
    zone, now = ZoneInfo("Europe/Berlin"), 1774961000.0
    expected = {"20 minutes ago": now - 1200, "2026-03-31T12:30:00Z": 1774960200.0}
    assert parse_moment(text, now, zone) == expected.get(text, 1774960200.0)


def test_a_moment_that_is_none_is_refused_in_a_sentence(command: Command) -> None:
    """The same sentence as in Discord."""
    assert command("migrate", "up").code == 0
    answer = command("backup", "preview", "--at", "yesterday-ish")
    assert answer.code == ExitCode.FAILED
    assert "is not a moment. Write a moment as 2026-03-31 14:30" in answer.err
    with pytest.raises(InvalidInput):
        parse_moment("yesterday-ish", time.time(), ZoneInfo("UTC"))


def test_what_programs_read_of_the_others(command: Command) -> None:
    """``migrate status``, ``database check`` and ``journal list`` have JSON, too."""
    assert command("migrate", "up").code == 0
    status = json.loads(command("migrate", "status", "--json").out)
    assert set(status) == {"ok", "migrations", "differences"}
    assert status["ok"] is True
    assert set(status["migrations"][0]) == {"id", "applied"}
    checked = json.loads(command("database", "check", "--json").out)
    assert set(checked) == {
        "ok", "path", "nature", "damaged", "complete", "problems", "rows", "audit_id", "seconds",
    }  # fmt: skip
    assert (checked["ok"], checked["nature"]) == (True, "ours")
    assert json.loads(command("journal", "list", "--json").out) == {
        "ok": True, "waiting": [], "settled": 0, "damaged": 0,
    }  # fmt: skip
    Path("config.toml").write_text("[metrics]\nport = 9\n", encoding="utf-8")
    health = command("health", "--json")
    assert health.code == ExitCode.FAILED
    assert json.loads(health.out)["ok"] is False
