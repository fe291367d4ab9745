"""Counted messages as tests need them, and a nation whose president does not write any more."""

from __future__ import annotations

from datetime import date, timedelta

from modelus_bot.subjects.activity.model import Count
from modelus_bot.subjects.activity.writes.counting import CountMessages
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.offices import GiveOffice
from tests.subjects.rota import ADA, ADMIN, BEN, CLEO, FIRST_DAY, Rota, instant

HALL, LOBBY = 2**50 + 700, 2**50 + 701
LIMITS = {"president_days": 14, "vice_president_days": 21}


def count(user_id: int, day: date, messages: int = 1, channel_id: int = HALL) -> Count:
    """Return what was counted of a member at noon of a day."""
    return Count(channel_id, user_id, day, messages, instant(day))


def write(rota: Rota, *counts: Count) -> None:
    """Save counts."""
    rota.do(CountMessages(counts=counts))


def led(rota: Rota) -> None:
    """Found Texas on the first day, with Ada as president and Ben as vice president."""
    rota.at = instant(FIRST_DAY)
    rota.do(CreateNation(name="Texas", gdp=1, population=1), ADMIN)
    rota.do(GiveOffice(nation_id=1, user_id=ADA, username="Ada", office="president"), ADMIN)
    rota.do(GiveOffice(nation_id=1, user_id=BEN, username="Ben", office="vice_president"), ADMIN)


def fallen_silent(rota: Rota, days: int = 16) -> None:
    """Let Ada write on the first day and never again; Ben and Cleo write daily, until today at noon."""
    led(rota)
    every = [FIRST_DAY + timedelta(days=number) for number in range(days)]
    others = [count(person, day) for day in every for person in (BEN, CLEO)]
    write(rota, count(ADA, FIRST_DAY), *others)
    rota.at = instant(FIRST_DAY + timedelta(days=days))
