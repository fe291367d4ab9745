"""Settings: what can be configured, its defaults and ranges, and errors that name the key.

``config.toml`` is read first, then the environment: ``MODELUS_BOT__DATABASE__SYNCHRONOUS=NORMAL``
replaces ``[database] synchronous``. The Discord token is read from ``DISCORD_TOKEN`` or from the
file that ``DISCORD_TOKEN_FILE`` names, never from ``config.toml``.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails

from modelus_bot.bundled import default_config

__all__ = [
    "ConfigError",
    "DatabaseSettings",
    "LoggingSettings",
    "SandboxSettings",
    "ServerSettings",
    "Settings",
    "load_settings",
]

PREFIX = "MODELUS_BOT__"
Seconds = Annotated[float, Field(gt=0, le=3600)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ServerSettings(_Section):
    """The community server and its calendar."""

    guild_id: int | None = Field(
        None,
        ge=1,
        description=(
            "Discord id of the server; without it commands are registered everywhere,"
            " which takes Discord up to an hour."
        ),
    )
    timezone: str = Field(
        "America/New_York", description="IANA time zone of the server's calendar days and hand-overs."
    )
    handoff: str = Field(
        "08:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="Time of day (HH:MM) at which duty passes to the next sprint's holders.",
    )
    admin_ids: tuple[int, ...] = Field(
        (), description="Discord ids of members who are administrators of the bot whatever their roles."
    )
    duty_channel_id: int | None = Field(
        None, ge=1, description="Discord id of the channel for cover requests and hand-overs."
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("is not a time zone, write one like America/New_York") from error
        return value

    @property
    def handoff_minute(self) -> int:
        """Minutes after midnight at which duty passes on."""
        hours, minutes = self.handoff.split(":")
        return int(hours) * 60 + int(minutes)


class DatabaseSettings(_Section):
    """The database file, how durable writes are, and how long everything may wait."""

    path: Path = Field(
        Path("data/modelus.db"),
        description="The SQLite file; relative paths start at the folder of config.toml.",
    )
    synchronous: Literal["FULL", "NORMAL"] = Field(
        "FULL",
        description="FULL keeps acknowledged writes through a power cut, NORMAL through a crash of the bot.",
    )
    busy_slice: Seconds = Field(0.25, description="Seconds one attempt waits for another program's lock.")
    write_deadline: Seconds = Field(
        8.0, description="Seconds a write may wait before its author is told that the database is busy."
    )
    read_deadline: Seconds = Field(5.0, description="Seconds a query may take.")
    long_read_deadline: Seconds = Field(
        60.0, description="Seconds a long query (search, export, verification) may take."
    )
    queue_limit: int = Field(
        2000, ge=1, le=100_000, description="Writes that may wait; one more is refused at once."
    )
    group_limit: int = Field(256, ge=1, le=4096, description="Writes that one COMMIT carries at most.")
    close_deadline: Seconds = Field(
        5.0, description="Seconds closing may take before what hangs is left behind."
    )
    breaker_failures: int = Field(
        5,
        ge=1,
        le=1000,
        description="Failures in a row after which operations are refused at once while it is probed.",
    )
    breaker_probe_first: Seconds = Field(
        1.0, description="Seconds until the first probe; the pause doubles from there."
    )
    breaker_probe_cap: Seconds = Field(5.0, description="Longest pause between two probes in seconds.")
    reopen_attempts: int = Field(
        5,
        ge=1,
        le=100,
        description="Attempts at reopening a lost connection before it counts as lost for good.",
    )
    reopen_base: Seconds = Field(1.0, description="Seconds before the second attempt; doubles from there.")
    reopen_cap: Seconds = Field(30.0, description="Longest pause between two attempts in seconds.")
    slow_operation: Seconds = Field(
        0.25, description="Operations that take at least this many seconds are logged as slow."
    )


class LoggingSettings(_Section):
    """What is logged and where."""

    level: Literal["TRACE", "DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO",
        description="Least important level that is logged; DEBUG adds every database operation.",
    )
    file: Path | None = Field(
        None, description="File for JSON lines, rotated; without it only the terminal is written to."
    )
    rotation_megabytes: int = Field(
        10, ge=1, le=10_000, description="Size at which the file is rotated, in megabytes."
    )
    retention_days: int = Field(14, ge=1, le=3650, description="Days rotated files are kept.")


class SandboxSettings(_Section):
    """The bot in a browser page, without a Discord account."""

    host: str = Field("127.0.0.1", description="Address the page is served at; keep it on this machine.")
    port: int = Field(8765, ge=0, le=65535, description="Port of the page; 0 takes a free one.")
    path: Path = Field(Path("data/sandbox.db"), description="The sandbox's own SQLite file.")


class Settings(_Section):
    """Everything that can be configured."""

    server: ServerSettings = ServerSettings()
    database: DatabaseSettings = DatabaseSettings()
    logging: LoggingSettings = LoggingSettings()
    sandbox: SandboxSettings = SandboxSettings()
    token: SecretStr | None = Field(None, exclude=True)


class ConfigError(Exception):
    """The configuration cannot be used; the text has one plain line for each problem."""


def load_settings(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the file at ``path`` (default ``config.toml`` here, else the bundled one) and the environment.

    Raises ``ConfigError`` naming every key that is unknown or out of range.
    """
    environment = os.environ if environment is None else environment
    source = path or _found(Path("config.toml")) or default_config()
    text = _read(source)
    document = _parse(text, source)
    _merge_environment(document, environment)
    token = _token(environment)
    if "token" in document:
        raise ConfigError(f"{source}: the token does not belong in this file, set DISCORD_TOKEN instead")
    try:
        settings = Settings.model_validate(document | ({"token": token} if token else {}))
    except ValidationError as error:
        raise ConfigError("\n".join(_problems(error, source, text))) from None
    base = Path.cwd() if source == default_config() else source.resolve().parent
    return _with_absolute_paths(settings, base)


def _found(path: Path) -> Path | None:
    return path if path.is_file() else None


def _read(source: Path) -> str:
    try:
        return source.read_text("utf-8")
    except OSError as error:
        raise ConfigError(f"{source}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{source}: is not UTF-8 text") from error


def _parse(text: str, source: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source}: {error}") from error


def _merge_environment(document: dict[str, Any], environment: Mapping[str, str]) -> None:
    """Let ``MODELUS_BOT__SECTION__KEY`` replace what the file says; lists are comma-separated."""
    for name, value in environment.items():
        if not name.startswith(PREFIX):
            continue
        section, _, key = name.removeprefix(PREFIX).lower().partition("__")
        target = document.setdefault(section, {})
        if not isinstance(target, dict):
            raise ConfigError(f"{name}: [{section}] is not a section")
        target[key] = (
            [part.strip() for part in value.split(",") if part.strip()] if key == "admin_ids" else value
        )


def _token(environment: Mapping[str, str]) -> str | None:
    if token := environment.get("DISCORD_TOKEN", "").strip():
        return token
    if name := environment.get("DISCORD_TOKEN_FILE", "").strip():
        return _read(Path(name)).strip() or None
    return None


def _with_absolute_paths(settings: Settings, base: Path) -> Settings:
    database = settings.database.model_copy(update={"path": base / settings.database.path})
    sandbox = settings.sandbox.model_copy(update={"path": base / settings.sandbox.path})
    logging = settings.logging
    if logging.file is not None:
        logging = logging.model_copy(update={"file": base / logging.file})
    return settings.model_copy(update={"database": database, "sandbox": sandbox, "logging": logging})


def _problems(error: ValidationError, source: Path, text: str) -> Iterator[str]:
    for problem in error.errors():
        keys = [str(part) for part in problem["loc"] if isinstance(part, str)]
        yield f"{source}{_line_of(keys, text)}: {'.'.join(keys)}: {_what(problem, keys)}"


def _what(problem: ErrorDetails, keys: list[str]) -> str:
    if problem["type"] == "extra_forbidden":
        near = difflib.get_close_matches(keys[-1], _known_keys(keys[:-1]), n=1)
        return "is not a setting" + (f"; did you mean {near[0]}?" if near else "")
    message = problem["msg"].removeprefix("Value error, ")
    return f"{problem['input']!r}: {message[:1].lower()}{message[1:]}"


def _known_keys(section: list[str]) -> list[str]:
    if not section:
        return [name for name in Settings.model_fields if name != "token"]
    field = Settings.model_fields.get(section[0])
    model = field.annotation if field is not None else None
    return list(model.model_fields) if isinstance(model, type) and issubclass(model, BaseModel) else []


def _line_of(keys: list[str], text: str) -> str:
    """Return ``:LINE`` of the key in the file, or nothing when it is not written there."""
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if found := re.match(r"\s*\[([\w.]+)\]", line):
            section = found[1]
            if keys == [section]:
                return f":{number}"
        elif re.match(rf"\s*{re.escape(keys[-1])}\s*=", line) and section == ".".join(keys[:-1]):
            return f":{number}"
    return ""
