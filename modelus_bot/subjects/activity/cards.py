"""Who writes how much, one member's numbers, and how whoever holds an office stands. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from modelus_bot.domain.calendar import Calendar
from modelus_bot.subjects.activity.model import LeaveChange, MemberActivity, OfficeStanding, TopEntry
from modelus_bot.subjects.nations.rules.words import OFFICES
from modelus_bot.text.escaping import bare, plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.people import moment, name_of, when
from modelus_bot.ui.rota_chart import Theme

__all__ = [
    "BARS",
    "bars_of",
    "days_task",
    "days_words",
    "inactive_card",
    "leave_card",
    "member_card",
    "top_card",
]

BARS = 15
"""How many bars a picture has at most."""
Names = Mapping[int, str]


def top_card(found: Sequence[TopEntry], names: Names, days: int, channel_id: int | None, skip: int) -> Card:
    """Return a page of who wrote the most, the first of them at place ``skip + 1``."""
    lines = [
        f"{place}. **{name_of(one.user_id, names)}**: {_messages(one.messages)} on {_days(one.days)}, the"
        f" newest {moment(one.last_at, 'R')}"
        for place, one in enumerate(found, skip + 1)
    ]
    where = f"in <#{channel_id}>" if channel_id is not None else "in all channels"
    text = cards.lines(lines, empty="Nothing was counted.")
    return cards.info(
        f"Who writes the most, {_last(days)}", f"Messages {where}; what they say is not kept.\n{text}"
    )


def member_card(found: MemberActivity, names: Names, days: int, calendar: Calendar) -> Card:
    """Return how much one member wrote, where, and whether they are on leave."""
    card = cards.info(f"{name_of(found.user_id, names)}: activity, {_last(days)}")
    newest = moment(found.last_at, "R") if found.last_at is not None else "none is known"
    card = card.with_field("Messages", f"{found.messages:,} on {_days(len(found.by_day))}", inline=True)
    card = card.with_field("Newest", newest, inline=True)
    if found.by_day:
        best = max(found.by_day, key=lambda one: one.messages)
        card = card.with_field("Busiest day", f"{when(best.day, calendar)}: {best.messages:,}", inline=True)
    if found.by_channel:
        lines = [f"<#{one.channel_id}>: {one.messages:,}" for one in found.by_channel]
        card = card.with_field("Most in", "\n".join(lines))
    if found.leave is not None:
        leave = found.leave
        span = f"{when(leave.from_day, calendar)} to {when(leave.to_day, calendar)}"
        card = card.with_field("Leave", span)
    return card.with_footer("Counted are messages by channel and day; what they say is never kept.")


def inactive_card(
    found: Sequence[OfficeStanding], names: Names, calendar: Calendar, *, made: int, judged: bool
) -> Card:
    """Return a page of those in office who are silent; ``made`` items are new, ``judged`` by the settings."""
    lines = [_standing(one, names, calendar) for one in found]
    card = cards.info(
        "Who is in office and silent", cards.lines(lines, empty="Everybody in office was heard.")
    )
    if made:
        new = "1 new item" if made == 1 else f"{made} new items"
        card = replace(card, severity="warning", text=f"**{new} for whoever is on duty.**\n{card.text}")
    foot = "Nothing happens to an office by itself: each item is decided by a person."
    if not judged:
        foot = "Only shown; items are made by the days in the settings, when you leave the days out."
    return card.with_footer(foot)


def leave_card(change: LeaveChange, names: Names, calendar: Calendar) -> Card:
    """Return what was saved of a leave."""
    name = name_of(change.user_id, names)
    if change.back or change.after is None:
        return cards.success(f"{name} is back", "Silence counts again from today.")
    days = f"From {when(change.after.from_day, calendar)} to {when(change.after.to_day, calendar)}."
    text = f"{days}\nDays of leave do not count as silence. `/activity leave` without days ends it."
    return cards.success(f"{name} is on leave", text)


def bars_of(found: MemberActivity, today: date) -> tuple[tuple[str, int], ...]:
    """Return label and messages of each bar, days or, where those are too many, weeks or longer."""
    counts = {one.day: one.messages for one in found.by_day}
    span = (today - found.first).days + 1
    width = -(-span // BARS)
    bars = []
    for offset in range(0, span, width):
        days = [found.first + timedelta(days=offset + more) for more in range(min(width, span - offset))]
        label = f"{days[0]:%b} {days[0].day}" + (f" to {days[-1]:%b} {days[-1].day}" if len(days) > 1 else "")
        bars.append((label, sum(counts.get(day, 0) for day in days)))
    return tuple(bars)


def days_task(found: MemberActivity, name: str, today: date, theme: Theme) -> dict[str, Any]:
    """Return what the child draws of a member's messages."""
    bars = bars_of(found, today)
    most = max(count for _, count in bars) or 1
    return {
        "groups": [[(label, f"{count:,}", count / most, 1) for label, count in bars]],
        "legend": [f"Messages of {bare(name)}"],
        "theme": theme,
    }


def days_words(found: MemberActivity, name: str, today: date) -> str:
    """Return what the picture shows."""
    told = "; ".join(f"{label}: {count:,}" for label, count in bars_of(found, today))
    return f"Messages of {bare(name)}. {told}."


def _standing(one: OfficeStanding, names: Names, calendar: Calendar) -> str:
    who = f"**{name_of(one.user_id, names)}**, {OFFICES[one.office]} of {plain(one.nation)}"
    last = f"last there {when(one.silent_since, calendar)}"
    if one.standing == "leave":
        until = f" until {when(one.leave_to, calendar)}" if one.leave_to is not None else ""
        return f"{who}: on leave{until}, {last}"
    limit = f" ({one.limit} make inactive)" if one.limit else ""
    item = (
        f" (item {one.item_id}, {(one.item_status or '').replace('_', ' ')})"
        if one.item_id is not None
        else ""
    )
    mark = "⚠️ inactive, " if one.standing == "inactive" else ""
    return f"{who}: {mark}silent for {_days(one.silent_days)}{limit}, {last}{item}"


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count:,} messages"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _last(days: int) -> str:
    return "today" if days == 1 else f"last {days} days"
