"""The environment's variables: cleaned of what editors add, lists as people write them, misspelt names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from modelus_bot.text.likeness import LIKELY, nearest

__all__ = ["CONFIG", "PREFIX", "TOKEN", "TOKEN_FILE", "cleaned", "listed", "misspelt", "variable_of"]

PREFIX = "MODELUS_BOT__"
TOKEN, TOKEN_FILE, CONFIG = "DISCORD_TOKEN", "DISCORD_TOKEN_FILE", "MODELUS_BOT_CONFIG"
ALIKE = 0.8
"""How much the name of a variable that may be another program's must be like a known one; 1 is the same."""
_EDITORS = "\ufeff \t\r\n"
"""A byte order mark before the first line of a file, and what Windows ends lines with."""


def variable_of(section: str, key: str) -> str:
    """Return the name of the variable that sets a key."""
    return f"{PREFIX}{section}__{key}".upper()


def cleaned(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that are set, without marks and ends of lines around names and values."""
    found = ((name.strip(_EDITORS), value.strip(_EDITORS)) for name, value in environment.items())
    return {name: value for name, value in found if name and value}


def listed(value: str) -> list[str]:
    """Return the parts of a list, with commas between them, in brackets or not."""
    inner = value[1:-1] if value.startswith("[") and value.endswith("]") else value
    return [part for item in inner.split(",") if (part := item.strip(" \t'\""))]


def misspelt(environment: Mapping[str, str], settings: Sequence[str]) -> Iterator[str]:
    """Yield a sentence for each variable that looks like one of the bot's, and is none.

    ``settings`` are the variables of all settings. What begins with the right prefix is not looked at:
    it is refused with its section and key.
    """
    known = {*settings, TOKEN, TOKEN_FILE, CONFIG}
    for name in sorted(environment):
        upper = name.upper()
        ours = upper.startswith(("MODELUS_BOT", "MODELUSBOT"))
        if name in known or name.startswith(PREFIX):
            continue
        if not upper.startswith("MODELUS") and (TOKEN in environment or not upper.startswith("DISC")):
            continue
        near = nearest(upper, sorted(known), alike=LIKELY if ours else ALIKE)
        if near:
            yield f"{name}: is not a variable of this bot. Did you mean {near[0]}?"
        elif ours:
            yield f"{name}: is not a variable of this bot. Settings are called {PREFIX}SECTION__KEY."
