"""What a law and a tag may be called, and what a text has to have. Pure."""

from __future__ import annotations

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.text.escaping import NAMELESS, bare

__all__ = ["checked_body", "checked_name", "checked_tag"]


def checked_name(name: str) -> str:
    """Return a law's name; raises ``InvalidInput`` where nothing of it can be seen."""
    return _visible(name, "A law's name", "law.name")


def checked_tag(name: str) -> str:
    """Return a tag's name in small letters; raises ``InvalidInput`` where nothing of it can be seen."""
    found = _visible(name, "A tag's name", "tag.name").lower()
    if "," in found:
        raise InvalidInput("A tag's name has no comma: commas stand between tags.", rule="tag.name")
    return found


def checked_body(body: str) -> str:
    """Return a law's text without spaces at the ends of lines; raises ``InvalidInput`` for an empty one."""
    whole = "\n".join(line.rstrip() for line in body.splitlines()).strip()
    if not any(letter.isalnum() for letter in whole):
        raise InvalidInput("A law needs a text with letters that can be seen.", rule="law.body")
    return whole


def _visible(text: str, what: str, rule: str) -> str:
    cleaned = " ".join(text.split())
    if bare(cleaned) == NAMELESS or not any(letter.isalnum() for letter in cleaned):
        raise InvalidInput(f"{what} needs letters that can be seen.", rule=rule)
    return cleaned
