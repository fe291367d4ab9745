"""Inviting nations to a bloc, and their answers."""

from __future__ import annotations

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.refusals import InvalidInput, NotAllowed, NotFound, Stale
from modelus_bot.subjects.blocs.model import BlocChange, BlocMember, BlocSheet
from modelus_bot.subjects.blocs.queries import bloc_sheet
from modelus_bot.subjects.blocs.rules import LASTS, MOST_IN_BLOC
from modelus_bot.subjects.blocs.writes.fields import BlocNumber
from modelus_bot.subjects.blocs.writes.membership import (
    announce,
    led_bloc,
    living_bloc,
    put,
    remove,
    require_room,
    tell,
    touch,
)
from modelus_bot.subjects.nations.queries.records import require_nation
from modelus_bot.subjects.nations.writes.fields import NationNumber
from modelus_bot.subjects.nations.writes.powers import led_nation
from modelus_bot.text.escaping import plain

__all__ = ["AnswerInvitation", "ExpireInvitation", "InviteNation"]


class InviteNation(Write[BlocChange]):
    """Invite a nation to a bloc; it belongs to it once its president accepts."""

    bloc_id: BlocNumber
    to_id: NationNumber

    def apply(self, tx: Transaction) -> BlocChange:
        """Save the invitation and tell whoever leads the nation."""
        sheet = led_bloc(tx, self.bloc_id)
        nation = require_nation(tx, self.to_id)
        self._check(tx, sheet, sheet.of(nation.id), plain(nation.name))
        at = tx.context.at
        put(tx, sheet.bloc.id, nation.id, "invited", at, at + LASTS)
        touch(tx, sheet.bloc.id)
        name = plain(sheet.bloc.name)
        leaders = tell(
            tx,
            sheet,
            nation.id,
            f"{plain(nation.name)} is invited to {name}",
            f"{plain(nation.name)} is invited to the bloc {name}. Its president can accept or decline until"
            f" <t:{at + LASTS}:f>, here or with `/bloc answer`. `/bloc show` says who is in it.",
            f"invited:{nation.id}",
        )
        told = "" if leaders else f" Nobody leads {plain(nation.name)} at present, so nobody was told."
        done = f"{plain(nation.name)} is invited to {name}; it can answer until <t:{at + LASTS}:f>.{told}"
        return BlocChange(bloc_sheet(tx, sheet.bloc.id), done)

    def _check(self, tx: Transaction, sheet: BlocSheet, known: BlocMember | None, name: str) -> None:
        if known is not None and known.rank != "invited":
            raise InvalidInput(f"{name} is in {plain(sheet.bloc.name)} already.", rule="bloc.member")
        if known is not None and (known.expires_at or 0) > tx.context.at:
            raise InvalidInput(
                f"{name} is invited already and can answer until <t:{known.expires_at}:f>."
                " `/bloc kick` takes the invitation back.",
                rule="bloc.invited",
            )
        if known is None and len(sheet.people) >= MOST_IN_BLOC:
            raise InvalidInput(
                f"A bloc has at most {MOST_IN_BLOC} members and invitations together.", rule="bloc.full"
            )


class AnswerInvitation(Write[BlocChange]):
    """Accept or decline for one's own nation or, as administrator, for ``nation_id``.

    ``invited_id`` and ``since`` are whose invitation was shown, and when it began; a later one makes it
    ``Stale``.
    """

    bloc_id: BlocNumber
    accept: bool
    invited_id: NationNumber | None = None
    since: int | None = None
    nation_id: NationNumber | None = None

    def apply(self, tx: Transaction) -> BlocChange:
        """Save the answer; of two at once the second reads what the first was."""
        nation = led_nation(tx, self.nation_id, deputy=False)
        if self.invited_id is not None and nation.id != self.invited_id:
            other = require_nation(tx, self.invited_id, archived=True)
            raise NotAllowed(f"This invitation is for {plain(other.name)}.", rule="bloc.not_theirs")
        sheet = living_bloc(tx, self.bloc_id)
        name, bloc = plain(nation.name), plain(sheet.bloc.name)
        invited = _invitation(tx, sheet, nation.id, name, self.since)
        if self.accept:
            require_room(tx, nation)
            put(tx, sheet.bloc.id, nation.id, "member", tx.context.at)
            announce(tx, sheet.bloc.id, f"{nation.name} has joined {sheet.bloc.name}", nation.id)
        else:
            remove(tx, invited)
        touch(tx, sheet.bloc.id)
        done = f"{name} has joined {bloc}." if self.accept else f"{name} declined the invitation to {bloc}."
        after = bloc_sheet(tx, sheet.bloc.id)
        if after.leader is not None:
            title = f"{name} {'joins' if self.accept else 'does not join'} {bloc}"
            tell(tx, after, after.leader.nation_id, title, done, f"answered:{nation.id}")
        return BlocChange(after, done)


class ExpireInvitation(Write[bool]):
    """Take an invitation back that nobody answered in time; False if there is none any more."""

    bloc_id: BlocNumber
    invited_id: NationNumber
    since: int

    def apply(self, tx: Transaction) -> bool:
        """Remove it and tell both sides."""
        sheet = bloc_sheet(tx, self.bloc_id)
        known = sheet.of(self.invited_id)
        if known is None or known.at != self.since or (known.expires_at or tx.context.at + 1) > tx.context.at:
            return False
        remove(tx, known)
        touch(tx, sheet.bloc.id)
        name, bloc = plain(known.nation), plain(sheet.bloc.name)
        text = (
            f"Nobody in {name} answered the invitation to {bloc}, so it has expired. It can be invited again."
        )
        for nation_id in (known.nation_id, sheet.leader.nation_id if sheet.leader is not None else None):
            if nation_id is not None:
                tell(
                    tx, sheet, nation_id, f"Invitation to {bloc} expired", text, f"expired:{known.nation_id}"
                )
        return True


def _invitation(
    tx: Transaction, sheet: BlocSheet, nation_id: int, name: str, since: int | None
) -> BlocMember:
    """Return the invitation of a nation that can be answered now; raises a refusal that says why not."""
    known, bloc = sheet.of(nation_id), plain(sheet.bloc.name)
    if known is not None and known.rank != "invited":
        raise InvalidInput(
            f"{name} accepted already and is in {bloc} since <t:{known.at}:R>.", rule="bloc.answered"
        )
    if known is None:
        raise NotFound(
            f"{name} is not invited to {bloc}: the invitation was declined, taken back or has expired, or"
            " there was none.",
            rule="bloc.not_invited",
        )
    if since is not None and since != known.at:
        raise Stale(
            f"This invitation is over; {name} was invited again <t:{known.at}:R>. Answer that one.",
            rule="bloc.stale",
        )
    if (known.expires_at or 0) <= tx.context.at:
        raise InvalidInput(
            f"This invitation could be answered until <t:{known.expires_at}:f>. Ask for another one.",
            rule="bloc.expired",
        )
    return known
