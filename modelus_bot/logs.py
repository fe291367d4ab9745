"""Logs: readable lines on the terminal, JSON lines in a rotated file, and no secret in either.

Code logs an event by name with its facts bound: ``logger.bind(path=path).info("database_opened")``.
What libraries log through the standard library arrives here as well, under the field ``logger``.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from loguru import logger

from modelus_bot.config import LoggingSettings, Settings

if TYPE_CHECKING:
    from loguru import Message, Record

__all__ = ["configure_logging", "hider"]

_SECRET_FIELD = re.compile(r"token|secret|password|authorization|cookie", re.IGNORECASE)
_SECRET_TEXT = re.compile(
    r"[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"  # a Discord bot token
    r"|(?<=/webhooks/)\d+/[\w-]{30,}"
    r"|(?<=Authorization: )[^\r\n]+"
)
_HIDDEN = "[hidden]"
_DETAIL = "_json"
_COLOURS = {"TRACE": "2", "DEBUG": "2", "INFO": "36", "WARNING": "33", "ERROR": "31", "CRITICAL": "1;31"}
# Below WARNING these describe their own inner workings, many lines for each operation.
_TALKATIVE = ("aiosqlite", "asyncio", "yoyo", "discord.http", "discord.gateway", "watchfiles")

# discord.py warns at every start that extras for voice are not installed; this bot does not speak.
_NO_CONCERN = "voice will NOT be supported"


@contextmanager
def configure_logging(settings: Settings, *, terminal: TextIO | bool | None = True) -> Iterator[None]:
    """Log as ``settings.logging`` says until the block ends, then take every sink off again.

    ``terminal`` is where readable lines go: True means standard error, False or None nowhere.
    A log file that cannot be opened is reported on the terminal and does not stop anything.
    """
    hide = hider(settings)
    level = settings.logging.level
    stream = sys.stderr if terminal is True else terminal or None
    with contextlib.suppress(ValueError):
        logger.remove(0)  # what loguru prints when nobody has configured it
    sinks: list[int] = []
    try:
        if stream is not None:
            lines = _TerminalLines(stream, hide)
            sinks.append(
                logger.add(lines, level=level, format=_only_exception, backtrace=False, diagnose=False)
            )
        if settings.logging.file is not None:
            sinks += _file_sink(settings.logging, settings.logging.file, hide)
        with _standard_library(level):
            yield
    finally:
        for sink in sinks:
            logger.remove(sink)


def _file_sink(settings: LoggingSettings, path: Path, hide: Callable[[str], str]) -> list[int]:
    def as_json(record: Record) -> str:
        record["extra"][_DETAIL] = hide(_json_line(record))
        return "{extra[" + _DETAIL + "]}\n"

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return [
            logger.add(
                path,
                level=settings.level,
                format=as_json,
                rotation=settings.rotation_megabytes * 1_000_000,
                retention=f"{settings.retention_days} days",
                encoding="utf-8",
                opener=_owner_only,
            )
        ]
    except OSError as error:
        logger.bind(path=str(path), error=str(error)).error("log_file_not_opened")
        return []


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class _TerminalLines:
    """Writes one line for each record, with its fields and, below it, its traceback."""

    def __init__(self, stream: TextIO, hide: Callable[[str], str]) -> None:
        self._stream = stream
        self._hide = hide
        self._coloured = stream.isatty() and "NO_COLOR" not in os.environ

    def __call__(self, message: Message) -> None:
        record = message.record
        level = record["level"].name
        shown = f"{level:<8}"
        if self._coloured:
            shown = f"\x1b[{_COLOURS.get(level, '0')}m{shown}\x1b[0m"
        fields = "".join(f" {key}={_shown(key, value)}" for key, value in _fields(record))
        text = f"{record['time']:%H:%M:%S} {shown} {_printable(record['message'])}{fields}\n{message}"
        self._stream.write(self._hide(text))
        self._stream.flush()


def _only_exception(_: Record) -> str:
    return "{exception}"


def _json_line(record: Record) -> str:
    line: dict[str, Any] = {
        "time": record["time"].astimezone(UTC).isoformat(timespec="milliseconds"),
        "level": record["level"].name,
        "event": record["message"],
        "module": record["extra"].get("logger", record["name"]),
    }
    fields = dict(_fields(record))
    line |= {key if key not in line else f"{key}_": _hidden(key, value) for key, value in fields.items()}
    if (raised := record["exception"]) is not None:
        line["exception"] = "".join(traceback.format_exception(raised.type, raised.value, raised.traceback))
    return json.dumps(line, ensure_ascii=False, default=str)


def _fields(record: Record) -> list[tuple[str, Any]]:
    return [(key, value) for key, value in record["extra"].items() if key != _DETAIL]


def _hidden(key: str, value: Any) -> Any:
    return _HIDDEN if _SECRET_FIELD.search(key) else value


def _shown(key: str, value: Any) -> str:
    text = str(_hidden(key, value))
    return (
        text
        if re.fullmatch(r"[^\s\"'=]+", text) and text.isprintable()
        else json.dumps(text, ensure_ascii=False)
    )


def _printable(text: str) -> str:
    """Keep line breaks, indented, and show other control characters as escapes."""
    lines = ("".join(c if c.isprintable() else repr(c)[1:-1] for c in line) for line in text.splitlines())
    return "\n    ".join(lines)


def hider(settings: Settings) -> Callable[[str], str]:
    """Return a function that replaces the bot's token, and whatever looks like one, in a text."""
    token = settings.token.get_secret_value() if settings.token is not None else ""
    known = [re.escape(form) for form in {token, json.dumps(token)[1:-1]} if form]
    secret = re.compile("|".join([*known, _SECRET_TEXT.pattern]))

    def hide(text: str) -> str:
        return secret.sub(_HIDDEN, text)

    return hide


class _ToLoguru(logging.Handler):
    """Passes the standard library's records on."""

    def emit(self, record: logging.LogRecord) -> None:
        if str(record.msg).endswith(_NO_CONCERN):
            return
        try:
            level: str | int = logger.level(record.levelname).name
        except ValueError:
            level = record.levelno
        logger.bind(logger=record.name).opt(exception=record.exc_info).log(level, record.getMessage())


@contextmanager
def _standard_library(level: str) -> Iterator[None]:
    root = logging.getLogger()
    handler = _ToLoguru()
    least = 5 if level == "TRACE" else logging.getLevelNamesMapping()[level]
    before = {name: logging.getLogger(name).level for name in _TALKATIVE}
    root_level = root.level
    root.addHandler(handler)
    root.setLevel(least)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(least if level == "TRACE" else max(least, logging.WARNING))
    logging.captureWarnings(capture=True)
    try:
        yield
    finally:
        logging.captureWarnings(capture=False)
        for name, old in before.items():
            logging.getLogger(name).setLevel(old)
        root.setLevel(root_level)
        root.removeHandler(handler)
