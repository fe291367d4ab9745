"""Wars as tests need them: Texas against Dakota and Ohio, and Utah that looks on."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from modelus_bot.database.core.context import Context
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.wars.writes import StartWar
from tests.subjects.rota import ADMIN, Rota

if TYPE_CHECKING:
    from tests.conftest import BotEnv

TEXAS, DAKOTA, OHIO, UTAH = range(1, 5)
DAY = date(2026, 1, 9)


def nations(rota: Rota) -> None:
    """Found the four."""
    for name in ("Texas", "Dakota", "Ohio", "Utah"):
        rota.do(CreateNation(name=name, gdp=1, population=1), ADMIN)


def fought(rota: Rota) -> None:
    """Let a war begin, number 1, with two on the second side."""
    nations(rota)
    start = StartWar(name="River War", side_a=(TEXAS,), side_b=(DAKOTA, OHIO), on=date(2026, 1, 5))
    rota.do(start, ADMIN)


async def wage(env: BotEnv) -> None:
    """Found Ohio and Iowa, and let them fight the River War."""
    numbers = []
    for name in ("Ohio", "Iowa"):
        founded = await env.db.write(CreateNation(name=name, gdp=1, population=1), Context())
        numbers.append(founded.after.id)
    first, second = numbers
    war = StartWar(name="River War", side_a=(first,), side_b=(second,), on=date(2026, 1, 5))
    await env.db.write(war, Context())
