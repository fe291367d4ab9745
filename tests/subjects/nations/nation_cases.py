"""Nations as tests need them: Texas and Dakota, Ada and Ben in office."""

from __future__ import annotations

from modelus_bot.subjects.nations.model import OfficeName
from modelus_bot.subjects.nations.writes.aliases import AddAlias
from modelus_bot.subjects.nations.writes.archiving import ArchiveNation, SendOnLeave
from modelus_bot.subjects.nations.writes.cities import AddCity
from modelus_bot.subjects.nations.writes.editing import EditNation
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


FIRST_EDIT = 2 * 9 + 1
"""The number of the first change after both were founded: each figure of each has its beginning."""


def edited(rota: Rota) -> None:
    """Found both and change the first one's GDP."""
    found(rota)
    rota.do(EditNation(nation_id=TEXAS, metric="gdp", mode="add", value=1), ADMIN)


def city(rota: Rota) -> None:
    """Let Ada add a city to her nation."""
    president(rota)
    rota.do(AddCity(name="Austin"), ADA)


def aliased(rota: Rota) -> None:
    """Let Texas be found as TX, too."""
    found(rota)
    rota.do(AddAlias(nation_id=TEXAS, name="TX"), ADMIN)


def archived(rota: Rota) -> None:
    """Archive Texas."""
    found(rota)
    rota.do(ArchiveNation(nation_id=TEXAS), ADMIN)


def on_leave(rota: Rota) -> None:
    """Let Texas be on leave until a moment that has passed."""
    found(rota)
    rota.do(SendOnLeave(nation_id=TEXAS, comes_back=rota.at + 5), ADMIN)
    rota.at += 6
