"""A map of nations in groups: what is drawn, the words that stand for it, and its card. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modelus_bot.domain.map_tints import MapGroup
from modelus_bot.subjects.nations.model import GroupedMap
from modelus_bot.subjects.nations.rules.groups import places_in, tinted
from modelus_bot.subjects.nations.rules.maps.regions import Region
from modelus_bot.text.escaping import bare, plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.rota_chart import Theme

__all__ = ["grouped_card", "grouped_task", "grouped_words"]

NO_GROUP = -1
MOST_FIELDS = 20
"""Groups that a card has a field for; further ones are counted."""


def grouped_task(view: GroupedMap, regions: Sequence[Region], theme: Theme) -> dict[str, Any]:
    """Return what the child draws: each nation in the colours of its first two groups, with their marks."""
    groups = tinted(view.groups.groups)
    nations = dict(view.regions)
    drawn = []
    for region in regions:
        number = nations.get(region.name)
        places = places_in(number, groups) if number is not None else ()
        drawn.append(
            {
                "rings": region.rings,
                "name": bare(region.name if number is None else view.names[number]),
                "figure": "+".join(bare(groups[place].mark) for place in places),
                "tint": None if number is None else places[0] if places else NO_GROUP,
                "second": places[1] if len(places) > 1 else None,
            }
        )
    return {
        "regions": drawn,
        "scheme": "groups",
        "classes": [f"{bare(group.mark)}: {bare(group.name)}" for group in groups],
        "without": bare(view.groups.rest),
        "label": _first_large(bare(view.groups.about)),
        "theme": theme,
    }


def grouped_words(view: GroupedMap) -> str:
    """Return what the map shows, for those who cannot see it."""
    said = [f"{bare(group.name)}: {', '.join(map(bare, _names(group, view)))}." for group in _inhabited(view)]
    return " ".join([f"Map of the nations by {bare(view.groups.about)}.", *said, *_others(view)])


def grouped_card(view: GroupedMap, *, pictured: bool) -> Card:
    """Return the card around the map: each group with its nations, whether they are on the map or not."""
    note = plain(view.groups.note) if view.groups.note else ""
    found = _inhabited(view)
    card = cards.info(
        f"Map of the nations by {plain(view.groups.about)}", note if found else f"{note}\nNobody.".strip()
    )
    marked = set(tinted(view.groups.groups)) if pictured else set()
    for group in found[:MOST_FIELDS]:
        names = ", ".join(map(plain, _names(group, view)))
        mark = f"{plain(group.mark)}: " if group in marked else ""
        card = card.with_field(f"{mark}{plain(group.name)}", cards.clip(names, 600))
    more = len(found) - MOST_FIELDS
    free = sum(number is None for _, number in view.regions)
    foot = [f"{more} more groups are not listed"] if more > 0 else []
    foot += [f"{free} of {len(view.regions)} regions have no nation"] if free else []
    return card.with_footer(". ".join(foot)) if foot else card


def _inhabited(view: GroupedMap) -> list[MapGroup]:
    """Return the groups in which somebody is."""
    return [group for group in view.groups.groups if _names(group, view)]


def _names(group: MapGroup, view: GroupedMap) -> list[str]:
    return [view.names[number] for number in group.nations if number in view.names]


def _others(view: GroupedMap) -> list[str]:
    grouped = {number for group in view.groups.groups for number in group.nations}
    rest = [bare(view.names[number]) for _, number in view.regions if number and number not in grouped]
    empty = [bare(name) for name, number in view.regions if number is None]
    said = [f"{_first_large(bare(view.groups.rest))}: {', '.join(rest)}."] if rest else []
    return said + ([f"Regions without a nation: {', '.join(empty)}."] if empty else [])


def _first_large(words: str) -> str:
    return words[:1].upper() + words[1:]
