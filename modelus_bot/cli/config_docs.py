"""Documents the settings from their own definitions, so that documents and code cannot disagree."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from modelus_bot.config import Settings, allowed_values

__all__ = ["reference", "template"]

_INTRODUCTION = """\
# Configuration

<!-- Made by: modelus-bot config docs > docs/configuration.md -->

Settings are read from `config.toml` in the folder the bot is started in; without one, the file that came
along is used, which has every setting at its default. Another file: `--config FILE` or `MODELUS_BOT_CONFIG`.
Relative paths start at the folder of that file, or at the current folder when there is none.

The environment replaces single settings: `MODELUS_BOT__SECTION__KEY`, for instance
`MODELUS_BOT__LOGGING__LEVEL=DEBUG`. Several ids are separated by commas. An empty value counts as not set.

The Discord token is read from `DISCORD_TOKEN`, or from the file that `DISCORD_TOKEN_FILE` names. It is
refused in `config.toml` and appears neither in logs nor in `modelus-bot config show`.

A mistake stops the start with one line for each problem: file and line, key, value, what is allowed.
`modelus-bot config check` does the same without starting. Changes take effect at the next start.
`modelus-bot config example` prints the whole file with its defaults.
"""
_HEADER = """\
# Model US Bot. Every setting with its default; docs/configuration.md says what is allowed.
# The Discord token does not belong here: set DISCORD_TOKEN, or DISCORD_TOKEN_FILE.
"""
_EXAMPLES = {
    "guild_id": "123456789012345678",
    "duty_channel_id": "123456789012345678",
    "file": '"logs/modelus.jsonl"',
}


def reference() -> str:
    """Return docs/configuration.md."""
    return _INTRODUCTION + "".join(_section(name, model) for name, model in _sections())


def template() -> str:
    """Return a config.toml with every setting, what it does, and its default."""
    return _HEADER + "".join(_toml(name, model) for name, model in _sections())


def _sections() -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in Settings.model_fields.items():
        model = field.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            yield name, model


def _section(name: str, model: type[BaseModel]) -> str:
    rows = "".join(
        f"| `{key}` | {_default(field)} | {allowed_values(model, key)} | {field.description} |\n"
        for key, field in model.model_fields.items()
    )
    return (
        f"\n## {name}\n\n{model.__doc__}\n\n| key | default | allowed | what it does |\n"
        f"| --- | --- | --- | --- |\n{rows}"
    )


def _default(field: FieldInfo) -> str:
    return "not set" if field.default is None else f"`{_value(field.default)}`"


def _toml(name: str, model: type[BaseModel]) -> str:
    lines = [f"\n[{name}]"]
    for key, field in model.model_fields.items():
        lines += textwrap.wrap(field.description or "", 100, initial_indent="# ", subsequent_indent="# ")
        unset = field.default is None
        lines.append(f"# {key} = {_EXAMPLES[key]}" if unset else f"{key} = {_value(field.default)}")
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    return json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)
