"""The command line: what each command says, its exit code, and that nobody sees a stack trace."""

import asyncio
import os
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from modelus_bot import __version__
from modelus_bot.cli.config_docs import reference, template
from modelus_bot.cli.outcome import ExitCode, report
from modelus_bot.config import DatabaseSettings
from modelus_bot.database.core.context import Context
from modelus_bot.database.core.errors import ConstraintViolated, DatabaseBusy, DiskFull
from modelus_bot.database.manager import DatabaseManager
from modelus_bot.domain.refusals import Refusal
from modelus_bot.sandbox import SandboxUnavailable
from modelus_bot.subjects.disciplines.model import DEFAULT_DISCIPLINES
from modelus_bot.subjects.disciplines.writes import EnsureDisciplines
from tests.cli.conftest import Command


def test_help_names_every_command_and_code(command: Command) -> None:
    """Somebody new sees what there is and what the exit codes mean."""
    shown = command("--help")

    assert shown.code == 0
    for word in ("run", "sandbox", "check", "config", "migrate", "import", "audit", "Exit codes"):
        assert word in shown.out


def test_version(command: Command) -> None:
    """The version is printed alone, for scripts."""
    assert command("--version").out == f"{__version__}\n"


def test_wrong_usage_is_code_2(command: Command) -> None:
    """An unknown command or option is told on standard error."""
    for arguments in (["dance"], ["check", "--fast"], ["import", "rotation"]):
        answer = command(*arguments)
        assert answer.code == ExitCode.USAGE
        assert "Traceback" not in answer.err
        assert answer.err


def test_check_before_the_first_start(command: Command, tmp_path: Path) -> None:
    """Without a database the check is fine and creates nothing."""
    answer = command("check")

    assert answer.code == 0
    assert "does not exist yet" in answer.out
    assert list(tmp_path.iterdir()) == []


def test_check_finds_missing_migrations(command: Command, tmp_path: Path) -> None:
    """A file without the schema is code 5, and says what to run; afterwards it is fine."""
    (tmp_path / "data").mkdir()
    sqlite3.connect(tmp_path / "data" / "modelus.db").close()
    (tmp_path / "data" / "modelus.db").touch()

    before = command("check")
    status = command("migrate", "status")
    applied = command("migrate", "up")
    again = command("migrate", "up")
    after = command("check")

    assert (before.code, status.code) == (ExitCode.SCHEMA, ExitCode.SCHEMA)
    assert "modelus-bot migrate up" in before.err
    assert re.search(r"0001\.core +missing", status.out)
    assert applied.out.startswith("Applied: 0001.core, ")
    assert "nothing was changed" in again.out
    assert after.code == 0
    assert "its schema is current" in after.out


def test_check_names_a_damaged_database(command: Command, tmp_path: Path) -> None:
    """A file that is no database is code 4 with a sentence and a reference."""
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"this is no database, whatever its name says" * 100)

    answer = command("check", "--database", broken)

    assert answer.code == ExitCode.DATABASE
    assert "is no database, or encrypted." in answer.err
    assert "Traceback" not in answer.err


def test_a_wrong_setting_is_code_3(command: Command, tmp_path: Path) -> None:
    """Every command refuses to start with settings that cannot be used."""
    (tmp_path / "config.toml").write_text("[sandbox]\nport = 99999\n", encoding="utf-8")

    for arguments in (["check"], ["config", "check"], ["run"], ["migrate", "status"], ["audit", "verify"]):
        answer = command(*arguments)
        assert answer.code == ExitCode.CONFIGURATION
        assert answer.err.startswith("config.toml:2: sandbox.port cannot be 99999.")
        assert answer.out == ""


def test_another_settings_file_can_be_named(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``--config`` and MODELUS_BOT_CONFIG name the file; one that is not there is an error."""
    other = tmp_path / "other.toml"
    other.write_text("[sandbox]\nport = 4321\n", encoding="utf-8")

    assert "4321" in command("--config", other, "config", "show").out
    monkeypatch.setenv("MODELUS_BOT_CONFIG", str(other))
    assert "4321" in command("config", "show").out
    assert command("--config", tmp_path / "none.toml", "config", "check").code == ExitCode.CONFIGURATION


def test_config_show_never_shows_the_token(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether there is a token is shown, the token is not."""
    monkeypatch.setenv("DISCORD_TOKEN", "very-secret-token")

    answer = command("config", "show")

    assert "Discord token: set" in answer.out
    assert "very-secret-token" not in answer.out + answer.err
    assert "database.queue_limit" in answer.out


def test_config_docs_and_example(command: Command, tmp_path: Path) -> None:
    """What is printed are the document and a settings file that can be used."""
    assert command("config", "docs").out == reference()
    example = command("config", "example").out

    assert example == template()
    (tmp_path / "config.toml").write_text(example, encoding="utf-8")
    assert command("config", "check").code == 0


def test_audit_verify(command: Command, tmp_path: Path) -> None:
    """A whole log is code 0; after an entry was altered it is code 1 and names that entry."""
    path = tmp_path / "audit.db"
    asyncio.run(fill(path))

    whole = command("audit", "verify", "--database", path)
    alter(path, 3)
    broken = command("audit", "verify", "--database", path)

    assert whole.code == 0
    assert whole.out.startswith("The audit log is whole: 5 entries")
    assert broken.code == ExitCode.FAILED
    assert "entry 3" in broken.err


def test_audit_verify_without_a_database(command: Command, tmp_path: Path) -> None:
    """A database that is not there is not created to find it empty."""
    answer = command("audit", "verify", "--database", tmp_path / "none.db")

    assert answer.code == ExitCode.DATABASE
    assert "There is no file at" in answer.err
    assert list(tmp_path.iterdir()) == []


async def fill(path: Path) -> None:
    """Make a database whose audit log has five entries."""
    async with DatabaseManager(path, DatabaseSettings(path=path)) as db:
        assert await db.write(EnsureDisciplines(disciplines=DEFAULT_DISCIPLINES), Context()) == 5


def alter(path: Path, entry: int) -> None:
    """Change an audit entry by hand, as nobody may."""
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER audit_no_update")
    connection.execute("UPDATE audit_logs SET reason = 'another' WHERE id = ?", (entry,))
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (DatabaseBusy("locked"), ExitCode.DATABASE, "reference"),
        (DiskFull("no space"), ExitCode.DATABASE, "no space"),
        (
            Refusal("Only project managers may do this."),
            ExitCode.FAILED,
            "Only project managers may do this.",
        ),
        (ConstraintViolated(kind="check", rule="sprint_date_order"), ExitCode.FAILED, "sprint"),
        (SandboxUnavailable("The port is taken."), ExitCode.FAILED, "The port is taken."),
        (PermissionError(13, "Permission denied", "/x"), ExitCode.FAILED, "/x may not be "),
        (KeyError(), ExitCode.FAILED, "KeyError"),
    ],
)
def test_every_failure_is_a_sentence(
    capsys: pytest.CaptureFixture[str], error: Exception, code: ExitCode, words: str
) -> None:
    """Whatever was raised, standard error gets plain sentences and the caller a code."""
    assert report(error) == code
    shown = capsys.readouterr()
    assert words in shown.err
    assert shown.out == ""
    assert "Traceback" not in shown.err


def environment(folder: Path) -> dict[str, str]:
    """Return variables for a program of its own that puts its files into ``folder``."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MODELUS_BOT", "DISCORD"))}
    root = Path(__file__).resolve().parent.parent.parent
    return kept | {
        "PYTHONPATH": str(root),
        "MODELUS_BOT__SANDBOX__PORT": "0",
        "MODELUS_BOT__SANDBOX__PATH": str(folder / "sandbox.db"),
    }


def test_as_a_module(tmp_path: Path) -> None:
    """``python -m modelus_bot`` is the same program, and a refusal there is no stack trace either."""
    run = [sys.executable, "-m", "modelus_bot", "audit", "verify", "--database", "none.db"]
    done = subprocess.run(
        run, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, check=False
    )

    assert done.returncode == ExitCode.DATABASE
    assert done.stderr.startswith("There is no file at none.db. ")
    assert done.stderr.count("\n") == 1


def test_run_without_a_token_is_the_sandbox_and_stops_when_asked(tmp_path: Path) -> None:
    """``run`` opens the page, and Ctrl+C ends it with code 0."""
    pytest.importorskip("simcord", reason="simcord is not installed")
    program = subprocess.Popen(
        [sys.executable, "-m", "modelus_bot", "run"],
        cwd=tmp_path,
        env=environment(tmp_path) | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert program.stdout is not None
        lines = [program.stdout.readline() for _ in range(2)]
        assert "no DISCORD_TOKEN" in lines[0]
        assert lines[1].startswith("Sandbox: http://127.0.0.1:")
        program.send_signal(signal.SIGINT)
        program.communicate(timeout=60)
    finally:
        program.kill()
        program.wait()

    assert program.returncode == 0
    assert (tmp_path / "sandbox.db").stat().st_size > 0
