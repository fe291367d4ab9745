"""What must not be read in a log: secrets by the name of their field, by their looks, and by their value."""

from __future__ import annotations

import functools
import json
import math
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modelus_bot.config import Settings

__all__ = ["HIDDEN", "Hide", "cleaned", "hider", "is_secret_name"]

HIDDEN = "[hidden]"
Hide = Callable[[str], str]

_DEEPEST = 8
_SHORTEST_ANY = 5
_SHORTEST = 8
"""Shorter values of the environment are not searched for: they would be found in everything."""

_NAMES = (
    r"token|secret|passw(?:or)?d|authorization|cookie|credentials?|signature"
    r"|api[_-]?key|access[_-]?key(?:[_-]?id)?|session[_-]?key|webhook[_-]?url"
)
_SAID = (
    r"failed|failure|failing|missing|invalid|expired|refused|rejected|denied|required|revoked|unset|unknown"
    r"|error|errors|not|no|none|null|cannot|could|unable|must|is|was|has|hidden"
)
"""Words that say something of a secret: "get credentials: failed to refresh"."""
_SECRET_NAME = re.compile(_NAMES, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Look:
    """What a kind of secret looks like. A text without any of ``marks``, or too short, is not searched."""

    marks: tuple[str, ...]
    shortest: int
    pattern: re.Pattern[str]
    replacement: str = HIDDEN


_LOOKS = (
    # A Discord bot token.
    _Look((".",), 58, re.compile(r"(?<![\w-])[\w-]{23,}+\.[\w-]{6,7}\.[\w-]{27,}")),
    # The token of a Discord interaction, and addresses that let anybody speak as the bot.
    _Look(("aw50zxjhy3rpb246",), 30, re.compile(r"aW50ZXJhY3Rpb246[\w+/=-]+")),
    _Look(
        ("/webhooks/", "/interactions/"),
        30,
        re.compile(r"(?<=/webhooks/)\d+/[\w-]{20,}|(?<=/interactions/)\d+/[\w-]{20,}", re.IGNORECASE),
    ),
    # The value of an Authorization header.
    _Look(
        ("bot", "bearer", "basic"),
        24,
        re.compile(r"\b(?:bot|bearer|basic)\s+[\w.~+/-]{20,}=*", re.IGNORECASE),
    ),
    # The id of an AWS key, and a secret key: 40 characters of base64, with capitals, which a SHA-1 has not.
    _Look(
        ("akia", "asia", "aida", "aroa", "abia", "acca"),
        20,
        re.compile(r"\b(?:AKIA|ASIA|AIDA|AROA|ABIA|ACCA)[A-Z0-9]{16}\b"),
    ),
    _Look(
        ("",),
        40,
        re.compile(
            r"(?<![\w/+=-])(?=[A-Za-z0-9/+]{40}(?![\w/+=-]))"
            r"(?=[a-z0-9/+]*[A-Z])(?=[A-Z0-9/+]*[a-z])(?=[A-Za-z/+]*[0-9])[A-Za-z0-9/+]{40}"
        ),
    ),
    # User and password in an address.
    _Look(("://",), 8, re.compile(r"(?<=://)[^/\s:@\"']+:[^/\s@\"']+(?=@)")),
    # Whatever is assigned to something with a secret's name.
    _Look(
        ("token", "secret", "passw", "authorization", "cookie", "credential", "signature", "key", "webhook"),
        5,
        re.compile(
            rf"(?P<name>(?:{_NAMES})[\w-]*\\*[\"']?\s*[=:]\s*[\\\"'\[({{]*(?:b\\*[\"'])?)"
            rf"(?!(?:{_SAID})(?=[\s,.;:!?)\]}}\"']|$))"
            r"(?:(?:bot|bearer|basic)\s+)?[^\s\"'\\&,;}\])]+",
            re.IGNORECASE,
        ),
        rf"\g<name>{HIDDEN}",
    ),
)


@functools.lru_cache(maxsize=1024)
def is_secret_name(name: str) -> bool:
    """Say whether a field of this name is hidden whatever its value."""
    return _SECRET_NAME.search(name) is not None


def hider(settings: Settings, environment: Mapping[str, str] | None = None) -> Hide:
    """Return a function that replaces every secret in a text.

    Known by value are the bot's token and what the environment (default: the process's) calls a secret.
    """
    known = {*_known(settings, os.environ if environment is None else environment)}
    forms = sorted(known | {json.dumps(item)[1:-1] for item in known}, key=len, reverse=True)

    def hide(text: str) -> str:
        if len(text) < _SHORTEST_ANY:
            return text
        for form in forms:
            text = text.replace(form, HIDDEN)
        lowered = text.lower()
        for look in _LOOKS:
            if len(text) >= look.shortest and any(mark in lowered for mark in look.marks):
                text = look.pattern.sub(look.replacement, text)
        return text

    return hide


def cleaned(value: Any, hide: Hide, depth: int = 0) -> Any:
    """Return a field's value as plain data without secrets; what is no plain data becomes text."""
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, Mapping) and depth < _DEEPEST:
        return {
            hide(_text(key)): HIDDEN if is_secret_name(_text(key)) else cleaned(item, hide, depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset) and depth < _DEEPEST:
        return [cleaned(item, hide, depth + 1) for item in value]
    return hide(_text(value))


def _known(settings: Settings, environment: Mapping[str, str]) -> Iterator[str]:
    if settings.token is not None and (token := settings.token.get_secret_value()):
        yield token
    for name, value in environment.items():
        if is_secret_name(name) and not name.endswith("_FILE") and len(value) >= _SHORTEST:
            yield value


def _text(value: Any) -> str:
    """Return a value as text; one that cannot be shown must not keep its record from being logged."""
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001 - whatever a library's object raises when it is shown
        return f"<{type(value).__name__}: {type(error).__name__}>"
