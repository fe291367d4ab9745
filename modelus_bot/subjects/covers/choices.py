"""The days of a turn that a cover is asked for: what was typed, and what is suggested."""

from __future__ import annotations

from datetime import date

import discord

from modelus_bot.database import DatabaseError
from modelus_bot.domain.cover_days import Days
from modelus_bot.domain.refusals import InvalidInput, Refusal
from modelus_bot.subjects.sprints.choices import PicksSprints
from modelus_bot.subjects.sprints.queries.sprints import sprints
from modelus_bot.ui.commands.suggestions import SHOWN, Choices, choices, suggested
from modelus_bot.ui.day_ranges import each_of, parse_days, typed_within

__all__ = ["suggest_turn_days", "typed_days"]


def typed_days(first: str | None, last: str | None, today: date) -> Days | None:
    """Return the days that were typed, only the first being that day alone; None for the whole turn."""
    if first is None and last is None:
        return None
    if first is None:
        raise InvalidInput("Give the first day, too, or only the first.", rule="override_days_both")
    return parse_days(first if last is None else f"{first} to {last}", today)


async def suggest_turn_days(
    group: PicksSprints, interaction: discord.Interaction, typed: str, first: object = ""
) -> Choices:
    """Suggest the days of the sprint chosen so far that are not over, from the ``first`` chosen on."""
    known = await suggested(interaction, sprints, group.today())
    wanted = getattr(interaction.namespace, "sprint", None)
    if known is None or not isinstance(wanted, str):
        return []
    try:
        number = await group.sprint_id(wanted)
        begin = group.calendar.duty_day(group.now())
        if isinstance(first, str) and first:
            begin = max(begin, parse_days(first, group.today()).first)
    except (DatabaseError, Refusal):
        return []
    found = next((item.days for item in known if item.id == number), None)
    if found is None or max(begin, found.first) > found.last:
        return []
    days = Days(max(begin, found.first), found.last)
    meant = choices(typed_within(typed, days, group.today()), "")
    known_values = {item.value for item in meant}
    return [
        *meant,
        *(choice for choice in choices(each_of(days), typed) if choice.value not in known_values),
    ][:SHOWN]
