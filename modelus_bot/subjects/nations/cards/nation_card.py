"""A nation's card, and two of them side by side. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from modelus_bot.subjects.nations.model import HistoryEntry, Nation, NationSheet, OfficeName
from modelus_bot.subjects.nations.rules.figures import dollars, percent_change, shown
from modelus_bot.subjects.nations.rules.words import STATUSES
from modelus_bot.text.escaping import plain, plain_lines
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.people import moment, name_of

__all__ = ["COMPARED", "comparison_card", "nation_card"]

NONE = "none"


def nation_card(
    sheet: NationSheet,
    names: Mapping[int, str],
    last: Mapping[str, HistoryEntry] | None = None,
    flag: str | None = None,
    ties: Sequence[tuple[str, str]] = (),
) -> Card:
    """Return a nation's card; ``last`` are the last changes of its figures, ``flag`` a picture's address.

    ``ties`` are fields about what it has agreed with others.
    """
    nation = sheet.nation
    text = plain_lines(nation.description) if nation.description else ""
    card = cards.info(plain(nation.full_name), text)
    for name, value in _figures(nation, last or {}):
        card = card.with_field(name, value, inline=True)
    for name, value in _people(sheet, names):
        card = card.with_field(name, value, inline=True)
    others = [plain(city.name) for city in sheet.cities if not city.is_capital]
    if others:
        card = card.with_field("Cities", cards.clip(", ".join(others), 1000))
    if sheet.aliases:
        card = card.with_field("Also called", cards.clip(", ".join(map(plain, sheet.aliases)), 1000))
    for name, value in ties:
        card = card.with_field(name, value)
    if sheet.former_names:
        card = card.with_field("Once called", cards.clip(", ".join(map(plain, sheet.former_names)), 1000))
    if nation.status != "active":
        card = card.with_field("Status", _status(nation))
    lost = nation.flag_message_id is not None and flag is None
    foot = (
        f"Nation {nation.id}. Last change"
        if not lost
        else f"Nation {nation.id}, flag not at hand. Last change"
    )
    return replace(card, picture=flag, footer=foot, at=datetime.fromtimestamp(nation.updated_at, UTC))


def _figures(nation: Nation, last: Mapping[str, HistoryEntry]) -> list[tuple[str, str]]:
    return [
        ("GDP", shown("gdp", nation.gdp) + _change(last.get("gdp"))),
        ("Population", shown("population", nation.population) + _change(last.get("population"))),
        ("GDP per head", shown("gdp_per_capita", nation.gdp_per_capita)),
        ("Stability", shown("stability_bp", nation.stability_bp)),
        ("Tax rate", shown("tax_bp", nation.tax_bp)),
        ("Budget", f"{dollars(nation.budget)} a year"),
        ("Debt", dollars(nation.debt)),
        ("Treasury", dollars(nation.treasury)),
        ("Government", plain(nation.government)),
        ("Ground forces", shown("ground", nation.ground)),
        ("Naval forces", shown("naval", nation.naval)),
        ("Air forces", shown("air", nation.air)),
    ]


def _change(entry: HistoryEntry | None) -> str:
    """Return the last change in percent, with its sign; empty where there was none."""
    change = percent_change(entry.old, entry.new) if entry is not None else None
    return f" ({change:+.1f} %)" if change is not None else ""


def _people(sheet: NationSheet, names: Mapping[int, str]) -> list[tuple[str, str]]:
    held: dict[OfficeName, str] = {office.office: name_of(office.user_id, names) for office in sheet.offices}
    capital = next((plain(city.name) for city in sheet.cities if city.is_capital), NONE)
    return [
        ("President", held.get("president", "nobody")),
        ("Vice president", held.get("vice_president", "nobody")),
        ("Capital", capital),
    ]


def _status(nation: Nation) -> str:
    until = f" until {moment(nation.leave_until, 'D')}" if nation.leave_until is not None else ""
    return f"{STATUSES[nation.status]}{until}"


Compared = tuple[str, Callable[[Nation], int | None], Callable[[int | None], str]]
COMPARED: tuple[Compared, ...] = (
    ("GDP", lambda one: one.gdp, lambda value: shown("gdp", value)),
    ("Population", lambda one: one.population, lambda value: shown("population", value)),
    ("GDP per head", lambda one: one.gdp_per_capita, lambda value: shown("gdp_per_capita", value)),
    ("Stability", lambda one: one.stability_bp, lambda value: shown("stability_bp", value)),
    (
        "Armed forces",
        lambda one: one.ground + one.naval + one.air,
        lambda value: f"{(value or 0) / 10:g} of 30",
    ),
)


def comparison_card(first: Nation, second: Nation) -> Card:
    """Return who has more of what, in five figures, and who leads in most of them."""
    names = (plain(first.full_name), plain(second.full_name))
    card = cards.info(f"{names[0]} and {names[1]}")
    wins = [0, 0]
    for label, figure, write in COMPARED:
        values = (figure(first), figure(second))
        ordered = [-1 if value is None else value for value in values]
        ahead = None if ordered[0] == ordered[1] else int(ordered[1] > ordered[0])
        if ahead is not None:
            wins[ahead] += 1
        lines = [
            f"**{name}: {write(value)}**" if ahead == place else f"{name}: {write(value)}"
            for place, (name, value) in enumerate(zip(names, values, strict=True))
        ]
        card = card.with_field(label, "\n".join([*lines, *(["Equal"] if ahead is None else [])]), inline=True)
    return replace(card, text=_verdict(names, wins))


def _verdict(names: tuple[str, str], wins: list[int]) -> str:
    if wins[0] == wins[1]:
        return f"Each leads in {wins[0]} of {len(COMPARED)}." if wins[0] else "They are equal in everything."
    ahead = int(wins[1] > wins[0])
    lost = f"{names[1 - ahead]} in {wins[1 - ahead]}"
    return f"**{names[ahead]}** leads in {wins[ahead]} of {len(COMPARED)}, {lost}."
