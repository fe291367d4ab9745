"""Documents the settings from their own definitions, so that documents and code cannot disagree."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from modelus_bot.config import Section, allowed_values, applies_live
from modelus_bot.config.keys import sections

__all__ = ["reference", "template"]

_INTRODUCTION = """\
# Configuration

<!-- Made by: modelus-bot config docs > docs/configuration.md -->

Settings are read from `config.toml` in the folder the bot is started in; without one, the file that came
along is used, which has every setting at its default. Another file: `--config FILE` or `MODELUS_BOT_CONFIG`.
Relative paths start at the folder of that file, or at the current folder when there is none.

The environment replaces single settings: `MODELUS_BOT__SECTION__KEY`, for instance
`MODELUS_BOT__LOGGING__LEVEL=DEBUG`. Several ids or days are separated by commas. An empty value counts as
not set.

The Discord token is read from `DISCORD_TOKEN`, or from the file that `DISCORD_TOKEN_FILE` names. It is
refused in `config.toml` and appears neither in logs nor in `modelus-bot config show`.

A mistake stops the start with one line for each problem: file and line, key, value, what is allowed.
`modelus-bot config check` does the same without starting, `modelus-bot config show` prints what is in effect
and where each value comes from, `modelus-bot config example` prints the whole file with its defaults.

While the bot runs, edits of the file are noticed within a second. Those of settings marked *at once* reach
the running parts; the others are logged as waiting for the next start. An edit with a mistake changes nothing
at all and is reported in the same words. A file that is deleted or emptied changes nothing either. The
environment is read at the start only, and goes on winning over the file.
"""
_HEADER = """\
# Model US Bot. Every setting with its default; docs/configuration.md says what is allowed.
# The Discord token does not belong here: set DISCORD_TOKEN, or DISCORD_TOKEN_FILE.
"""
_EXAMPLES = {
    "guild_id": "123456789012345678",
    "duty_channel_id": "123456789012345678",
    "alert_channel_id": "123456789012345678",
    "weekly_channel_id": "123456789012345678",
    "triage_channel_id": "123456789012345678",
    "archive_channel_id": "123456789012345678",
    "feed_channel_id": "123456789012345678",
    "map_file": '"map.svg"',
    "file": '"logs/modelus.jsonl"',
}


def reference() -> str:
    """Return docs/configuration.md."""
    return _INTRODUCTION + "".join(_section(name, model) for name, model in sections())


def template() -> str:
    """Return a config.toml with every setting, what it does, and its default."""
    return _HEADER + "".join(_toml(name, model) for name, model in sections())


def _section(name: str, model: type[Section]) -> str:
    rows = "".join(
        f"| `{key}` | {_default(field)} | {allowed_values(model, key)} | {_applies(field)} |"
        f" {field.description} |\n"
        for key, field in model.model_fields.items()
    )
    return (
        f"\n## {name}\n\n{model.__doc__}\n\n| key | default | allowed | an edit applies | what it does |\n"
        f"| --- | --- | --- | --- | --- |\n{rows}"
    )


def _applies(field: FieldInfo) -> str:
    return "at once" if applies_live(field) else "at the next start"


def _default(field: FieldInfo) -> str:
    return "not set" if field.default is None else f"`{_value(field.default)}`"


def _toml(name: str, model: type[Section]) -> str:
    lines = [f"\n[{name}]"]
    for key, field in model.model_fields.items():
        lines += textwrap.wrap(field.description or "", 100, initial_indent="# ", subsequent_indent="# ")
        unset = field.default is None
        lines.append(f"# {key} = {_EXAMPLES[key]}" if unset else f"{key} = {_value(field.default)}")
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    return json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)
