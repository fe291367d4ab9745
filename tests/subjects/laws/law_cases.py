"""Laws as tests need them: Texas with a public, a private and a drafted law, Ada and Ben in office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelus_bot.database.core.context import Context
from modelus_bot.subjects.laws.model import LawChange
from modelus_bot.subjects.laws.writes.making import AddLaw
from modelus_bot.subjects.laws.writes.tags import AddTag
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.offices import GiveOffice
from tests.subjects.nations.nation_cases import president
from tests.subjects.rota import ADA, DAN, NAMES, Rota

if TYPE_CHECKING:
    from tests.conftest import BotEnv

WATER, SECRET, DRAFT = 1, 2, 3
BODY = "We, the people.\n\n§ Water is free.\n§ Dams\nDams are not."


def write_law(rota: Rota, name: str, person: int = ADA, **fields: Any) -> LawChange:
    """Let somebody write a law of the nation whose office they hold."""
    return rota.do(AddLaw(name=name, body=fields.pop("body", BODY), username=NAMES[person], **fields), person)


def legislated(rota: Rota) -> None:
    """Found Texas and write its three laws, the first under a tag."""
    president(rota)
    rota.do(AddTag(name="Water", description="Rivers and dams"), DAN)
    write_law(rota, "Water Act", tags=(1,))
    write_law(rota, "Militia Plan", is_public=False, body="Everybody trains on Mondays.")
    write_law(rota, "Water Act II", draft=True)


async def legislate(env: BotEnv, name: str = "Rain Act", body: str = BODY) -> None:
    """Found Utah, which the manager leads, with a law in force under a tag: Utah 1."""
    nation = await env.db.write(CreateNation(name="Utah", gdp=1, population=1), Context())
    manager, number = env.manager.id, nation.after.id
    office = GiveOffice(nation_id=number, user_id=manager, username="Max", office="president")
    await env.db.write(office, Context())
    author = Context(actor=manager)
    tag = await env.db.write(AddTag(name="water"), author)
    await env.db.write(AddLaw(name=name, body=body, username="Max", tags=(tag.id,)), author)
