"""A map of the nations: what is drawn, the words that stand for it, and its card. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modelus_bot.subjects.nations.cards.course import with_unit
from modelus_bot.subjects.nations.cards.lists import RANKED
from modelus_bot.subjects.nations.model import MapNation, MapView, RankMetric
from modelus_bot.subjects.nations.rules.classes import class_of, classes_of
from modelus_bot.subjects.nations.rules.figures import shown
from modelus_bot.subjects.nations.rules.maps.regions import Region
from modelus_bot.text.escaping import bare, plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.rota_chart import Theme

__all__ = ["map_card", "map_task", "map_words"]

NO_FIGURE = -1


def map_task(view: MapView, regions: Sequence[Region], theme: Theme) -> dict[str, Any]:
    """Return what the child draws."""
    nations = dict(view.regions)
    classes = classes_of(one.value for one in _placed(view) if one.value is not None)
    return {
        "regions": [
            {
                "rings": region.rings,
                "name": bare(nation.name if nation is not None else region.name),
                "figure": _short(view.by, nation.value) if nation is not None else "",
                "tint": _tint(nation, classes),
            }
            for region in regions
            for nation in [nations.get(region.name)]
        ],
        "scheme": "figure",
        "without": "no figure",
        "classes": [
            _short(view.by, least)
            if least == most
            else f"{_short(view.by, least)} to {_short(view.by, most)}"
            for least, most in classes
        ],
        "label": with_unit(view.by),
        "theme": theme,
    }


def map_words(view: MapView) -> str:
    """Return what the map shows, for those who cannot see it."""
    placed = [f"{bare(one.name)} {shown(view.by, one.value)}" for one in _ordered(view)]
    empty = [bare(name) for name, nation in view.regions if nation is None]
    words = f"Map of the nations by {RANKED[view.by]}: {', '.join(placed) or 'no nation is on it'}."
    return f"{words} Regions without a nation: {', '.join(empty)}." if empty else words


def map_card(view: MapView, *, pictured: bool) -> Card:
    """Return the card around the map; without the picture it says the same in lines."""
    ordered = _ordered(view)
    if pictured:
        ends = [("Most", ordered[0]), ("Least", ordered[-1])] if len(ordered) > 1 else []
        lines = [f"**{label}:** {plain(one.name)}, {shown(view.by, one.value)}" for label, one in ends]
    else:
        lines = [f"{plain(one.name)}: {shown(view.by, one.value)}" for one in ordered]
    card = cards.info(
        f"Map of the nations by {RANKED[view.by]}",
        cards.lines(lines, empty="" if pictured and ordered else "No nation is on the map yet.", limit=3000),
    )
    if view.elsewhere:
        names = ", ".join(map(plain, view.elsewhere))
        more = view.elsewhere_count - len(view.elsewhere)
        rest = f" and {more} more" if more else ""
        card = card.with_field("Not on the map", cards.clip(names, 900) + rest)
    free = sum(nation is None for _, nation in view.regions)
    return card.with_footer(f"{free} of {len(view.regions)} regions have no nation") if free else card


def _short(by: RankMetric, value: int | None) -> str:
    """Write a figure where little room is; nothing for one that there is not."""
    return "" if value is None else shown(by, value).removesuffix(" of 10")


def _placed(view: MapView) -> list[MapNation]:
    """Return the nations on the map, each once."""
    return list({one.nation_id: one for _, one in view.regions if one is not None}.values())


def _ordered(view: MapView) -> list[MapNation]:
    return sorted(_placed(view), key=lambda one: -1 if one.value is None else one.value, reverse=True)


def _tint(nation: MapNation | None, classes: tuple[tuple[int, int], ...]) -> int | None:
    if nation is None:
        return None
    return NO_FIGURE if nation.value is None else class_of(nation.value, classes)
