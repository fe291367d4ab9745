"""What is picked from a list is an id with a check, what is typed is a name: neither is the other. Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from typing import Generic, TypeVar

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.text.escaping import folded, plain
from modelus_bot.ui.cards import clip

__all__ = ["Named", "meant", "picked", "unpicked"]

Key = TypeVar("Key", bound=int | str)

PICK = "Pick one from the list."
_PICKED = re.compile(r"pick:([a-z]+):(.+):([0-9a-f]{8})")


class Named(Generic[Key]):
    """Something one can pick or type: its key, and every name that it answers to."""

    __slots__ = ("key", "names")

    def __init__(self, key: Key, *names: str) -> None:
        """Keep both; names are compared without regard to case and spaces."""
        self.key = key
        self.names = {folded(name) for name in names}


def picked(kind: str, key: int | str) -> str:
    """Return the value of a suggestion; nobody types one by accident, whatever things are called."""
    return f"pick:{kind}:{key}:{_check(kind, str(key))}"


def unpicked(kind: str, value: str) -> str | None:
    """Return the key of a suggestion's value; None for what was typed.

    Raises ``InvalidInput`` for a value of another kind of list.
    """
    found = _PICKED.fullmatch(value.strip())
    if found is None or found[3] != _check(found[1], found[2]):
        return None
    if found[1] != kind:
        raise InvalidInput("This was picked from another list. Pick one from this list.", rule="picked.kind")
    return found[2]


def meant(kind: str, value: str, known: Iterable[Named[Key]], what: str, rule: str, hint: str = PICK) -> Key:
    """Return the key of what was picked or, by its name, typed.

    ``what`` ends the words "“x” is not …", ``hint`` says what to do instead.

    Raises ``InvalidInput`` when nothing is meant or more than one thing.
    """
    things = list(known)
    key = unpicked(kind, value)
    if key is not None:
        found = [thing.key for thing in things if str(thing.key) == key]
        if found:
            return found[0]
        raise InvalidInput(f"What you picked is not {what} any more. {hint}", rule=rule)
    wanted = folded(value)
    named = list(dict.fromkeys(thing.key for thing in things if wanted in thing.names))
    if len(named) == 1:
        return named[0]
    typed = plain(clip(value, 60))
    if not named:
        raise InvalidInput(f"“{typed}” is not {what}. {hint}", rule=rule)
    raise InvalidInput(f"“{typed}” can mean {len(named)} different ones. {PICK}", rule="ambiguous")


def _check(kind: str, key: str) -> str:
    return f"{zlib.crc32(f'{kind}:{key}'.encode()):08x}"
