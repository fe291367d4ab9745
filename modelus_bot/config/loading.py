"""Reads the settings: the file, then the environment, then what belongs in neither: the token."""

from __future__ import annotations

import copy
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from modelus_bot.bundled import default_config
from modelus_bot.config.keys import keys
from modelus_bot.config.models import Settings
from modelus_bot.config.problems import ConfigError, SettingOrigin, problems_of
from modelus_bot.config.variables import PREFIX, TOKEN, TOKEN_FILE, cleaned, listed, misspelt, variable_of
from modelus_bot.runtime.os_errors import in_words

__all__ = ["Loaded", "config_file", "load", "load_settings"]

LISTS = {"admin_ids", "reminder_days"}
"""Settings that are lists."""
Section = TypeVar("Section", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and where each of them comes from; what is in neither mapping has its default."""

    settings: Settings
    source: Path
    variables: Mapping[str, str]
    """The environment variable that set a key such as ``logging.level``."""
    written: Mapping[str, Any]
    """What the file says about a key, also where the environment replaces it."""


def config_file(path: Path | None = None) -> Path:
    """Return the file in which edits are expected, there or not: ``path``, else ``config.toml`` here."""
    return (path or Path("config.toml")).absolute()


def load_settings(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the file at ``path`` (default ``config.toml`` here, else the bundled one) and the environment.

    Raises ``ConfigError`` naming every key that is unknown or out of range.
    """
    return load(path, environment).settings


def load(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Loaded:
    """Do the same as ``load_settings`` and say where each setting comes from."""
    environment = cleaned(os.environ if environment is None else environment)
    wrong = list(misspelt(environment, _setting_variables()))
    if wrong:
        raise ConfigError("\n".join(wrong))
    source = path or _found(Path("config.toml")) or default_config()
    text = _read(source)
    document = _parse(text, source)
    if "token" in document:
        raise ConfigError(f"{source}: the token does not belong in this file, set DISCORD_TOKEN instead.")
    written = copy.deepcopy(document)
    origin = SettingOrigin(source, text, _merge_environment(document, environment))
    token = _token(environment)
    try:
        settings = Settings.model_validate(document | ({"token": token} if token else {}))
    except ValidationError as error:
        raise ConfigError("\n".join(problems_of(error, origin))) from None
    # The folder of the name, not of what a symbolic link leads to: mounted settings are swapped by links.
    base = Path.cwd() if source == default_config() else source.absolute().parent
    return Loaded(
        _with_absolute_paths(settings, base),
        source,
        {".".join(place): name for place, name in origin.variables.items() if len(place) == 2},
        {f"{section}.{key}": value for section, values in written.items() for key, value in values.items()},
    )


def _setting_variables() -> list[str]:
    return [variable_of(*key.split(".")) for key in keys()]


def _found(path: Path) -> Path | None:
    return path if path.is_file() else None


def _read(source: Path) -> str:
    try:
        return source.read_text("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{source}: cannot be read: {in_words(error)}.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{source}: is not UTF-8 text.") from error


def _parse(text: str, source: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{source}: {error}.") from error


def _merge_environment(
    document: dict[str, Any], environment: Mapping[str, str]
) -> dict[tuple[str, ...], str]:
    """Let ``MODELUS_BOT__SECTION__KEY`` replace what the file says; returns which variable set which key.

    Lists are separated by commas, in brackets or not; an empty value counts as not set.
    """
    variables: dict[tuple[str, ...], str] = {}
    for name, value in environment.items():
        if not name.startswith(PREFIX):
            continue
        section, _, key = name.removeprefix(PREFIX).lower().partition("__")
        target = document.setdefault(section, {})
        if not key or not isinstance(target, dict):
            raise ConfigError(f"{name}: is not a setting. Write {PREFIX}SECTION__KEY.")
        target[key] = listed(value) if key in LISTS else value
        variables[section, key] = variables[section,] = name
    return variables


def _token(environment: Mapping[str, str]) -> str | None:
    if token := environment.get(TOKEN):
        return token
    if name := environment.get(TOKEN_FILE):
        return _read(Path(name)).strip("\ufeff \t\r\n") or None
    return None


def _with_absolute_paths(settings: Settings, base: Path) -> Settings:
    def below(section: Section, *names: str) -> Section:
        """Return the section with its relative paths starting at ``base``."""
        found = {key: getattr(section, key) for key in names}
        return section.model_copy(
            update={key: base / path for key, path in found.items() if path is not None}
        )

    return settings.model_copy(
        update={
            "server": below(settings.server, "map_file"),
            "database": below(settings.database, "path"),
            "backup": below(settings.backup, "folder"),
            "archive": below(settings.archive, "folder"),
            "integrity": below(settings.integrity, "quarantine"),
            "sandbox": below(settings.sandbox, "path"),
            "logging": below(settings.logging, "file"),
        }
    )
