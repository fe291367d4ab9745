"""Logs: what reaches the terminal and the file, and what never does."""

import asyncio
import io
import json
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from loguru import logger

from modelus_bot.config import LoggingSettings, Settings
from modelus_bot.logs import configure_logging

TOKEN = 'MTIz"odd.token'
LOOKS_LIKE_A_TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789AB"


@pytest.fixture(autouse=True)
def nothing_is_left_behind() -> Iterator[None]:
    """Every test leaves the standard library's loggers as it found them, and no sink behind."""
    root = logging.getLogger()
    before = (root.level, list(root.handlers), logging.getLogger("aiosqlite").level)

    yield

    assert (root.level, list(root.handlers), logging.getLogger("aiosqlite").level) == before
    assert set(logger._core.handlers) <= {0}  # type: ignore[attr-defined]


def settings(file: Path | None = None, level: str = "INFO", **more: Any) -> Settings:
    """Return settings that log to ``file``."""
    return Settings.model_validate({"token": TOKEN, "logging": {"level": level, "file": file, **more}})


def logged(path: Path) -> list[dict[str, Any]]:
    """Return the JSON lines of a file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_the_terminal_gets_one_readable_line() -> None:
    """An event is shown with time, level, name and fields; text with spaces is quoted."""
    shown = io.StringIO()
    with configure_logging(settings(), terminal=shown):
        logger.bind(path="/data/my file.db", count=3).info("database_opened")

    time, level, event, fields = shown.getvalue().rstrip("\n").split(maxsplit=3)
    assert time.count(":") == 2
    assert (level, event) == ("INFO", "database_opened")
    assert fields == 'path="/data/my file.db" count=3'
    assert "\x1b" not in shown.getvalue()


@pytest.mark.parametrize(("level", "shown"), [("INFO", False), ("WARNING", True), ("ERROR", True)])
def test_a_stack_stands_below_the_line(tmp_path: Path, level: str, shown: bool) -> None:
    """As a traceback does, where something is wrong; the file has it in any case. Secrets are in neither."""
    stream, path = io.StringIO(), tmp_path / "log.jsonl"
    stack = f'  File "a.py", line 1, in go\n    send(token="{"s3cret" * 5}")\nQueryFailed: no'
    with configure_logging(Settings(logging=LoggingSettings(file=path)), terminal=stream):
        logger.bind(reference="A1", stack=stack).log(level, "failed")
    first, *below = stream.getvalue().splitlines()
    assert first.endswith("failed reference=A1")
    assert [line.strip() for line in below[::2]] == (
        ['File "a.py", line 1, in go', "QueryFailed: no"] if shown else []
    )
    (line,) = [json.loads(item) for item in path.read_text("utf-8").splitlines()]
    assert line["stack"].splitlines()[0] == stack.splitlines()[0]
    assert "s3cret" not in stream.getvalue() + path.read_text("utf-8")


def test_the_file_gets_json_lines(tmp_path: Path) -> None:
    """Each record is one JSON object with its fields as they are; the file is its owner's only."""
    path = tmp_path / "logs" / "bot.jsonl"
    with configure_logging(settings(path), terminal=None):
        logger.bind(count=3, names=["a", "b"], path=tmp_path).warning("something {not} <formatted>")

    (line,) = logged(path)
    assert line["event"] == "something {not} <formatted>"
    assert (line["level"], line["count"], line["names"]) == ("WARNING", 3, ["a", "b"])
    assert line["path"] == str(tmp_path)
    assert line["time"].endswith("+00:00")
    assert path.stat().st_mode & 0o077 == 0


def test_only_the_chosen_level_and_above(tmp_path: Path) -> None:
    """Records below the configured level reach neither terminal nor file, whoever logs them."""
    path, shown = tmp_path / "bot.jsonl", io.StringIO()
    with configure_logging(settings(path, "WARNING"), terminal=shown):
        logger.info("quiet")
        logging.getLogger("somebody").info("quiet too")
        logger.warning("loud")
        logging.getLogger("somebody").error("louder")

    assert [line["event"] for line in logged(path)] == ["loud", "louder"]
    assert len(shown.getvalue().splitlines()) == 2


def test_libraries_log_here_too(tmp_path: Path) -> None:
    """Records of discord, yoyo and asyncio arrive with their logger's name, arguments and traceback."""
    path = tmp_path / "bot.jsonl"
    with configure_logging(settings(path), terminal=None):
        logging.getLogger("discord.client").warning("shard %s of {brace}", 3)
        try:
            raise ValueError("broken")
        except ValueError:
            logging.getLogger("yoyo").exception("it failed")

    first, second = logged(path)
    assert (first["logger"], first["event"]) == ("discord.client", "shard 3 of {brace}")
    assert second["exception"].rstrip().endswith("ValueError: broken")


def test_talkative_libraries_are_heard_only_at_trace(tmp_path: Path) -> None:
    """Aiosqlite's description of every call is no use at DEBUG; its warnings are."""
    for level, heard in (("DEBUG", ["trouble"]), ("TRACE", ["executing", "trouble"])):
        path = tmp_path / f"{level}.jsonl"
        with configure_logging(settings(path, level), terminal=None):
            logging.getLogger("aiosqlite").debug("executing")
            logging.getLogger("aiosqlite").warning("trouble")
        assert [line["event"] for line in logged(path)] == heard


def test_warnings_are_logged(tmp_path: Path) -> None:
    """What Python warns about at run time is a record, not a stray line on the terminal."""
    path = tmp_path / "bot.jsonl"
    with configure_logging(settings(path), terminal=None), warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn("soon gone", DeprecationWarning, stacklevel=1)

    assert any("soon gone" in line["event"] for line in logged(path))


@pytest.mark.parametrize("secret", [TOKEN, LOOKS_LIKE_A_TOKEN])
def test_no_token_is_written(tmp_path: Path, secret: str) -> None:
    """The bot's token, and anything that looks like one, is hidden in messages, fields and tracebacks."""
    path, shown = tmp_path / "bot.jsonl", io.StringIO()
    with configure_logging(settings(path), terminal=shown):
        logger.bind(header=f"Bot {secret}", nested={"a": [secret]}).info(f"logging in with {secret}")
        logging.getLogger("discord.http").warning("sent %s", secret)
        try:
            raise ValueError(secret)
        except ValueError:
            logger.exception("failed")

    escaped = json.dumps(secret)[1:-1]
    for text in (path.read_text("utf-8"), shown.getvalue()):
        assert secret not in text
        assert escaped not in text
        assert "[hidden]" in text
    assert len(logged(path)) == 3


def test_fields_called_like_secrets_are_hidden(tmp_path: Path) -> None:
    """A field named token, password, secret or authorization never shows its value."""
    path, shown = tmp_path / "bot.jsonl", io.StringIO()
    with configure_logging(settings(path), terminal=shown):
        logger.bind(api_token="t1", password="p1", Authorization="a1", client_secret="s1").info("signed_in")

    for value in ("t1", "p1", "a1", "s1"):
        assert f'"{value}"' not in path.read_text("utf-8")
        assert f"={value}" not in shown.getvalue()


def test_a_message_cannot_forge_another_line() -> None:
    """Line breaks and control characters in messages and fields do not start a new record."""
    shown = io.StringIO()
    with configure_logging(settings(), terminal=shown):
        logger.bind(name="x\n12:00:00 ERROR forged").info("first\n12:00:00 ERROR forged\x1b[2J")

    lines = shown.getvalue().splitlines()
    assert sum(line.startswith("12:00:00") for line in lines) == 0
    assert "\x1b" not in shown.getvalue()


def test_the_file_is_rotated_and_old_ones_go(tmp_path: Path) -> None:
    """A file over its size is put aside under another name and a new one is begun."""
    path = tmp_path / "bot.jsonl"
    with configure_logging(settings(path, rotation_megabytes=1), terminal=None):
        for number in range(12):
            logger.bind(number=number, text="x" * 100_000).info("large")

    files = sorted(tmp_path.glob("bot*.jsonl"))
    assert len(files) == 2
    numbers = sorted(line["number"] for file in files for line in logged(file))
    assert numbers == list(range(12))
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)


def test_a_file_that_cannot_be_opened_stops_nothing(tmp_path: Path) -> None:
    """The terminal says so and goes on."""
    (tmp_path / "blocked").write_text("a file where a folder should be", encoding="utf-8")
    shown = io.StringIO()
    with configure_logging(settings(tmp_path / "blocked" / "bot.jsonl"), terminal=shown):
        logger.info("still_here")

    assert "log_not_written" in shown.getvalue()
    assert "still_here" in shown.getvalue()


async def test_tasks_log_with_their_own_fields(tmp_path: Path) -> None:
    """Fields bound in one task do not appear in another's records."""
    path = tmp_path / "bot.jsonl"

    async def work(number: int) -> None:
        with logger.contextualize(task=number):
            await asyncio.sleep(0)
            logger.bind(number=number).info("worked")

    with configure_logging(settings(path), terminal=None):
        await asyncio.gather(*(work(number) for number in range(5)))

    assert all(line["task"] == line["number"] for line in logged(path))


def test_the_defaults_log_no_database_operation() -> None:
    """INFO is the default; operations are DEBUG."""
    assert LoggingSettings().level == "INFO"
