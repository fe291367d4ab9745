"""Fairness, loads and gaps as pages of lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVar, get_args

from modelus_bot.domain.cover_days import days_words
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.coverage.model import Gap, Load, Share
from modelus_bot.text.escaping import plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.paginator import PAGE
from modelus_bot.ui.people import name_of

__all__ = ["View", "Wanted", "gaps_card", "load_card", "shares_card"]

View = Literal["fairness", "load", "gaps"]
Names = Mapping[int, str]
Item = TypeVar("Item")
LONGEST = 731
"""Days that one answer is about at most."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which view of which days, both included."""

    view: View
    first: date
    last: date

    def checked(self) -> Wanted:
        """Return it if such days can be shown; raises ``InvalidInput``."""
        if self.last < self.first:
            raise InvalidInput(
                f"The last day, {self.last}, is before the first, {self.first}."
                " Correct the days and try again.",
                rule="coverage.order",
            )
        if (self.last - self.first).days >= LONGEST:
            raise InvalidInput(
                f"{self.first} to {self.last} is more than two years. Choose fewer days.",
                rule="coverage.span",
            )
        return self

    @property
    def argument(self) -> str:
        """How a button that turns pages names it."""
        return f"{self.view}|{self.first}|{self.last}"

    @classmethod
    def of(cls, argument: str) -> Wanted:
        """Read it back; raises ``ValueError`` for what no button of ours says."""
        name, first, last = argument.split("|")
        view = next((known for known in get_args(View) if known == name), None)
        if view is None:
            raise ValueError(name)
        return cls(view, date.fromisoformat(first), date.fromisoformat(last)).checked()


def shares_card(found: tuple[Share, ...], names: Names, wanted: Wanted, page: int) -> tuple[Card, bool]:
    """Return a page of what each person had, with what all had together, and whether another follows."""
    text, more = _page(found, lambda share: _share_line(share, names), page, "Nobody is on a roster yet.")
    days, covers = sum(share.days for share in found), sum(share.given for share in found)
    card = cards.info(f"Fairness, {_span(wanted)}", text)
    about = "Balance: days covered for others minus days that others covered."
    return card.with_footer(f"All together: {_many(days, 'day')}, {_many(covers, 'cover')}. {about}"), more


def load_card(
    found: tuple[Load, ...], names: Names, wanted: Wanted, page: int, items: Mapping[int, int]
) -> tuple[Card, bool]:
    """Return a page of how each discipline fell on its people, and whether another follows.

    ``items`` are the open reports of each, those that nobody has under 0; they are told of today.
    """
    text, more = _page(found, lambda load: _load_line(load, names), page, "No disciplines yet.")
    card = cards.info(f"Load, {_span(wanted)}", text)
    return card.with_field("Open reports now", _items_line(items, names)), more


def _items_line(items: Mapping[int, int], names: Names) -> str:
    """Return who has how many open reports, the most first, and how many nobody has."""
    most_first = sorted(items.items(), key=lambda pair: (-pair[1], pair[0]))
    parts = [f"{name_of(person or None, names)} {count}" for person, count in most_first]
    return cards.clip(", ".join(parts), 1000) or "None."


def gaps_card(found: tuple[Gap, ...], names: Names, wanted: Wanted, page: int) -> tuple[Card, bool]:
    """Return a page of what is missing, and whether another follows."""
    empty = "None: every day is planned, and everybody planned is there."
    text, more = _page(found, lambda gap: _gap_line(gap, names), page, empty)
    card = cards.warning if found else cards.info
    return card(f"Gaps, {_span(wanted)}", text), more


def _page(found: Sequence[Item], line: Callable[[Item], str], page: int, empty: str) -> tuple[str, bool]:
    shown = found[page * PAGE : (page + 1) * PAGE]
    return cards.lines(map(line, shown), empty=empty), len(found) > (page + 1) * PAGE


def _share_line(share: Share, names: Names) -> str:
    had = ", ".join(
        _many(number, what)
        for number, what in ((share.duties, "duty"), (share.days, "day"), (share.weekends, "weekend"))
    )
    line = f"**{name_of(share.user_id, names)}**: {had}"
    if share.given or share.taken:
        line += (
            f"; covers given {share.given} ({_many(share.given_days, 'day')}), taken {share.taken}"
            f" ({_many(share.taken_days, 'day')}), balance {share.balance:+d}"
        )
    return line


def _load_line(load: Load, names: Names) -> str:
    line = f"**{plain(load.label)}**: "
    if not load.shares:
        line += "nobody is on the roster"
    else:
        (most, high), (least, low) = load.shares[0], load.shares[-1]
        line += f"{_many(load.days, 'day')}, {load.even:.1f} each if shared evenly"
        if high == low:
            line += "; everybody had as many"
        else:
            line += f"; most {name_of(most, names)} ({high}), fewest {name_of(least, names)} ({low})"
    return line + (f"; ⚠️ {_many(load.empty, 'day')} without anybody" if load.empty else "")


def _gap_line(gap: Gap, names: Names) -> str:
    when = f"**{days_words(gap.days)}**"
    turn = f"{plain(gap.label)} in {plain(gap.sprint)}"
    if gap.kind == "unplanned":
        return f"{when}: no sprint is planned; the holders of the one before stay on duty"
    if gap.kind == "nobody":
        return f"{when}: {turn} has nobody"
    who = name_of(gap.user_id, names)
    if gap.kind == "away":
        return f"{when}: {turn}: {who} is away and nobody covers"
    return f"{when}: {turn}: {who} asked for cover (request {gap.cover_id}), not decided yet"


def _span(wanted: Wanted) -> str:
    return f"{wanted.first} to {wanted.last}"


def _many(number: int, what: str) -> str:
    plural = f"{what[:-1]}ies" if what == "duty" else f"{what}s"
    return f"{number} {what if number == 1 else plural}"
