"""A war's card, lists of wars, its time line, and what a change did. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from modelus_bot.subjects.wars.model import WarChange, WarEvent, WarSheet, WarSide
from modelus_bot.subjects.wars.rules import SIDES
from modelus_bot.text.escaping import plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card

__all__ = ["change_card", "timeline_card", "war_card", "wars_card"]


def war_card(sheet: WarSheet, today: date) -> Card:
    """Return a war with its sides, days and casualties."""
    war = sheet.war
    text = plain(war.description) if war.description else ""
    card = cards.info(plain(war.name), text)
    for side, label in SIDES.items():
        found = [one for one in sheet.sides if one.side == side]
        if found:
            lines = [
                plain(one.nation) + (f" (left {one.left_on.isoformat()})" if one.left_on else "")
                for one in found
            ]
            card = card.with_field(label, "\n".join(lines), inline=True)
    card = card.with_field("Casualties", f"{war.casualties:,}", inline=True)
    lasted = _lasted(war.days(today))
    if war.ended_on is None:
        return card.with_field("Since", f"{war.started_on.isoformat()} ({lasted})", inline=True)
    card = card.with_field("When", f"{war.started_on.isoformat()} to {war.ended_on.isoformat()} ({lasted})")
    return card.with_field("How it ended", plain(war.end_reason or "not said"))


def wars_card(found: Sequence[WarSheet], today: date) -> Card:
    """Return a page of wars."""
    lines = [_line(sheet, today) for sheet in found]
    return cards.info("Wars", cards.lines(lines, empty="There is no war. Peace reigns."))


def timeline_card(sheet: WarSheet, events: Sequence[WarEvent]) -> Card:
    """Return a page of what happened in a war, day by day."""
    lines = [f"`{event.on_day.isoformat()}` {_event(event)}" for event in events]
    return cards.info(f"{plain(sheet.war.name)}: day by day", cards.lines(lines, empty="Nothing yet."))


def change_card(change: WarChange, today: date) -> Card:
    """Return what a change did to a war: its card, and before → after where a figure changed."""
    card = war_card(change.after, today)
    done = _done(change)
    text = f"{done}\n\n{card.text}" if card.text else done
    return Card(card.title, text, "success", card.fields)


def _done(change: WarChange) -> str:
    """Say what a change did."""
    after = change.after.war
    if change.before is None:
        return f"The war {plain(after.name)} has begun."
    before = change.before.war
    if before.status != after.status:
        return f"The war {plain(after.name)} has ended."
    if before.casualties != after.casualties:
        return f"Casualties: {before.casualties:,} → {after.casualties:,}"
    moved = [one for one in change.after.sides if one not in change.before.sides]
    return "\n".join(map(_moved, moved)) or "It is noted in what happened day by day."


def _moved(one: WarSide) -> str:
    side = SIDES[one.side]
    if one.left_on is not None:
        return f"{plain(one.nation)} has left the war ({side})."
    return f"{plain(one.nation)} has joined the war ({side})."


def _line(sheet: WarSheet, today: date) -> str:
    war = sheet.war
    named = {side: ", ".join(_fighter(one) for one in sheet.sides if one.side == side) for side in SIDES}
    sides = " against ".join(filter(None, (named["A"], named["B"]))) or named["other"] or "nobody is named"
    days = war.days(today)
    state = f"goes on, day {days}" if war.ended_on is None else f"ended after {_lasted(days)}"
    return f"**{plain(war.name)}** ({state}): {sides}, {war.casualties:,} casualties"


def _fighter(one: WarSide) -> str:
    return plain(one.nation) if one.left_on is None else f"{plain(one.nation)} (left)"


def _lasted(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _event(event: WarEvent) -> str:
    nation = plain(event.nation) if event.nation is not None else ""
    side = f" ({SIDES[event.side]})" if event.side is not None else ""
    why = f": {plain(event.note)}" if event.note else ""
    if event.kind == "started":
        return "It began"
    if event.kind == "joined":
        return f"{nation} joined{side}"
    if event.kind == "left":
        return f"{nation} left{side}"
    if event.kind == "update":
        return f"{event.casualties or 0:,} casualties in all{why}"
    return f"It ended{why}"
