"""The environment as files and people write it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from modelus_bot.config import ConfigError, load_settings

ROOT = Path(__file__).resolve().parents[2]
ADMINS = "MODELUS_BOT__SERVER__ADMIN_IDS"
REMINDERS = "MODELUS_BOT__SERVER__REMINDER_DAYS"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return an empty file of settings."""
    path = tmp_path / "config.toml"
    path.write_text("", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "value",
    [
        "123456789012345678, 5",
        "[123456789012345678, 5]",
        "[123456789012345678,5]\r",
        '["123456789012345678", "5",]',
    ],
)
def test_lists_are_taken_as_the_message_shows_them(value: str, file: Path) -> None:
    """With and without brackets, as the sentence about a wrong one writes them."""
    assert load_settings(file, {ADMINS: value}).server.admin_ids == (123456789012345678, 5)


@pytest.mark.parametrize(("value", "days"), [("[14, 2]", (14, 2)), ("3", (3,)), ("[]", ())])
def test_days_of_reminders_are_a_list_too(value: str, days: tuple[int, ...], file: Path) -> None:
    """Of numbers; without any nobody is reminded."""
    assert load_settings(file, {REMINDERS: value}).server.reminder_days == days


@pytest.mark.parametrize("value", ["0", "61", "1.5", "week", "1,2,3,4,5,6"])
def test_days_of_reminders_that_cannot_be(value: str, file: Path) -> None:
    """The message says what a list of them looks like."""
    with pytest.raises(ConfigError, match="at most five whole numbers from 1 to 60"):
        load_settings(file, {REMINDERS: value})


def test_ends_of_lines_and_marks_of_editors_do_not_count(file: Path) -> None:
    """A container is given the lines of the file as they are, carriage returns and all."""
    settings = load_settings(
        file,
        {
            "\ufeffDISCORD_TOKEN": "abc\r",
            "MODELUS_BOT__LOGGING__LEVEL": "DEBUG\r",
            "MODELUS_BOT__SERVER__GUILD_ID": "5\r",
        },
    )
    assert settings.token is not None
    assert settings.token.get_secret_value() == "abc"
    assert (settings.logging.level, settings.server.guild_id) == ("DEBUG", 5)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("MODELUS_BOT__SERVER__GUILDID", "MODELUS_BOT__SERVER__GUILD_ID"),
        ("MODELUS_BOT__SERVR__GUILD_ID", "MODELUS_BOT__SERVER__"),
        ("MODELUS_BOT_SERVER__GUILD_ID", "MODELUS_BOT__SERVER__GUILD_ID"),
        ("modelus_bot__server__guild_id", "MODELUS_BOT__SERVER__GUILD_ID"),
        ("MODELUSBOT__LOGGING__LEVEL", "MODELUS_BOT__LOGGING__LEVEL"),
        ("MODELUS_BOT_CONFG", "MODELUS_BOT_CONFIG"),
        ("DISCORD_TOKENS", "DISCORD_TOKEN"),
        ("DISCORD_BOT_TOKEN", "DISCORD_TOKEN"),
        ("DISCORD_TOKN_FILE", "DISCORD_TOKEN_FILE"),
    ],
)
def test_a_misspelt_variable_is_named_with_the_nearest_one(name: str, near: str, file: Path) -> None:
    """Instead of being passed over, so that the bot runs with other settings than was meant."""
    with pytest.raises(ConfigError) as refused:
        load_settings(file, {name: "5"})
    assert str(refused.value).startswith(f"{name}: ")
    assert f"Did you mean {near}" in str(refused.value)


def test_variables_of_others_are_none_of_ours(file: Path) -> None:
    """Other programs have theirs, and an empty one is not set."""
    load_settings(
        file, {"DISCORD_WEBHOOK_URL": "x", "MODELUS_TEST_FULL": "1", "TOKEN": "x", "DISCORD_TOKENS": ""}
    )
    load_settings(file, {"DISCORD_TOKEN": "a", "DISCORD_BOT_TOKEN": "of another bot"})


def test_make_run_reads_a_file_from_windows(tmp_path: Path) -> None:
    """The lines of the Makefile, run by the shell as make does."""
    rule = next(
        line for line in (ROOT / "Makefile").read_text("utf-8").splitlines() if "CLEAN_ENV :=" in line
    )
    clean = rule.partition(":= ")[2].replace("$$", "$")
    env = tmp_path / ".env"
    env.write_bytes(b'\xef\xbb\xbfDISCORD_TOKEN=abc\r\n\r\n# a comment\r\nOTHER="two words"\r\n')
    script = f'set -eu; set -a; eval "$({clean} {env})"; printf "<%s><%s>" "$DISCORD_TOKEN" "$OTHER"'
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout == "<abc><two words>"
