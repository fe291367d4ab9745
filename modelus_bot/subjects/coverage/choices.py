"""Days that a span begins or ends on, as people pick or type them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import discord

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.sprints.cards import choice_of
from modelus_bot.subjects.sprints.model import Sprint
from modelus_bot.subjects.sprints.queries.sprints import sprints
from modelus_bot.ui.commands.group import CommandGroup
from modelus_bot.ui.commands.suggestions import Choices, choices, suggested

__all__ = ["PicksSpans"]


class PicksSpans(CommandGroup):
    """A command group whose commands are about a span of days."""

    async def suggest_span_days(self, interaction: discord.Interaction, typed: str, *, ends: bool) -> Choices:
        """Suggest the day that was typed, days some weeks away, and where sprints begin or end."""
        known = await suggested(interaction, sprints)
        if known is None:
            return []
        days = [*_near(self.today()), *_turning(known, ends=ends)]
        with contextlib.suppress(InvalidInput):
            days.insert(0, (typed.strip(), self.day(typed)))
        return choices(((f"{label} ({day})", day.isoformat()) for label, day in days), typed)


def _near(today: date) -> Iterator[tuple[str, date]]:
    yield "today", today
    for weeks in (4, 12, 26, 52):
        yield f"{weeks} weeks ago", today - timedelta(weeks=weeks)
    yield "first day of this year", date(today.year, 1, 1)
    for weeks in (4, 12, 26):
        yield f"in {weeks} weeks", today + timedelta(weeks=weeks)


def _turning(known: Iterable[Sprint], *, ends: bool) -> Iterator[tuple[str, date]]:
    """Yield the first or the last days of sprints, the latest first."""
    for sprint in reversed(tuple(known)):
        yield choice_of(sprint), sprint.days.last if ends else sprint.days.first
