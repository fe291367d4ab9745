"""What is said about settings that cannot be used: where, which key, which value, what is allowed."""

from __future__ import annotations

import re
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from modelus_bot.config.models import Settings
from modelus_bot.config.section import TIME_OF_DAY, DiscordId
from modelus_bot.config.variables import PREFIX, variable_of
from modelus_bot.text.likeness import nearest

__all__ = ["ConfigError", "SettingOrigin", "allowed_values", "problems_of"]

_KINDS: dict[Any, str] = {
    int: "a whole number",
    float: "a number",
    str: "text",
    Path: "a path",
    DiscordId: "a Discord id, digits only, for instance `123456789012345678`",
}
_SPECIAL = {
    "timezone": 'an IANA time zone, for instance `"America/New_York"`',
    "reminder_days": "a list of at most five whole numbers from 1 to 60, for instance `[7, 1]`",
    "admin_ids": "a list of Discord ids, for instance `[123456789012345678]`",
}
_FORMS = {TIME_OF_DAY: 'a time of day from `00:00` to `23:59`, for instance `"05:30"`'}
"""What text of a pattern looks like, in words."""


class ConfigError(Exception):
    """The configuration cannot be used; the text has one plain line for each problem."""


@dataclass(frozen=True, slots=True)
class SettingOrigin:
    """Where settings came from: the file, its text, and the environment variable of a replaced key."""

    source: Path
    text: str
    variables: Mapping[tuple[str, ...], str]


def allowed_values(model: type[BaseModel], key: str) -> str:
    """Describe what a setting may be: its kind, range or choices."""
    field = model.model_fields[key]
    if key in _SPECIAL:
        return _SPECIAL[key]
    kind = (
        next((part for part in get_args(field.annotation) if part is not type(None)), field.annotation)
        if get_origin(field.annotation) in (Union, types.UnionType)
        else field.annotation
    )
    if get_origin(kind) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(kind))
    pattern = next((part.pattern for part in field.metadata if getattr(part, "pattern", None)), "")
    return _FORMS.get(pattern) or _KINDS.get(kind, "a value") + _range(field.metadata)


def problems_of(error: ValidationError, origin: SettingOrigin) -> Iterator[str]:
    """Yield one line for each problem."""
    for problem in error.errors(include_url=False):
        keys = tuple(str(part) for part in problem["loc"] if isinstance(part, str))
        by_variable = keys in origin.variables
        what = _what(problem, keys, by_variable=by_variable)
        yield f"{_place(keys, origin)}: {'.'.join(keys)} {what}"


def _range(limits: Iterable[Any]) -> str:
    """Put the limits of a number, the lower one first, or of a text's length into words."""
    words: dict[type, str] = {}
    for limit in limits:
        if isinstance(limit, MaxLen):
            return f" of at most {limit.max_length} characters"
        for kind, attribute, word in (
            (Gt, "gt", "more than"), (Ge, "ge", "at least"), (Lt, "lt", "less than"), (Le, "le", "at most"),
        ):  # fmt: skip
            if isinstance(limit, kind):
                words[kind] = f"{word} {getattr(limit, attribute):,}".replace(",", " ")
    return "".join(f", {words[kind]}" for kind in (Gt, Ge, Lt, Le) if kind in words)


def _place(keys: tuple[str, ...], origin: SettingOrigin) -> str:
    variable = origin.variables.get(keys) or (origin.variables.get(keys[:1]) if len(keys) == 1 else None)
    return variable or f"{origin.source}{_line_of(keys, origin.text)}"


def _what(problem: ErrorDetails, keys: tuple[str, ...], *, by_variable: bool) -> str:
    if problem["type"] == "extra_forbidden":
        return f"is not a setting.{_hint(keys, by_variable=by_variable)}"
    if len(keys) == 1:
        return "must be a section with settings in it."
    model = _section_model(keys[0])
    allowed = allowed_values(model, keys[1]).replace("`", "") if model is not None else ""
    return f"cannot be {_shown(problem['input'])}. Allowed: {allowed}."


def _shown(value: Any) -> str:
    text = (
        f'"{value}"'
        if isinstance(value, str)
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
    )
    return text if len(text) <= 80 else f"{text[:77]}…"


def _hint(keys: tuple[str, ...], *, by_variable: bool) -> str:
    """Name the nearest setting, of the same section first and then of the others, as it was written."""
    *section, wrong = keys
    if not section:
        near = nearest(wrong, _sections())
        if near and by_variable:
            return f" Did you mean {PREFIX}{near[0].upper()}__…?"
        return f" Did you mean [{near[0]}]?" if near else f" There are: {', '.join(_sections())}."
    for name in (section[0], *_sections()):
        model = _section_model(name)
        near = nearest(wrong, model.model_fields if model else ())
        if near:
            meant = variable_of(name, near[0]) if by_variable else f"{name}.{near[0]}"
            return f" Did you mean {meant}?"
    return " See docs/configuration.md for the ones there are."


def _sections() -> list[str]:
    return [name for name in Settings.model_fields if _section_model(name) is not None]


def _section_model(name: str) -> type[BaseModel] | None:
    field = Settings.model_fields.get(name)
    model = field.annotation if field is not None else None
    return model if isinstance(model, type) and issubclass(model, BaseModel) else None


def _line_of(keys: tuple[str, ...], text: str) -> str:
    """Return ``:LINE`` of the key in the file, or nothing when it is not written there."""
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if found := re.match(r"\s*\[\s*([\w.-]+)\s*\]", line):
            section = found[1]
            if keys == (section,):
                return f":{number}"
        elif re.match(rf"\s*{re.escape(keys[-1])}\s*=", line) and section == ".".join(keys[:-1]):
            return f":{number}"
    return ""
