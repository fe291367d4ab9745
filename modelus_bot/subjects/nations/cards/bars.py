"""A ranking and a comparison as bars, and the words that stand for them. Pure."""

from __future__ import annotations

from typing import Any

from modelus_bot.subjects.nations.cards.course import with_unit
from modelus_bot.subjects.nations.cards.nation_card import COMPARED
from modelus_bot.subjects.nations.model import Nation, Ranking, RankPlace
from modelus_bot.subjects.nations.rules.figures import shown
from modelus_bot.text.escaping import bare
from modelus_bot.ui.rota_chart import Theme

__all__ = ["BARS", "compare_task", "compare_words", "rank_task", "rank_words"]

BARS = 15
"""How many nations a picture ranks; the viewer's own comes after them if it is further down."""


def rank_task(found: Ranking, theme: Theme) -> dict[str, Any]:
    """Return what the child draws of a ranking; the viewer's own nation has a colour of its own."""
    own = found.own.nation_id if found.own is not None else None
    most = max((item.value or 0 for item in found.places), default=0)
    groups = [[*found.places]]
    if found.own is not None and own not in {item.nation_id for item in found.places}:
        groups.append([found.own])
    return {
        "groups": [
            [
                (
                    f"{item.place}. {bare(item.name)}",
                    shown(found.by, item.value),
                    _share(item.value, most),
                    int(item.nation_id == own),
                )
                for item in group
            ]
            for group in groups
        ],
        "legend": [with_unit(found.by)],
        "theme": theme,
    }


def rank_words(found: Ranking) -> str:
    """Return what the picture of a ranking shows."""
    ranked = "; ".join(_said(item, found) for item in found.places)
    own = f" Your nation: {_said(found.own, found)}." if found.own is not None else ""
    return f"Nations by {with_unit(found.by)}: {ranked}.{own}"


def _said(item: RankPlace, found: Ranking) -> str:
    return f"{item.place}. {bare(item.name)} {shown(found.by, item.value)}"


def compare_task(first: Nation, second: Nation, theme: Theme) -> dict[str, Any]:
    """Return what the child draws of two nations: a pair of bars for each figure, the longer one whole."""
    groups = []
    for label, figure, write in COMPARED:
        values = (figure(first), figure(second))
        most = max(value or 0 for value in values)
        groups.append(
            [
                ("" if tone else label, write(value), _share(value, most), tone)
                for tone, value in enumerate(values)
            ]
        )
    return {"groups": groups, "legend": [bare(one.full_name) for one in (first, second)], "theme": theme}


def compare_words(first: Nation, second: Nation) -> str:
    """Return what the picture of two nations shows."""
    figures = (f"{label} {write(of(first))} and {write(of(second))}" for label, of, write in COMPARED)
    return f"{bare(first.full_name)} and {bare(second.full_name)}: {'; '.join(figures)}."


def _share(value: int | None, most: int) -> float:
    return (value or 0) / most if most else 0.0
