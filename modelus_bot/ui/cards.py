"""Cards: what people are shown, as a description that knows nothing of how Discord draws it.

``rendering`` draws them, within Discord's limits and with the line about the database while it is unwell.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

__all__ = [
    "Card",
    "CardField",
    "CardSection",
    "Link",
    "Severity",
    "Thumbnail",
    "clip",
    "failure",
    "info",
    "lines",
    "question",
    "success",
    "warning",
]

Severity = Literal["info", "success", "warning", "question", "failure"]


@dataclass(frozen=True, slots=True)
class CardField:
    """A name with a text below it; ``inline`` fields stand beside each other where there is room."""

    name: str
    text: str
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """An address that opens from the words ``label``."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small picture, from the web or ``attachment://`` among the message's files."""

    address: str


@dataclass(frozen=True, slots=True)
class CardSection:
    """A part of a card with a link or a small picture beside its text; of pictures the first is shown."""

    name: str
    text: str = ""
    beside: Link | Thumbnail | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """Title, text, fields side by side or below each other, sections, a picture, and a line at the foot.

    ``link`` opens from the title; ``at`` is the moment that the foot tells in the reader's time. Nothing of
    it has to be short: what Discord does not take is cut where it is drawn.
    """

    title: str
    text: str = ""
    severity: Severity = "info"
    fields: tuple[CardField, ...] = ()
    sections: tuple[CardSection, ...] = ()
    picture: str | None = None
    footer: str | None = None
    link: str | None = None
    at: datetime | None = None

    def with_field(self, name: str, text: str, *, inline: bool = False) -> Card:
        """Return the card with another field, below the others unless ``inline``."""
        return replace(self, fields=(*self.fields, CardField(name, text, inline)))

    def with_section(self, section: CardSection) -> Card:
        """Return the card with another section."""
        return replace(self, sections=(*self.sections, section))

    def with_footer(self, text: str) -> Card:
        """Return the card with this line at its foot."""
        return replace(self, footer=text)


def info(title: str, text: str = "") -> Card:
    """Return a card that states facts."""
    return Card(title, text, "info")


def success(title: str, text: str = "") -> Card:
    """Return a card that says what was saved."""
    return Card(title, text, "success")


def warning(title: str, text: str = "") -> Card:
    """Return a card that says what needs attention."""
    return Card(title, text, "warning")


def question(title: str, text: str = "") -> Card:
    """Return a card that asks before something is done."""
    return Card(title, text, "question")


def failure(title: str, text: str = "") -> Card:
    """Return a card that says what could not be done."""
    return Card(title, text, "failure")


def lines(items: Iterable[str], *, empty: str, limit: int = 4000) -> str:
    """Join lines up to ``limit`` characters, saying how many were left out, or return ``empty``."""
    kept: list[str] = []
    left = list(items)
    length = 0
    for number, item in enumerate(left):
        if length + len(item) > limit:
            kept.append(f"… and {len(left) - number} more")
            break
        kept.append(item)
        length += len(item) + 1
    return "\n".join(kept) or empty


def clip(text: str, limit: int) -> str:
    """Shorten text to ``limit`` characters, marking the cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
