"""Treaties as tests need them: Texas, Dakota and Ohio are led, Utah is not."""

from __future__ import annotations

from modelus_bot.subjects.nations.model import OfficeName
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.offices import GiveOffice
from modelus_bot.subjects.treaties.writes.answering import AnswerTreaty
from modelus_bot.subjects.treaties.writes.proposing import ProposeTreaty
from tests.subjects.rota import ADA, ADMIN, BEN, CLEO, DAN, NAMES, Rota

TEXAS, DAKOTA, OHIO, UTAH = range(1, 5)
OFFICES: tuple[tuple[int, int, OfficeName], ...] = (
    (ADA, TEXAS, "president"),
    (BEN, TEXAS, "vice_president"),
    (CLEO, DAKOTA, "president"),
    (DAN, OHIO, "president"),
)


def led(rota: Rota) -> None:
    """Found the four, Ada and Ben in Texas, Cleo in Dakota, Dan in Ohio."""
    for name in ("Texas", "Dakota", "Ohio", "Utah"):
        rota.do(CreateNation(name=name, gdp=1, population=1), ADMIN)
    for person, nation, office in OFFICES:
        give = GiveOffice(nation_id=nation, user_id=person, username=NAMES[person], office=office)
        rota.do(give, ADMIN)


def proposed(rota: Rota) -> None:
    """Let Texas propose an alliance to Dakota: treaty 1."""
    led(rota)
    rota.do(ProposeTreaty(to_id=DAKOTA, treaty_kind="alliance", terms="We *stand* together."), ADA)


def agreed(rota: Rota) -> None:
    """Let Dakota accept it."""
    proposed(rota)
    rota.do(AnswerTreaty(treaty_id=1, accept=True), CLEO)
