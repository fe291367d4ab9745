"""Sample laws: what a nation that is led has made law, drafted, and kept to itself."""

from __future__ import annotations

from dataclasses import replace

from modelus_bot.database import Context, DatabaseManager
from modelus_bot.subjects.laws.model import LawChange
from modelus_bot.subjects.laws.writes.making import AddLaw, EditLaw
from modelus_bot.subjects.laws.writes.standing import RepealLaw
from modelus_bot.subjects.laws.writes.tags import AddTag
from modelus_bot.subjects.nations.model import Office
from modelus_bot.subjects.nations.queries.lookup import named_nations
from modelus_bot.subjects.nations.queries.offices import offices_of
from modelus_bot.subjects.nations.queries.records import nation_sheet
from modelus_bot.subjects.people.queries import everybody

__all__ = ["add_sample_laws"]

DAY = 86_400
MOST_LED = 2
_TAGS = {"water": "Rivers, lakes, dams and what is taken from them", "budget": None, "defence": None}
_WATER = """We, the people of this nation, hold that a river belongs to whoever lives by it.

§ Rivers
Nobody dams a river without asking those who live below it.
§ Wells
A well is its digger's. Who sells its water pays one tenth to the nation.
§ Drought
In a drought the president shares out what is left, by heads and not by acres."""
_BUDGET = """§ The year
A year begins in January, and so does its budget.
§ Debt
What is owed for water under {nation} 1 §2 pays the debt first."""
_DRAFT = """§ Bridges
Every town of a thousand people gets one."""
_TOLLS = """§ Tolls
Whoever crosses a bridge pays a penny."""
_PRIVATE = """§ Exercises
The guard meets on Mondays, before sunrise."""


async def add_sample_laws(db: DatabaseManager, manager: int, context: Context) -> None:
    """Let the presidents of the first nations that are led write some; without such nations do nothing."""
    found = [await db.read(offices_of, item.nation_id) for item in await db.read(named_nations, "")]
    led = [offices[0] for offices in found if offices and offices[0].office == "president"]
    begun = replace(context, at=context.at - 5 * DAY)
    tags = [
        (await db.write(AddTag(name=name, description=about), replace(begun, actor=manager))).id
        for name, about in (_TAGS.items() if led else ())
    ]
    for office in led[:MOST_LED]:
        await _legislate(db, office, tags, replace(begun, actor=office.user_id))


async def _legislate(db: DatabaseManager, office: Office, tags: list[int], context: Context) -> None:
    water, budget, defence = tags
    nation = (await db.read(nation_sheet, office.nation_id)).nation
    username = (await db.read(everybody))[office.user_id]

    def law(name: str, body: str, tag: int, *, draft: bool = False, is_public: bool = True) -> AddLaw:
        return AddLaw(name=name, body=body, username=username, tags=(tag,), draft=draft, is_public=is_public)

    first: LawChange = await db.write(law("Water Act", _WATER, water), context)
    await db.write(law("Budget Act", _BUDGET.format(nation=nation.name), budget), context)
    await db.write(law("Bridges Act", _DRAFT, budget, draft=True), context)
    tolls: LawChange = await db.write(law("Toll Act", _TOLLS, budget), context)
    await db.write(law("Guard Orders", _PRIVATE, defence, is_public=False), context)
    await db.write(RepealLaw(law_id=tolls.after.id), replace(context, at=context.at + 2 * DAY))
    edited = _WATER.replace("one tenth", "one twelfth").replace("by heads and not", "by heads, and not")
    later = replace(context, at=context.at + 3 * DAY)
    await db.write(EditLaw(law_id=first.after.id, body=edited, note="A tenth was too much"), later)
