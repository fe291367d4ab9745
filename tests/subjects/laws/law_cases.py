"""Laws as tests need them: Texas with a public, a private and a drafted law, Ada and Ben in office."""

from __future__ import annotations

from typing import Any

from modelus_bot.subjects.laws.model import LawChange
from modelus_bot.subjects.laws.writes.making import AddLaw
from modelus_bot.subjects.laws.writes.tags import AddTag
from tests.subjects.nations.nation_cases import president
from tests.subjects.rota import ADA, DAN, NAMES, Rota

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
