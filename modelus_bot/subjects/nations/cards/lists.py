"""Pages of a ranking and of a figure's history. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from modelus_bot.subjects.nations.model import HistoryEntry, Metric, Nation, Ranking, RankMetric, RankPlace
from modelus_bot.subjects.nations.rules.figures import FIGURES, shown
from modelus_bot.subjects.nations.rules.words import CAUSES
from modelus_bot.text.escaping import plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.people import moment, name_of

__all__ = ["RANKED", "history_card", "rank_card"]

RANKED: dict[RankMetric, str] = {
    "gdp": "GDP",
    "population": "population",
    "stability_bp": "stability",
    "tax_bp": "tax rate",
    "gdp_per_capita": "GDP per head",
    "ground": "ground forces",
    "naval": "naval forces",
    "air": "air forces",
}


def rank_card(found: Ranking) -> Card:
    """Return a page of a ranking, with the viewer's own place below."""
    lines = [_place(item, found) for item in found.places]
    card = cards.info(f"Nations by {RANKED[found.by]}", cards.lines(lines, empty="No nation is ranked yet."))
    if found.own is not None:
        card = card.with_field("Your nation", _place(found.own, found))
    return card.with_footer(f"{found.count} nations are ranked")


def _place(item: RankPlace, found: Ranking) -> str:
    name = plain(item.name if item.prefix is None else f"{item.prefix} {item.name}")
    mine = found.own is not None and found.own.nation_id == item.nation_id
    return f"{item.place}\\. {f'**{name}**' if mine else name}: {shown(found.by, item.value)}"


def history_card(
    nation: Nation, metric: Metric, entries: tuple[HistoryEntry, ...], names: Mapping[int, str]
) -> Card:
    """Return a page of a figure's changes, each with its number, cause and author."""
    lines = [_entry(entry, names) for entry in entries]
    title = f"{FIGURES[metric].label} of {plain(nation.full_name)}"
    return cards.info(title, cards.lines(lines, empty="Nothing was changed yet."))


def _entry(entry: HistoryEntry, names: Mapping[int, str]) -> str:
    new = shown(entry.metric, entry.new)
    if entry.old is None:
        what = f"began with {new}"
    else:
        cause = f"change {entry.cause_id} undone" if entry.cause == "undo" else CAUSES[entry.cause]
        what = f"{shown(entry.metric, entry.old)} → {new}, {cause}"
    by = f" by {name_of(entry.changed_by, names)}" if entry.changed_by is not None else ""
    why = f": {plain(entry.reason)}" if entry.reason else ""
    line = f"{what}{by}{why}"
    return f"`{entry.id}` {moment(entry.at, 'd')} " + (f"~~{line}~~ (undone)" if entry.undone else line)
