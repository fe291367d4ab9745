"""Sample treaties and blocs: in force, proposed and over, and a nation in two blocs."""

from __future__ import annotations

from dataclasses import replace

from modelus_bot.database import Context, DatabaseManager
from modelus_bot.sandbox.sample_nations import LED, NEIGHBOUR
from modelus_bot.subjects.blocs.model import BlocChange
from modelus_bot.subjects.blocs.writes.inviting import AnswerInvitation, InviteNation
from modelus_bot.subjects.blocs.writes.making import CreateBloc
from modelus_bot.subjects.nations.queries.lookup import named_nations
from modelus_bot.subjects.treaties.model import TreatyChange, TreatyKind
from modelus_bot.subjects.treaties.writes.answering import AnswerTreaty, EndTreaty
from modelus_bot.subjects.treaties.writes.proposing import ProposeTreaty

__all__ = ["add_sample_diplomacy"]

DAY = 86_400
_IN_FORCE: tuple[tuple[str, str, TreatyKind, str | None], ...] = (
    (LED, "Oklahoma", "alliance", "Water from the Red River is shared, half and half."),
    (LED, "Dixieland", "trade", None),
    ("Dixieland", "Georgia", "alliance", None),
    ("Georgia", "Florida", "trade", None),
    ("Florida", "Carolina", "defense", None),
    ("New York", "New Jersey", "alliance", None),
    ("New York", "Pennsylvania", "trade", None),
    ("Ohio", "Michigan", "non_aggression", "Whose the Great Lakes are is left to later."),
    (NEIGHBOUR, "Northern California", "defense", None),
    (NEIGHBOUR, "Dakota", "trade", None),
)
_PROPOSED: tuple[tuple[str, str, TreatyKind, str | None], ...] = (
    (NEIGHBOUR, LED, "non_aggression", "For as long as the rivers run."),
    (LED, "Florida", "defense", None),
)
_BLOCS: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("Gulf Pact", "Those who live by the warm sea.", (LED, "Dixieland", "Florida"), ("Georgia",)),
    (
        "Atlantic Compact",
        "One coast, one storm warning.",
        ("Carolina", "Virginia", "Maryland", "Florida"),
        (),
    ),
    (
        "Lake League",
        "Fresh water is worth more than oil.",
        ("Ohio", "Michigan", "Illinois", "Indiana"),
        (LED,),
    ),
)


async def add_sample_diplomacy(db: DatabaseManager, administrator: int, context: Context) -> None:
    """Let an administrator enter them for the nations; without the sample nations do nothing."""
    found = {item.name: item.nation_id for item in await db.read(named_nations, "", limit=100)}
    if not {LED, NEIGHBOUR} <= found.keys():
        return
    entered = replace(context, actor=administrator, at=context.at - 12 * DAY)
    for one, other, kind, terms in _IN_FORCE:
        number = await _propose(db, found[one], found[other], kind, terms, entered)
        accept = AnswerTreaty(treaty_id=number, accept=True, nation_id=found[other])
        await db.write(accept, replace(entered, at=entered.at + DAY))
    over = await _propose(db, found[LED], found["Arizona"], "alliance", None, entered)
    await db.write(AnswerTreaty(treaty_id=over, accept=True, nation_id=found["Arizona"]), entered)
    end = EndTreaty(treaty_id=over, reason="The dam was built anyway", nation_id=found[LED])
    await db.write(end, replace(entered, at=context.at - 3 * DAY))
    refused = await _propose(db, found[LED], found["Colorado"], "trade", None, entered)
    await db.write(AnswerTreaty(treaty_id=refused, accept=False, nation_id=found["Colorado"]), entered)
    for one, other, kind, terms in _PROPOSED:
        await _propose(db, found[one], found[other], kind, terms, replace(entered, at=context.at - DAY))
    for name, about, members, invited in _BLOCS:
        numbers = [[found[nation] for nation in nations] for nations in (members, invited)]
        await _unite(db, (name, about), numbers, entered)


async def _propose(
    db: DatabaseManager, one: int, other: int, kind: TreatyKind, terms: str | None, context: Context
) -> int:
    offer = ProposeTreaty(to_id=other, treaty_kind=kind, terms=terms, nation_id=one)
    change: TreatyChange = await db.write(offer, context)
    return change.after.id


async def _unite(
    db: DatabaseManager, called: tuple[str, str], numbers: list[list[int]], context: Context
) -> None:
    """Found a bloc, let its members join one day after another, and leave who is only invited so."""
    (leader, *members), invited = numbers
    found = CreateBloc(bloc_name=called[0], description=called[1], nation_id=leader)
    made: BlocChange = await db.write(found, context)
    bloc = made.after.bloc.id
    for day, nation in enumerate(members, 1):
        later = replace(context, at=context.at + day * DAY)
        await db.write(InviteNation(bloc_id=bloc, to_id=nation), later)
        await db.write(AnswerInvitation(bloc_id=bloc, accept=True, nation_id=nation), later)
    for nation in invited:
        await db.write(InviteNation(bloc_id=bloc, to_id=nation), replace(context, at=context.at + 10 * DAY))
