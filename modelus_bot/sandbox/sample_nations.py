"""Sample nations: the regions of the map, some of them led, and a little of what was decided there."""

from __future__ import annotations

from dataclasses import replace

from pydantic import TypeAdapter
from simcord import MemberActor

from modelus_bot.bundled import sample_dir
from modelus_bot.database import Context, DatabaseManager, Write
from modelus_bot.sandbox.world import CAST, World
from modelus_bot.subjects.nations.model import NationChange, OfficeName
from modelus_bot.subjects.nations.writes.aliases import AddAlias
from modelus_bot.subjects.nations.writes.cities import AddCity, MakeCapital
from modelus_bot.subjects.nations.writes.editing import EditNation
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.leading import Describe, SetGovernment, SetTax
from modelus_bot.subjects.nations.writes.naming import SetPrefix
from modelus_bot.subjects.nations.writes.offices import GiveOffice

__all__ = ["add_sample_nations", "sample_nations"]

DAY = 86_400
LED, NEIGHBOUR = "Texas", "Cascadia"
ALIASES = {LED: "Lone Star State", "MinDak": "Minnesota and the Dakotas", "New England": "NE"}
_REGIONS = TypeAdapter(tuple[CreateNation, ...])


def sample_nations() -> tuple[CreateNation, ...]:
    """Return the regions as their founding, from the file that ships with the bot."""
    return _REGIONS.validate_json((sample_dir() / "nations.json").read_bytes())


async def add_sample_nations(db: DatabaseManager, world: World, context: Context) -> None:
    """Found them, let the leader of the cast lead one with a vice president, and let some days pass."""
    begun = replace(context, at=context.at - 20 * DAY)
    numbers: dict[str, int] = {}
    for founding in sample_nations():
        change: NationChange = await db.write(founding, begun)
        numbers[founding.name] = change.after.id
    parts = [item.part for item in CAST]
    leader, administrator = world.cast[parts.index("leader")], world.cast[parts.index("administrator")]
    deputy, other = list(world.rota.values())[:2]
    offices: tuple[tuple[str, OfficeName, MemberActor], ...] = (
        (LED, "president", leader),
        (LED, "vice_president", deputy),
        (NEIGHBOUR, "president", other),
    )
    for name, office, person in offices:
        username = person.user.global_name or person.name
        give = GiveOffice(nation_id=numbers[name], user_id=person.id, username=username, office=office)
        await db.write(give, begun)
    for name, alias in ALIASES.items():
        await db.write(AddAlias(nation_id=numbers[name], name=alias), begun)
    edited = replace(context, actor=administrator.id)
    await _change(db, numbers[LED], edited, 15, 40, "A good harvest")
    await _decide(db, replace(context, actor=leader.id, at=context.at - 8 * DAY))
    await _change(db, numbers[LED], edited, 6, -90, "A hurricane")
    await _change(db, numbers[LED], edited, 2, 65, "It was rebuilt")


async def _decide(db: DatabaseManager, context: Context) -> None:
    """Let a leader decide what leaders decide."""
    for city in ("Austin", "Houston", "Dallas", "San Antonio"):
        await db.write(AddCity(name=city), context)
    await db.write(MakeCapital(name="Austin"), context)
    decisions: tuple[Write[NationChange], ...] = (
        SetPrefix(prefix="Republic of"),
        SetGovernment(government="Constitutional Republic"),
        Describe(description="Cattle, oil and computers, in this order of age."),
        SetTax(tax_bp=1850),
    )
    for decision in decisions:
        await db.write(decision, context)


async def _change(
    db: DatabaseManager, number: int, context: Context, days: int, billions: int, reason: str
) -> None:
    """Let the GDP have changed some days ago, for a reason."""
    edit = EditNation(nation_id=number, metric="gdp", mode="add", value=billions * 10**9)
    await db.write(edit, replace(context, at=context.at - days * DAY, reason=reason))
