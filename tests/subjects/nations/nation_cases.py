"""Nations as tests need them: Texas and Dakota, Ada and Ben in office."""

from __future__ import annotations

from modelus_bot.subjects.nations.model import OfficeName
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.offices import GiveOffice
from tests.subjects.rota import ADA, ADMIN, BEN, NAMES, Rota

TEXAS, DAKOTA = 1, 2


def found(rota: Rota) -> None:
    """Found Texas, number 1, and Dakota, number 2."""
    rota.do(CreateNation(name="Texas", gdp=2_400_000_000_000, population=30_000_000), ADMIN)
    rota.do(CreateNation(name="Dakota", gdp=115_000_000_000, population=1_700_000), ADMIN)


def give(rota: Rota, person: int, office: OfficeName, nation: int = TEXAS) -> None:
    """Give somebody an office."""
    rota.do(GiveOffice(nation_id=nation, user_id=person, username=NAMES[person], office=office), ADMIN)


def president(rota: Rota) -> None:
    """Found both, with Ada as president and Ben as vice president of Texas."""
    found(rota)
    give(rota, ADA, "president")
    give(rota, BEN, "vice_president")
