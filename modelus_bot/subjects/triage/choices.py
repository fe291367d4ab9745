"""Items as people pick or type them, and until when one sleeps as people type it."""

from __future__ import annotations

import re
from datetime import date

import discord

from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.refusals import InvalidInput, NotFound
from modelus_bot.subjects.triage.model import TriageItem
from modelus_bot.subjects.triage.queries.items import suggested_items
from modelus_bot.text.escaping import bare, plain
from modelus_bot.ui.cards import clip
from modelus_bot.ui.commands.group import CommandGroup
from modelus_bot.ui.commands.suggestions import Choices, picks, suggested
from modelus_bot.ui.dates import parse_day, suggest_days
from modelus_bot.ui.picks import unpicked

__all__ = ["PicksItems", "parse_until"]

NUMBER = re.compile(r"#?(\d{1,18})", re.ASCII)
LASTING = re.compile(r"(?:in )?(\d{1,4}) ?(m|min|minutes?|h|hours?|d|days?|w|weeks?)", re.ASCII)
SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
RULE = "Write how long, as 30m, 4h, 2d or 1w, or a day, as tomorrow, friday or 2026-03-31."


class PicksItems(CommandGroup):
    """A command group whose commands take an item."""

    def item_number(self, value: str) -> int:
        """Return the number of the item that was picked or whose number was typed."""
        return number_of(value)

    async def suggest_items(
        self, interaction: discord.Interaction, typed: str, *, own: bool = False
    ) -> Choices:
        """Suggest items by number and title: what is open, or what the member reported."""
        viewer = self.viewer(interaction)
        found = await suggested(interaction, suggested_items, viewer, own, self.now())
        return picks("triage", ((_choice(item), item.id) for item in found or ()), typed)

    def suggest_until(self, typed: str) -> Choices:
        """Suggest times to sleep until."""
        offered = [("1 hour", "1h"), ("4 hours", "4h"), *suggest_days("", self.today())[1:]]
        typed_words = typed.strip().lower()
        choice = discord.app_commands.Choice
        return [
            choice(name=label, value=value) for label, value in offered if typed_words in label.lower()
        ] or [choice(name=clip(typed.strip(), 100), value=clip(typed.strip(), 100))]


def number_of(value: str) -> int:
    """Return the number of an item; raises ``NotFound`` for what is none."""
    key = unpicked("triage", value)
    found = NUMBER.fullmatch(key if key is not None else value.strip())
    if found is None:
        raise NotFound(
            f"“{plain(clip(value, 60))}” is not an item. Pick one from the list, or type its number.",
            rule="triage.unknown",
        )
    return int(found[1])


def parse_until(text: str, now: int, today: date, calendar: Calendar) -> int:
    """Return the instant (UTC seconds) that was meant: so long from now, or the hand-over of a day.

    Raises ``InvalidInput`` with the ways to write it.
    """
    words = " ".join(text.lower().split())
    if found := LASTING.fullmatch(words):
        return now + int(found[1]) * SECONDS[found[2][0]]
    try:
        return calendar.handoff(parse_day(text, today))
    except InvalidInput as error:
        raise InvalidInput(f"“{plain(clip(text, 40))}” is not a time. {RULE}", rule="triage.until") from error


def _choice(item: TriageItem) -> str:
    return f"{item.id} {clip(bare(item.title), 70)} ({item.priority}, {item.status.replace('_', ' ')})"
