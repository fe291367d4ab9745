"""The post of a week."""

from __future__ import annotations

import hashlib

from modelus_bot.domain.cover_days import Days, days_words
from modelus_bot.subjects.weekly_post.model import DutyWeek, WeekDays, WeekDuty
from modelus_bot.subjects.weekly_post.rules import week_of
from modelus_bot.text.escaping import plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card

__all__ = ["digest_of", "mark_of", "week_card"]


def week_card(week: DutyWeek) -> Card:
    """Return who is on duty in a week, with what is missing; its foot has the mark of the week."""
    lines = [_line(duty, week.days) for duty in week.duties]
    card = cards.info(f"On duty, {days_words(week.days)}", cards.lines(lines, empty="No disciplines yet."))
    if week.turning:
        begins = [f"{plain(name)} begins on {day:%A}, {day:%b} {day.day}" for name, day in week.turning]
        card = card.with_field("Hand-over", "\n".join(begins))
    if week.unplanned:
        days = ", ".join(map(days_words, week.unplanned))
        card = card.with_field("No sprint is planned", f"{days}: the holders of the one before stay on duty.")
    return card.with_footer(f"{mark_of(week)} • follows the rota until the next one")


def mark_of(week: DutyWeek) -> str:
    """Return the words by which the post of a week is found again."""
    return f"Week {week_of(week.days.first)}"


def digest_of(card: Card) -> str:
    """Return a short code of everything that a card shows."""
    return hashlib.sha256(repr(card).encode()).hexdigest()[:16]


def _line(duty: WeekDuty, week: Days) -> str:
    if not duty.parts:
        return f"**{plain(duty.label)}**: no turn is planned"
    return f"**{plain(duty.label)}**: " + "; ".join(_part(part, week) for part in duty.parts)


def _part(part: WeekDays, week: Days) -> str:
    who = plain(part.username) if part.username is not None else "⚠️ nobody"
    about = [days_words(part.days)] if part.days != week else []
    about += ["cover"] if part.cover else []
    away = f" ⚠️ away {days_words(part.away)}" if part.away is not None else ""
    days = f" ({', '.join(about)})" if about else ""
    return f"{who}{days}{away}"
