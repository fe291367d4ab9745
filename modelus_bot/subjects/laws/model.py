"""What a law is, how one is named, and what became of it by a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "Law",
    "LawBook",
    "LawChange",
    "LawHit",
    "LawName",
    "LawSection",
    "LawSheet",
    "LawStatus",
    "LawText",
    "Revision",
    "Tag",
    "TagSheet",
]

LawStatus = Literal["draft", "enacted", "repealed"]


@dataclass(frozen=True, slots=True)
class Law:
    """A law; ``number`` is its place in its nation's law book, None while it was never open to everybody.

    Instants are UTC seconds.
    """

    id: int
    nation_id: int
    number: int | None
    name: str
    is_public: bool
    status: LawStatus
    author_id: int
    revision: int
    enacted_at: int | None
    repealed_at: int | None
    version: int
    created_at: int
    updated_at: int

    @property
    def is_open(self) -> bool:
        """Whether everybody may read it: public, and in force now or once."""
        return self.is_public and self.enacted_at is not None


@dataclass(frozen=True, slots=True)
class LawName:
    """How a law is named: nation and number where it has one, else its own number."""

    law_id: int
    nation_id: int
    nation: str
    number: int | None
    name: str
    status: LawStatus
    is_public: bool

    @property
    def key(self) -> str:
        """What finds it again: in buttons and in what is picked."""
        return f"{self.nation_id}-{self.number}" if self.number is not None else f"#{self.law_id}"

    @property
    def citation(self) -> str:
        """Return how it is cited."""
        return f"{self.nation} {self.number}" if self.number is not None else f"#{self.law_id}"


@dataclass(frozen=True, slots=True)
class Revision:
    """A text that a law has or had; ``published`` once everybody could read it."""

    law_id: int
    revision: int
    body: str
    by_user: int | None
    note: str | None
    published: bool
    at: int


@dataclass(frozen=True, slots=True)
class LawSection:
    """A part of a law's text; number 0 stands before the first one that is numbered."""

    number: int
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A word that laws are filed under."""

    id: int
    name: str
    description: str | None
    created_by: int | None
    created_at: int


@dataclass(frozen=True, slots=True)
class TagSheet:
    """A tag, and how many laws that the viewer may read are filed under it."""

    tag: Tag
    laws: int


@dataclass(frozen=True, slots=True)
class LawSheet:
    """A law as one reads it: how it is named, one of its texts, its tags, and laws that the text cites."""

    law: Law
    name: LawName
    revision: Revision
    tags: tuple[Tag, ...]
    cited: tuple[LawName, ...] = ()


@dataclass(frozen=True, slots=True)
class LawHit:
    """A law in which words were found; in ``title``, ``tags`` and ``text`` they stand between marks.

    ``text`` is that of the section in which the first of them stands, number 0 for none that is numbered.
    """

    name: LawName
    title: str
    tags: str
    section: int
    text: str

    @property
    def citation(self) -> str:
        """Return how the place is cited that was found."""
        return f"{self.name.citation} §{self.section}" if self.section else self.name.citation


@dataclass(frozen=True, slots=True)
class LawText:
    """A law of a law book, with its text of now."""

    name: LawName
    body: str
    enacted_at: int | None


@dataclass(frozen=True, slots=True)
class LawBook:
    """Laws of a nation that are in force, as far as the viewer may read them; ``more`` come after them."""

    nation: str
    laws: tuple[LawText, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class LawChange:
    """A law before (None: it is new) and after a change, and how it is named now."""

    before: Law | None
    after: Law
    name: LawName
