"""How a figure changed, as a picture and in the words that stand for it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from modelus_bot.subjects.nations.model import Course, HistoryEntry, Metric, Nation, RankMetric
from modelus_bot.subjects.nations.rules.figures import FIGURES, shown
from modelus_bot.subjects.nations.rules.words import CAUSES
from modelus_bot.text.escaping import bare
from modelus_bot.ui.rota_chart import Theme
from modelus_bot.ui.ticks import round_ticks

__all__ = ["DRAWN", "course_task", "course_words", "drawable", "with_unit"]

DRAWN = 400
"""How many changes a picture shows at most, the latest ones."""
BEGAN = "began"
SAID = 8
"""How many changes the words for the picture name."""


def drawable(course: Course) -> bool:
    """Say whether there is something to draw: a change, and what the figure was before it."""
    return len(course.entries) > (1 if course.before is None else 0)


def course_task(course: Course, metric: Metric, zone: str, theme: Theme, now: int) -> dict[str, Any]:
    """Return what the child draws."""
    oldest_first = course.entries[::-1]
    causes = list(dict.fromkeys(map(_cause, oldest_first)))
    values = _values(course)
    ticks = round_ticks(min(values), max(values))
    return {
        "marks": [
            (entry.id, entry.at, entry.new, causes.index(_cause(entry)), entry.undone)
            for entry in oldest_first
        ],
        "begin": None if course.before is None else (course.since, course.before),
        "causes": causes,
        "ticks": list(zip(ticks, _written(metric, ticks), strict=True)),
        "label": with_unit(metric),
        "end": max(now, oldest_first[-1].at),
        "zone": zone,
        "theme": theme,
    }


def course_words(nation: Nation, metric: Metric, course: Course, zone: str) -> str:
    """Return what the picture shows, for those who cannot see it."""
    entries, values = course.entries, _values(course)
    begun = entries[-1].at if course.before is None or course.since is None else course.since
    said = (
        f"{with_unit(metric)} of {bare(nation.full_name)} since {_day(begun, zone)}:"
        f" from {shown(metric, values[0])} to {shown(metric, entries[0].new)},"
        f" never below {shown(metric, min(values))} nor above {shown(metric, max(values))}."
    )
    changes = [
        f"{_day(entry.at, zone)}: {shown(metric, entry.new)}, {_cause(entry)}"
        f"{' (undone)' if entry.undone else ''}."
        for entry in entries[:SAID]
    ]
    return " ".join((said, *changes))


def with_unit(metric: Metric | RankMetric) -> str:
    """Return a figure's name with the unit in which a picture tells it."""
    if metric == "gdp_per_capita":
        return "GDP per head in dollars"
    label = FIGURES[metric].label
    if metric == "population":
        return f"{label} in people"
    unit = {100: "percent", 10: "points of 10"}.get(FIGURES[metric].unit, "dollars")
    return f"{label} in {unit}"


def _values(course: Course) -> list[int]:
    """Return what the figure was, the oldest first."""
    before = [] if course.before is None else [course.before]
    return [*before, *(entry.new for entry in reversed(course.entries))]


def _cause(entry: HistoryEntry) -> str:
    return BEGAN if entry.old is None else CAUSES[entry.cause]


def _written(metric: Metric, ticks: Sequence[int]) -> list[str]:
    """Write the values beside the axis, to the last unit where rounded ones would be the same."""
    rounded = [shown(metric, value) for value in ticks]
    return rounded if len(set(rounded)) == len(rounded) else [f"{value:,}" for value in ticks]


def _day(at: int, zone: str) -> str:
    day = datetime.fromtimestamp(at, ZoneInfo(zone))
    return f"{day:%b} {day.day}, {day.year}"
