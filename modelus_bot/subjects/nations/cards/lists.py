"""Pages of a ranking and of a figure's history, and all nations at a glance. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from modelus_bot.subjects.nations.model import (
    HistoryEntry,
    Metric,
    Nation,
    NationsOverview,
    Ranking,
    RankMetric,
    RankPlace,
)
from modelus_bot.subjects.nations.rules.figures import FIGURES, dollars, shown
from modelus_bot.subjects.nations.rules.words import CAUSES
from modelus_bot.text.escaping import plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.people import moment, name_of

__all__ = ["RANKED", "history_card", "overview_card", "rank_card"]

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
    nation: Nation,
    metric: Metric,
    entries: tuple[HistoryEntry, ...],
    names: Mapping[int, str],
    since: int | None = None,
) -> Card:
    """Return a page of a figure's changes from an instant on, each with its number, cause and author."""
    lines = [_entry(entry, names) for entry in entries]
    title = f"{FIGURES[metric].label} of {plain(nation.full_name)}"
    if since is None:
        return cards.info(title, cards.lines(lines, empty="Nothing was changed yet."))
    empty = f"Nothing was changed. It is {shown(metric, getattr(nation, metric))}."
    return cards.info(title, f"Since {moment(since, 'D')}\n{cards.lines(lines, empty=empty)}")


def overview_card(
    found: NationsOverview, newest: Sequence[tuple[str, HistoryEntry]], names: Mapping[int, str]
) -> Card:
    """Return all nations at a glance; ``newest`` are changes with the names of their nations."""
    leave = f", {found.on_leave} on leave" if found.on_leave else ""
    card = cards.info("All nations at a glance")
    for name, value in (
        ("Nations", f"{found.active} active{leave}"),
        ("Population", shown("population", found.population)),
        ("GDP", dollars(found.gdp)),
        ("GDP per head", shown("gdp_per_capita", found.gdp_per_capita)),
        ("All budgets", f"{dollars(found.budget)} a year"),
        ("All debts", dollars(found.debt)),
        ("Average stability", shown("stability_bp", found.stability_bp)),
        ("Average tax rate", shown("tax_bp", found.tax_bp)),
    ):
        card = card.with_field(name, value, inline=True)
    firsts: tuple[tuple[RankMetric, str, tuple[RankPlace, ...]], ...] = (
        ("gdp", "Richest", found.richest),
        ("population", "Largest", found.largest),
    )
    for by, name, places in firsts:
        lines = [_place(item, Ranking(by, places, found.active)) for item in places]
        card = card.with_field(name, "\n".join(lines) or "none")
    if found.own:
        own = [f"{item.place}\\. by {RANKED[by]}: {shown(by, item.value)}" for by, item in found.own]
        card = card.with_field(f"Your nation: {plain(found.own[0][1].name)}", "\n".join(own))
    if newest:
        changes = (
            f"{plain(nation)}, {FIGURES[entry.metric].label}: {_entry(entry, names)}"
            for nation, entry in newest
        )
        card = card.with_field("Newest changes", cards.lines(changes, empty="", limit=1000))
    return card


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
