"""Commands that root runs on the files of the bot's user leave nothing that the bot could not read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelus_bot.cli.acting import WrongUser, require_owner
from modelus_bot.runtime.ownership import decision, keep_rights, owner_of
from tests.other_user import OTHER, as_other, as_root, shared_place

SAMPLE = Path(__file__).parents[1] / "sample" / "rotation"


@pytest.fixture(scope="module")
def furnished() -> Iterator[Path]:
    """Return the folder of a bot that runs as another user, with a database of its own and a copy of it."""
    with shared_place() as place:
        for words in (("migrate", "up"), ("backup", "create")):
            done = as_other("-m", "modelus_bot", *words, cwd=place)
            assert done.returncode == 0, done.stderr
        yield place


@pytest.fixture
def site(furnished: Path) -> Iterator[Path]:
    """Return such a folder of one's own."""
    with shared_place() as place:
        subprocess.run(["cp", "-a", f"{furnished}/.", place], check=True)
        yield place


def sudo(place: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command as root in the bot's folder."""
    done = as_root("-m", "modelus_bot", *words, cwd=place)
    assert done.returncode == 0, done.stderr
    return done


def others(place: Path) -> list[str]:
    """Return what does not belong to the bot's user."""
    return [str(item) for item in (place, *place.rglob("*")) if item.lstat().st_uid != OTHER]


def test_whatever_root_does_the_bot_can_go_on(site: Path) -> None:
    """Copies, a restore, accepting, maintaining, importing: each leaves files of the bot's user only."""
    name = next(path.name for path in (site / "backups").glob("*.db"))
    for words in (
        ("import", "rotation", SAMPLE),
        ("backup", "create"),
        ("backup", "restore", name, "--yes"),
        ("database", "accept"),
        ("database", "maintain"),
        ("backup", "drill"),
        ("audit", "verify"),
    ):
        sudo(site, *words)
        assert others(site) == [], words
    done = as_other("-m", "modelus_bot", "doctor", cwd=site)
    assert "may not" not in done.stdout
    assert "cannot be written" not in done.stdout
    assert as_other("-m", "modelus_bot", "check", cwd=site).returncode == 0


def test_the_first_commands_of_all_are_roots() -> None:
    """Folders and database are made by root, in the folder of the bot's user, for that user."""
    with shared_place() as place:
        sudo(place, "migrate", "up")
        sudo(place, "backup", "create")
        assert others(place) == []
        assert as_other("-m", "modelus_bot", "check", cwd=place).returncode == 0


def test_what_root_left_behind_earlier_is_given_back(site: Path) -> None:
    """Files of an earlier version's commands come back with the next one."""
    for path in (site / "data").iterdir():
        os.chown(path, 0, 0)
    assert as_other("-m", "modelus_bot", "check", cwd=site).returncode != 0
    told = as_other("-m", "modelus_bot", "doctor", cwd=site).stdout
    assert "The user #54321 may not read" in told
    assert "chown #54321 FILE" in told
    sudo(site, "backup", "create")
    assert others(site) == []


def test_salvaged_rows_belong_to_whose_folder_it_is(site: Path, tmp_path: Path) -> None:
    """Root reads a file that the bot's user may not read, and leaves a new one that it may."""
    source = tmp_path / "damaged.db"
    shutil.copy(site / "data" / "modelus.db", source)
    sudo(site, "import", "rotation", SAMPLE)
    shutil.copy(site / "data" / "modelus.db", source)
    sudo(site, "database", "salvage", source, site / "rescued.db")
    assert others(site) == []


def test_root_works_where_the_user_cannot_run_the_program(site: Path, tmp_path: Path) -> None:
    """The program lies where only root may read: root does the work and hands over what it made."""
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    program = Path(__file__).parents[2]
    shutil.copytree(program / "modelus_bot", hidden / "modelus_bot")
    for name in ("migrations", "config.toml"):
        if (program / name).is_dir():
            shutil.copytree(program / name, hidden / name)
        else:
            shutil.copy(program / name, hidden)
    packages = os.pathsep.join([str(hidden), *(item for item in sys.path if item.endswith("site-packages"))])
    done = as_root("-m", "modelus_bot", "backup", "create", cwd=site, PYTHONPATH=packages)
    assert done.returncode == 0, done.stderr
    assert len(list((site / "backups").glob("*.db"))) == 2
    assert others(site) == []


def test_anybody_else_is_told_as_whom_to_run_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who could neither give the files back nor become their owner is refused before anything is touched."""
    if os.geteuid() != 0:
        pytest.skip("files of other users need root")
    file = tmp_path / "modelus.db"
    file.touch()
    os.chown(file, OTHER, OTHER)
    with shared_place() as place:
        done = as_other("-m", "modelus_bot", "--help", cwd=place)
        assert done.returncode == 0
        (place / "data").mkdir()
        (place / "data" / "modelus.db").touch()
        for item in (place / "data", place / "data" / "modelus.db"):
            os.chown(item, 12, 12)
            item.chmod(0o777)
        before = sorted(place.rglob("*"))
        done = as_other("-m", "modelus_bot", "backup", "create", cwd=place)
        assert done.returncode == 1
        name = owner_of(place / "data" / "modelus.db").name
        assert done.stderr.strip() == (
            f"{place}/data/modelus.db belongs to the user {name}, who could not read what you would write"
            f" there. Run the command as that user: sudo -u {name} modelus-bot …"
        )
        assert sorted(place.rglob("*")) == before
    monkeypatch.setattr("modelus_bot.cli.acting.decision", lambda _me, _owner: "refuse")
    with pytest.raises(WrongUser):
        require_owner(file)


@pytest.mark.parametrize(
    ("me", "owner", "what"),
    [
        (0, 0, "stay"),
        (7, 7, "stay"),
        (0, 7, "become"),
        (7, 8, "refuse"),
        (7, 0, "stay"),
    ],
)
def test_who_does_the_work(me: int, owner: int, what: str) -> None:
    """Root becomes the owner; the owner works; others are refused, but not where all is root's."""
    assert decision(me, owner) == what


def test_a_replaced_file_keeps_its_rights(tmp_path: Path) -> None:
    """Its mode stays, and with root its owner; without one before, the folder's owner has it."""
    made, replaced = tmp_path / "made", tmp_path / "replaced"
    made.touch(0o600)
    replaced.touch()
    replaced.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(replaced, OTHER, OTHER)
    keep_rights(made, replaced)
    facts = made.stat()
    assert facts.st_mode & 0o777 == 0o640
    assert facts.st_uid == (OTHER if os.geteuid() == 0 else os.geteuid())
    fresh = tmp_path / "fresh"
    fresh.touch(0o600)
    keep_rights(fresh, tmp_path / "nothing")
    assert (fresh.stat().st_uid, fresh.stat().st_mode & 0o777) == (os.geteuid(), 0o600)
