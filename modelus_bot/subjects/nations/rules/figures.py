"""A nation's figures: what they are called, what they may be, how they are typed and shown. Pure.

Everything is kept in whole numbers: dollars, people, hundredths of a percent, tenths of a force.
What is shown may be rounded, what is kept never is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.nations.model import Metric, RankMetric
from modelus_bot.text.escaping import plain

__all__ = [
    "EDITABLE",
    "FIGURES",
    "MOST_MONEY",
    "MOST_PEOPLE",
    "WHOLE",
    "Figure",
    "change_of",
    "checked",
    "dollars",
    "parsed",
    "percent_change",
    "shown",
]

MOST_MONEY = 900_000_000_000_000
MOST_PEOPLE = 20_000_000_000
WHOLE = 10_000
"""Hundredths of a percent in the whole."""
OF_TEN = " of 10"
_NUMBER = re.compile(
    r"\$?\s*([+-]?\d{1,20}(?:\.\d{1,15})?)\s*(k|thousand|m|million|b|bn|billion|t|trillion|%)?", re.ASCII
)
_SCALES = {
    "k": 3,
    "t": 12,
    "b": 9,
    "m": 6,
    "thousand": 3,
    "million": 6,
    "billion": 9,
    "trillion": 12,
    "bn": 9,
}
_STEPS = ((10**12, "T"), (10**9, "B"), (10**6, "M"))


def _grouped(value: int) -> str:
    """Write a large number with four digits or so and a letter."""
    for size, letter in _STEPS:
        if abs(value) >= size:
            return f"{_trimmed(Decimal(value) / size, 2)} {letter}"
    return f"{value:,}"


def _trimmed(value: Decimal, places: int) -> str:
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def dollars(value: int) -> str:
    """Write an amount: “$2.4 T”, “$950”, “−$5 B”."""
    return f"−${_grouped(-value)}" if value < 0 else f"${_grouped(value)}"


def _people(value: int) -> str:
    return _grouped(value)


def _percent(value: int) -> str:
    return f"{_trimmed(Decimal(value) / 100, 2)} %"


def _force(value: int) -> str:
    return f"{_trimmed(Decimal(value) / 10, 1)}{OF_TEN}"


@dataclass(frozen=True, slots=True)
class Figure:
    """How a figure is called, the range it is kept in, and what one unit as typed is in units as kept."""

    label: str
    least: int
    most: int
    unit: int
    write: Callable[[int], str]
    how: str


_FORCE_HOW = "from 0 to 10, with one place after the point, like 7.5"
FIGURES: dict[Metric, Figure] = {
    "gdp": Figure("GDP", 0, MOST_MONEY, 1, dollars, "in dollars up to 900 T, like 2.4 T or 950 B"),
    "population": Figure("Population", 0, MOST_PEOPLE, 1, _people, "people up to 20 B, like 29.5 M"),
    "stability_bp": Figure("Stability", 0, WHOLE, 100, _percent, "a percentage from 0 to 100, like 62.5"),
    "tax_bp": Figure("Tax rate", 0, WHOLE, 100, _percent, "a percentage from 0 to 100, like 21.5"),
    "debt": Figure("Debt", 0, MOST_MONEY, 1, dollars, "in dollars up to 900 T"),
    "treasury": Figure("Treasury", 0, MOST_MONEY, 1, dollars, "in dollars up to 900 T"),
    "ground": Figure("Ground forces", 0, 100, 10, _force, _FORCE_HOW),
    "naval": Figure("Naval forces", 0, 100, 10, _force, _FORCE_HOW),
    "air": Figure("Air forces", 0, 100, 10, _force, _FORCE_HOW),
}
EDITABLE: tuple[Metric, ...] = tuple(FIGURES)
"""What administrators set by hand; what they set of money is booked against the world."""


def shown(metric: Metric | RankMetric, value: int | None) -> str:
    """Write a figure as people read it."""
    if value is None:
        return "none"
    return dollars(value) if metric == "gdp_per_capita" else FIGURES[metric].write(value)


def parsed(metric: Metric, text: str) -> int:
    """Return what was typed for a figure, in the units it is kept in, exactly.

    Raises ``InvalidInput`` for what is no number, has more places than are kept, or is far out of range.
    """
    figure = FIGURES[metric]
    cleaned = text.strip().lower().replace(",", "").replace("_", "").replace("−", "-")
    found = _NUMBER.fullmatch(cleaned)
    scale = found[2] if found is not None else None
    if found is None or (scale == "%") > (figure.unit == 100):
        raise _not_written(metric, text)
    power = _SCALES.get(scale or "", 0)
    value = Decimal(found[1]) * (10**power) * figure.unit
    if value != value.to_integral_value() or abs(value) >= 2**62:
        raise _not_written(metric, text)
    return int(value)


def checked(metric: Metric, value: int) -> int:
    """Return a value that a figure may have; raises ``InvalidInput`` for others: nothing is clamped."""
    figure = FIGURES[metric]
    if not figure.least <= value <= figure.most:
        ends = f"{figure.write(figure.least).removesuffix(OF_TEN)} to {figure.write(figure.most)}"
        raise InvalidInput(
            f"{figure.label} would be {shown(metric, value)}, but it can only be {ends}."
            " Nothing was changed.",
            rule=f"nation.{metric}",
        )
    return value


def change_of(mode: str, before: int, value: int) -> int:
    """Return what a figure becomes: ``add`` to it, ``subtract`` from it, or ``set`` it."""
    return {"add": before + value, "subtract": before - value}.get(mode, value)


def percent_change(old: int | None, new: int) -> Decimal | None:
    """Return (new - old) / old in percent; None where there was nothing before."""
    if not old:
        return None
    return Decimal(new - old) * 100 / Decimal(old)


def _not_written(metric: Metric, text: str) -> InvalidInput:
    figure = FIGURES[metric]
    return InvalidInput(
        f"“{plain(text[:40])}” is not a value for {figure.label}. Write it {figure.how}.",
        rule=f"nation.{metric}",
    )
