"""``doctor`` and ``check`` tell the truth, all of it, when things are as bad as they get."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import tempfile
from pathlib import Path

import pytest

from modelus_bot.cli.doctor_machine import folders
from modelus_bot.cli.doctor_map import own_map
from modelus_bot.cli.finding import Grade, findings_of
from modelus_bot.cli.outcome import ExitCode
from modelus_bot.cli.protecting import Protected, protection_of
from modelus_bot.config import ArchiveSettings, BackupSettings, ServerSettings, Settings
from modelus_bot.database.core.errors import BackupFailed
from tests.cli.conftest import Command
from tests.small_disk import small_disk


@pytest.fixture
def filled(command: Command) -> Path:
    """Return a database with one verified copy."""
    assert command("migrate", "up").code == 0
    assert command("backup", "create").code == 0
    return Path("data/modelus.db").absolute()


def remove(path: Path) -> None:
    """Delete the file and what lies beside it."""
    for part in path.parent.glob("modelus.db*"):
        part.unlink()


def test_a_file_that_is_gone_although_copies_are_left(filled: Path, command: Command) -> None:
    """Neither says that there is no database yet, and both exit with a code that says so."""
    remove(filled)
    answer, checked = command("doctor"), command("check")
    assert answer.code == ExitCode.FAILED
    assert f"✗ There is no database at {filled}, and none was begun, because something of an" in answer.out
    assert "The newest verified backup is" in answer.out
    assert checked.code == ExitCode.DATABASE
    assert "something of an earlier one is there: backup modelus-" in checked.err
    assert "start the bot, which restores it" in checked.err


def test_an_empty_file_does_not_hide_that_there_was_one(filled: Path, command: Command) -> None:
    """Nor does a database without a table: the bot would make its own of it."""
    remove(filled)
    filled.touch()
    for _ in range(2):
        answer, checked = command("doctor"), command("check")
        assert (answer.code, checked.code) == (ExitCode.FAILED, ExitCode.DATABASE)
        assert "something of an earlier one is there: backup modelus-" in answer.out
        with contextlib.closing(sqlite3.connect(filled)) as connection:
            connection.execute("PRAGMA user_version=1")


@pytest.mark.parametrize("left", ["archive", "snapshot", "journal", "quarantine"])
def test_whatever_is_left_of_it_counts(command: Command, left: str) -> None:
    """An archive, a snapshot, saved changes or a file that was set aside say that there was one."""
    place = {
        "archive": Path("backups/archive/modelus.db/ltx/0/1-1.ltx"),
        "snapshot": Path("data/modelus.snapshot/manifest.json"),
        "journal": Path("data/modelus.deferred.jsonl"),
        "quarantine": Path("data/quarantine/modelus-20260331T120000Z/modelus.db"),
    }[left]
    place.parent.mkdir(parents=True)
    place.write_bytes(b"something")
    answer = command("check")
    assert answer.code == ExitCode.DATABASE
    assert "something of an earlier one is there" in answer.err


def test_an_overwritten_copy_is_found(filled: Path, command: Command) -> None:
    """Its sha256 is compared by default; one bit less and it is no backup any more."""
    copy = next(Path("backups").glob("*.db"))
    content = bytearray(copy.read_bytes())
    content[5000] ^= 1
    copy.write_bytes(content)
    answer = command("doctor")
    assert answer.code == ExitCode.FAILED
    assert f"The backup {copy.name} is not whole: its content is not what it was made with" in answer.out
    assert "There is no verified backup." in answer.out
    copy.unlink()
    assert f"The backup {copy.name} is not there, only its manifest." in command("doctor").out


def test_everything_is_checked_when_that_is_asked_for(filled: Path, command: Command) -> None:
    """``--full`` looks at pages and rows as well."""
    answer = command("doctor", "--full")
    assert answer.code == 0, answer.out
    assert ", checked completely." in answer.out


def test_nothing_is_made_by_looking(command: Command, tmp_path: Path) -> None:
    """On a new machine there are findings and nothing else."""
    command("doctor")
    assert [*tmp_path.iterdir()] == []


def test_no_finding_hides_the_others(filled: Path, command: Command) -> None:
    """A link that leads nowhere in the place of the database, and everything else is told all the same."""
    remove(filled)
    filled.symlink_to("/nowhere/modelus.db")
    answer = command("doctor")
    assert answer.code == ExitCode.FAILED
    assert "is a link that leads nowhere" in answer.out
    assert "The newest verified backup is" in answer.out
    assert "No restore has been rehearsed yet" in answer.out


async def test_what_cannot_be_looked_at_is_a_finding() -> None:
    """Whatever is raised while one thing is looked at."""

    async def forbidden() -> list[object]:
        raise PermissionError(13, "Permission denied", "/x")

    async def failing() -> list[object]:
        raise BackupFailed("the archive does not answer")

    found = [*await findings_of("archive", failing), *await findings_of("log", forbidden)]  # type: ignore[arg-type]
    assert [(item.grade, item.about) for item in found] == [(Grade.BAD, "archive"), (Grade.BAD, "log")]
    assert found[0].text == "The archive could not be looked at: the archive does not answer."
    assert found[1].text.startswith("The log could not be looked at: /x may not be used")


def test_brackets_are_printed_as_they_are(filled: Path, command: Command) -> None:
    """``[archive]`` is what has to be typed."""
    Path("config.toml").write_text('[archive]\nbinary = "no-such-program"\n', encoding="utf-8")
    assert "install modelus-bot[archive]." in command("doctor").out


def test_a_full_disk_and_one_that_is_read_only(tmp_path: Path, command: Command) -> None:
    """Both are told, with everything else, and are no success."""
    with small_disk(tmp_path / "disk", "12m") as disk:
        Path("config.toml").write_text(f'[database]\npath = "{disk}/modelus.db"\n', encoding="utf-8")
        assert command("migrate", "up").code == 0
        assert command("backup", "create").code == 0
        full = command("doctor")
        assert full.code == ExitCode.FAILED
        assert "The disk of the database is full" in full.out
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        locked = command("doctor")
        assert locked.code == ExitCode.FAILED
        assert "is on a disk that is mounted for reading only" in locked.out
        assert "The newest verified backup is" in locked.out


def test_json_has_keys_that_stay(filled: Path, command: Command) -> None:
    """Programs read what is documented in docs/operating.md."""
    shown = json.loads(command("doctor", "--json").out)
    assert set(shown) == {"ok", "database", "findings"}
    assert shown["ok"] is True
    assert {finding["about"] for finding in shown["findings"]} == {
        "archive", "sqlite", "clock", "disk", "folders", "database", "backups", "drills", "journal",
        "discord", "quarantine",
    }  # fmt: skip
    assert all(set(finding) == {"about", "grade", "text"} for finding in shown["findings"])
    remove(filled)
    gone = command("doctor", "--json")
    assert gone.code == ExitCode.FAILED
    assert json.loads(gone.out)["ok"] is False


def test_a_folder_of_somebody_else_is_named() -> None:
    """Copies that root made, and the bot's user looks: neither "no backup yet" nor a sick disk."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        kept = BackupSettings(folder=place / "backups")
        settings = Settings(backup=kept, archive=ArchiveSettings(mode="off"))
        (place / "backups").mkdir(0o700)
        place.chmod(0o755)
        protected = Protected(protection_of(settings, place / "modelus.db"))
        before = os.geteuid()
        if before == 0:
            os.seteuid(65534)
        else:
            (place / "backups").chmod(0)
        try:
            found = folders(settings, place / "modelus.db")
            listing = protected.backups.listing()
        finally:
            os.seteuid(before)
            (place / "backups").chmod(0o700)
    assert any("The folder of the backups cannot be used: the folder " in item.text for item in found)
    assert f"{place}/backups may not be read by the user " in listing.trouble
    assert not listing.empty


def test_a_map_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """With its path and what to do; a good one is counted, and none is no finding."""
    path = tmp_path / "map.svg"
    settings = Settings(server=ServerSettings(map_file=path))
    assert own_map(Settings()) == []
    (missing,) = own_map(settings)
    assert missing.grade is Grade.BAD
    assert missing.text.endswith(f"It is {path}.")
    path.write_text("<svg><rect id='A' width='1' height='1'/></svg>", "utf-8")
    (fine,) = own_map(settings)
    assert (fine.grade, fine.text) == (Grade.FINE, "Regions on the map of nations: 1.")
