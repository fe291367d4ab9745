"""What tints nations on a map besides their figures: groups that a subject knows of.

A subject declares its ``MapTint``; ``/nation map`` then offers it, draws it, and puts it into words. What it
says of nations must be public: everybody is shown the same map.
"""

from __future__ import annotations

from dataclasses import dataclass

from modelus_bot.database import Query

__all__ = ["MapChoice", "MapGroup", "MapGroups", "MapTint"]


@dataclass(frozen=True, slots=True)
class MapGroup:
    """Nations that are tinted alike, by number; a nation may be in several groups.

    ``mark`` is one to three letters that stand on the nations, different for each group; ``name`` is what
    people call it.
    """

    mark: str
    name: str
    nations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MapGroups:
    """Groups of nations, those first that get their colours first.

    ``about`` ends the words “Map of the nations by …”, ``rest`` is said of nations in none of them, and
    ``note`` is a sentence that stands below the title. People's own words in them are as they wrote them.
    """

    about: str
    rest: str
    groups: tuple[MapGroup, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class MapChoice:
    """Something to choose for a tint; ``note`` tells those of one name apart."""

    key: int
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapTint:
    """A way to tint nations that is none of their figures.

    ``key`` is what the command holds, ``label`` what people pick. ``groups`` is a kept query that takes the
    key of what was chosen; None where nothing was: then the newest is meant. ``choices``, kept too, are what
    there is to choose from, those first that are meant where several have one name; ``what`` names one of
    them (“a war”). Without ``choices`` there is nothing to choose.
    """

    key: str
    label: str
    groups: Query[[int | None], MapGroups]
    choices: Query[[], tuple[MapChoice, ...]] | None = None
    what: str = ""

    def __post_init__(self) -> None:
        """Raise ``ValueError`` where the map could not be shown while the database is away."""
        for asked in (self.groups, self.choices):
            if asked is not None and not asked.kept:
                raise ValueError(f"{asked.name} tints a map, so it has to be kept")
