"""Sample counts of messages: a month in which some write much, and one president falls silent."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from modelus_bot.database import Context, DatabaseManager
from modelus_bot.domain.calendar import Calendar
from modelus_bot.sandbox.world import World
from modelus_bot.subjects.activity.model import Count
from modelus_bot.subjects.activity.rules.tally import LARGEST_BATCH
from modelus_bot.subjects.activity.writes.counting import CountMessages
from modelus_bot.subjects.activity.writes.leaves import TakeLeave

__all__ = ["add_sample_activity"]

DAY = 86_400
DAYS, SILENT_FOR = 30, 18
"""How far back it goes, and since when the president of the led nation's neighbour is silent."""


async def add_sample_activity(db: DatabaseManager, world: World, context: Context) -> None:
    """Let the cast and the rota's people write, each as much as they do, and one of them be away."""
    today = Calendar(context.zone).day_of(context.at)
    counts = [*_month(world, today, context.at)]
    for first in range(0, len(counts), LARGEST_BATCH):
        await db.write(CountMessages(counts=tuple(counts[first : first + LARGEST_BATCH])), context)
    away = list(world.rota.values())[2].id
    leave = TakeLeave(member_id=away, to_day=today + timedelta(days=6))
    await db.write(leave, replace(context, actor=away, at=context.at - 2 * DAY))


def _month(world: World, today: date, now: int) -> Iterator[Count]:
    """Yield what was written, the same at every start."""
    dice = random.Random(26)
    silent = list(world.rota.values())[1].id
    insiders = {actor.id for actor in world.insiders}
    people = [actor.id for actor in (*world.cast, *world.rota.values())]
    for place, person in enumerate(people):
        for back in range(DAYS):
            if (person == silent and back < SILENT_FOR) or dice.random() < 0.25:
                continue
            many = 1 + dice.randrange(60 // (place + 1) + 4)
            yield Count(world.general.id, person, today - timedelta(days=back), many, now - back * DAY - 600)
            if person in insiders and dice.random() < 0.5:
                few = 1 + dice.randrange(9)
                yield Count(world.staff.id, person, today - timedelta(days=back), few, now - back * DAY - 900)
