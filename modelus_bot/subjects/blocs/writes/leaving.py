"""Leaving a bloc, being kicked out of it, passing its lead on, and its end."""

from __future__ import annotations

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import OptionalReason
from modelus_bot.domain.refusals import InvalidInput, NotFound
from modelus_bot.subjects.blocs.model import BlocChange, BlocMember, BlocSheet
from modelus_bot.subjects.blocs.queries import bloc_sheet, blocs_of, invitations_of
from modelus_bot.subjects.blocs.writes.fields import BlocNumber
from modelus_bot.subjects.blocs.writes.membership import (
    announce,
    disband,
    led_bloc,
    let_go,
    living_bloc,
    put,
    remove,
    tell,
    touch,
)
from modelus_bot.subjects.nations.queries.records import require_nation
from modelus_bot.subjects.nations.writes.fields import NationNumber
from modelus_bot.subjects.nations.writes.powers import led_nation
from modelus_bot.text.escaping import plain

__all__ = ["DisbandBloc", "KickNation", "LeaveBloc", "TransferBloc", "leave_blocs_of"]


class LeaveBloc(Write[BlocChange]):
    """Leave a bloc with one's own nation or, as administrator, with ``nation_id``."""

    bloc_id: BlocNumber
    nation_id: NationNumber | None = None
    version: int | None = None

    def apply(self, tx: Transaction) -> BlocChange:
        """Take it out: after a leader the member of longest standing leads, and the last one disbands it."""
        nation = led_nation(tx, self.nation_id, deputy=False)
        sheet = living_bloc(tx, self.bloc_id, self.version)
        member = _member(sheet, nation.id, plain(nation.name))
        return BlocChange(*_gone(tx, sheet, member))


class KickNation(Write[BlocChange]):
    """Take another nation out of a bloc that one's own leads, or its invitation back."""

    bloc_id: BlocNumber
    kicked_id: NationNumber
    reason: OptionalReason = None
    version: int | None = None

    def apply(self, tx: Transaction) -> BlocChange:
        """Save it and tell whoever leads that nation."""
        sheet = led_bloc(tx, self.bloc_id, self.version)
        nation = require_nation(tx, self.kicked_id, archived=True)
        name, bloc = plain(nation.name), plain(sheet.bloc.name)
        known = sheet.of(nation.id)
        if known is None:
            raise NotFound(f"{name} is neither in {bloc} nor invited to it.", rule="bloc.not_member")
        if known.rank == "leader":
            raise InvalidInput(
                f"{name} leads {bloc}. Pass that on with `/bloc transfer`, or leave with `/bloc leave`.",
                rule="bloc.leader",
            )
        remove(tx, known)
        touch(tx, sheet.bloc.id)
        why = f" Reason: {plain(self.reason)}" if self.reason and self.reason.strip() else ""
        taken_back = known.rank == "invited"
        if not taken_back:
            announce(tx, sheet.bloc.id, f"{nation.name} is out of {sheet.bloc.name}", nation.id)
        done = f"{name} is not invited to {bloc} any more." if taken_back else f"{name} is out of {bloc}."
        tell(tx, sheet, nation.id, f"{name} and {bloc}", f"{done}{why}", f"kicked:{nation.id}")
        return BlocChange(bloc_sheet(tx, sheet.bloc.id), f"{done}{why}")


class TransferBloc(Write[BlocChange]):
    """Let another member lead a bloc that one's own nation leads."""

    bloc_id: BlocNumber
    to_id: NationNumber
    version: int | None = None

    def apply(self, tx: Transaction) -> BlocChange:
        """Save it and tell whoever leads that nation."""
        sheet = led_bloc(tx, self.bloc_id, self.version)
        nation = require_nation(tx, self.to_id)
        heir = _member(sheet, nation.id, plain(nation.name))
        before = sheet.leader
        if before is None or heir.nation_id == before.nation_id:
            raise InvalidInput(f"{plain(nation.name)} leads it already.", rule="bloc.unchanged")
        put(tx, sheet.bloc.id, before.nation_id, "member", before.at)
        put(tx, sheet.bloc.id, heir.nation_id, "leader", heir.at)
        touch(tx, sheet.bloc.id)
        announce(tx, sheet.bloc.id, f"{heir.nation} leads {sheet.bloc.name} now", heir.nation_id)
        bloc = plain(sheet.bloc.name)
        done = f"Leader of {bloc}: {plain(before.nation)} → {plain(heir.nation)}"
        tell(tx, sheet, heir.nation_id, f"{plain(heir.nation)} leads {bloc}", done, f"leads:{heir.nation_id}")
        return BlocChange(bloc_sheet(tx, sheet.bloc.id), done)


class DisbandBloc(Write[BlocChange]):
    """End a bloc that one's own nation leads; its name is free from then on."""

    bloc_id: BlocNumber
    reason: OptionalReason = None
    version: int | None = None

    def apply(self, tx: Transaction) -> BlocChange:
        """Save it and tell whoever led its members, and those who were invited."""
        sheet = led_bloc(tx, self.bloc_id, self.version)
        disband(tx, sheet)
        touch(tx, sheet.bloc.id)
        announce(tx, sheet.bloc.id, f"The bloc {sheet.bloc.name} is disbanded")
        why = f" Reason: {plain(self.reason)}" if self.reason and self.reason.strip() else ""
        done = f"{plain(sheet.bloc.name)} is disbanded.{why}"
        for one in sheet.people:
            tell(tx, sheet, one.nation_id, f"{plain(sheet.bloc.name)} is disbanded", done, "disbanded")
        return BlocChange(bloc_sheet(tx, sheet.bloc.id), done)


def leave_blocs_of(tx: Transaction, nation_id: int) -> tuple[str, ...]:
    """Take a nation that is archived out of its blocs, and say of each that it leaves."""
    said = []
    for sheet in blocs_of(tx, nation_id):
        member = sheet.of(nation_id)
        if member is not None:
            said.append(_gone(tx, sheet, member)[1])
    for sheet in invitations_of(tx, nation_id):
        invited = sheet.of(nation_id)
        if invited is not None:
            remove(tx, invited)
            touch(tx, sheet.bloc.id)
            said.append(f"Its invitation to {plain(sheet.bloc.name)} ends.")
    return tuple(said)


def _gone(tx: Transaction, sheet: BlocSheet, member: BlocMember) -> tuple[BlocSheet, str]:
    """Take a nation out, tell whoever leads the bloc then, and say what that does."""
    heir = let_go(tx, sheet, member)
    after = bloc_sheet(tx, sheet.bloc.id)
    name, bloc = plain(member.nation), plain(sheet.bloc.name)
    done = f"{name} leaves {bloc}."
    ends = ", which is disbanded" if after.leader is None else ""
    announce(tx, sheet.bloc.id, f"{member.nation} has left {sheet.bloc.name}{ends}", member.nation_id)
    if heir is not None:
        done += f" {plain(heir.nation)}, its member of longest standing, leads it from now on."
    elif after.leader is None:
        done += " It was the last one, so the bloc is disbanded."
    if after.leader is not None:
        tell(tx, sheet, after.leader.nation_id, f"{name} leaves {bloc}", done, f"left:{member.nation_id}")
    for one in sheet.invited if after.leader is None else ():
        tell(tx, sheet, one.nation_id, f"{bloc} is disbanded", done, "disbanded")
    return after, done


def _member(sheet: BlocSheet, nation_id: int, name: str) -> BlocMember:
    known = sheet.of(nation_id)
    if known is None or known.rank == "invited":
        raise NotFound(f"{name} is not in {plain(sheet.bloc.name)}.", rule="bloc.not_member")
    return known
