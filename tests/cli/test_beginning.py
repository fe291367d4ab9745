"""A machine without a database: no command begins an empty one while an earlier one left anything there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from modelus_bot.app import running
from modelus_bot.config import Settings
from tests.cli.conftest import Command

SAMPLE = Path(__file__).parents[1] / "sample" / "rotation"


@pytest.fixture
def copy(command: Command) -> str:
    """Leave a copy whose manifest is cut off on a machine without a database; return its name."""
    assert command("migrate", "up").code == 0
    name = command("backup", "create").out.split()[3].rstrip(":")
    shutil.rmtree("data")
    manifest = Path("backups", f"{name}.json")
    manifest.write_bytes(manifest.read_bytes()[:50])
    return name


@pytest.mark.parametrize(
    "words",
    [("migrate", "up"), ("import", "rotation", SAMPLE), ("check",)],
    ids=["migrate", "import", "check"],
)
def test_commands_begin_nothing(command: Command, copy: str, words: tuple[str, ...]) -> None:
    """They name what lies there and why it is not used, and what to do."""
    answer = command(*words)
    assert answer.code == 4
    assert f"backup {copy} ({copy}.json, which says what it holds, is cut off or altered)" in answer.err
    assert "“modelus-bot backup list” shows the copies" in answer.err
    assert "modelus-bot run --begin-anew" in answer.err
    assert not Path("data/modelus.db").exists()


def test_the_list_tells_what_is_there_from_nothing(command: Command, copy: str) -> None:
    """A copy that does not count is listed with the reason; checking it lets it count."""
    listed = command("backup", "list")
    assert "There is no backup yet" not in listed.out
    assert f"{copy} is not used: {copy}.json, which says what it holds, is cut off or altered." in listed.out
    assert "“modelus-bot backup verify” says what it is, and lets it count if it is whole." in listed.out
    told = command("doctor")
    assert told.code == 1
    assert "There is no database at" in told.out
    assert f"{copy} is whole" in command("backup", "verify", copy).out
    listed = command("backup", "list")
    assert "is not used" not in listed.out
    assert copy in listed.out
    shutil.rmtree("backups")
    assert "There is no backup yet" in command("backup", "list").out
    assert not Path("backups").exists()
    Path("backups").write_text("in the way")
    listed = command("backup", "list")
    assert listed.code == 1
    assert "Nobody can say which backups there are: " in listed.out
    assert "is no folder" in listed.out


def test_a_copy_without_a_manifest_can_be_restored_by_its_name(command: Command, copy: str) -> None:
    """It is checked first."""
    answer = command("backup", "restore", copy, "--yes")
    assert answer.code == 0, answer.err
    assert command("check").code == 0


@pytest.mark.parametrize("by", ["migrate", "run"])
def test_anew_on_purpose(command: Command, copy: str, monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    """What was there is set aside, not deleted, and an empty database is begun."""
    if by == "run":
        monkeypatch.setenv("DISCORD_TOKEN", "no-token-that-is-ever-sent")
        monkeypatch.setattr("modelus_bot.app.run_online", opened_without_login)
    answer = command("run", "--begin-anew") if by == "run" else command("migrate", "up", "--begin-anew")
    assert answer.code == 0, answer.err
    assert "What was there before is in " in answer.out
    assert command("check").code == 0
    assert "0 people" in command("check").out
    (kept,) = Path("backups").glob("earlier-*")
    assert {path.name for path in kept.iterdir()} == {copy, f"{copy}.json"}
    again = command("migrate", "up", "--begin-anew")
    assert "Nothing had to be set aside." in again.out


async def opened_without_login(settings: Settings, _token: str, **_: Any) -> None:
    """Start everything as the bot does, up to its login."""
    async with running(settings) as app:
        assert app.db.mode == "normal"


def test_links_are_looked_through_by_commands(command: Command, tmp_path: Path) -> None:
    """A hard link is refused by every command before anything is opened; a symbolic one leads to the file."""
    assert command("migrate", "up").code == 0
    Path("other").mkdir()
    Path("other/modelus.db").hardlink_to("data/modelus.db")
    for words in (("backup", "create"), ("backup", "list"), ("check",), ("migrate", "up")):
        answer = command(*words, "--database", "other/modelus.db")
        assert answer.code == 4
        assert "has a second name on its disk (a hard link)" in answer.err
    assert "has a second name on its disk" in command("doctor", "--database", "other/modelus.db").out
    assert [path.name for path in Path("other").glob("modelus*")] == ["modelus.db"]
    Path("other/modelus.db").unlink()
    Path("other/modelus.db").symlink_to(tmp_path / "data" / "modelus.db")
    assert command("import", "rotation", SAMPLE, "--database", "other/modelus.db").code == 0
    assert [path.name for path in Path("other").glob("modelus*")] == ["modelus.db"]
    assert "0 people" not in command("check").out
