"""Giving and ending offices: one holder of each, one office for each member, all of it kept."""

from __future__ import annotations

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import MemberName, Snowflake
from modelus_bot.domain.permissions import require_admin
from modelus_bot.domain.refusals import InvalidInput, NotFound, Stale
from modelus_bot.subjects.nations.model import Nation, Office, OfficeChange, OfficeName
from modelus_bot.subjects.nations.queries.offices import office_held_by, offices_of
from modelus_bot.subjects.nations.queries.records import require_nation
from modelus_bot.subjects.nations.rules.words import OFFICES
from modelus_bot.subjects.nations.writes.fields import NationNumber
from modelus_bot.subjects.nations.writes.telling import tell_led, tell_unled
from modelus_bot.subjects.notices.writes.outbox import notify
from modelus_bot.subjects.people.queries import require_active_member
from modelus_bot.subjects.people.writes import ensure_member
from modelus_bot.text.escaping import plain

__all__ = ["EndOffice", "GiveOffice"]

_GIVE = "INSERT INTO nation_offices(nation_id, user_id, office, since) VALUES(?, ?, ?, ?)"
_END = "UPDATE nation_offices SET until = max(since, ?) WHERE id = ?"


class GiveOffice(Write[OfficeChange]):
    """Give a member an office of a nation; who held it, and what the member held elsewhere, ends.

    ``expected`` are the numbers of the offices that were shown to end; others make it ``Stale``.
    """

    nation_id: NationNumber
    user_id: Snowflake
    username: MemberName
    office: OfficeName
    expected: tuple[int, ...] | None = None

    def apply(self, tx: Transaction) -> OfficeChange:
        """End what has to end, and begin it."""
        require_admin(tx)
        nation = require_nation(tx, self.nation_id)
        ensure_member(tx, self.user_id, self.username)
        require_active_member(tx, self.user_id)
        ended = self._ending(tx, nation)
        if self.expected is not None and self.expected != tuple(item.id for item in ended):
            raise Stale(
                "The offices have changed since this was shown. Look at them again, then decide.",
                rule="office.stale",
            )
        closed = tuple(_end(tx, item) for item in ended)
        former = self._tell_ended(tx, nation, closed)
        number = tx.insert(_GIVE, (nation.id, self.user_id, self.office, tx.context.at))
        tx.audit(
            "nation_offices",
            number,
            "INSERT",
            new={"nation_id": nation.id, "user_id": self.user_id, "office": self.office},
            nation_id=nation.id,
        )
        tell_led(tx, nation, self.office, self.user_id, former)
        given = office_held_by(tx, self.user_id)
        title = f"You are {OFFICES[self.office]} of {plain(nation.full_name)}"
        notify(
            tx, self.user_id, "nation", title, f"{plain(nation.full_name)} is yours to lead: `/nation show`."
        )
        return OfficeChange(nation, given, closed)

    def _tell_ended(self, tx: Transaction, nation: Nation, closed: tuple[Office, ...]) -> int | None:
        """Tell of offices that nobody holds now, and return who held the one that is given."""
        former = None
        for item in closed:
            if (item.nation_id, item.office) == (nation.id, self.office):
                former = item.user_id
            else:
                tell_unled(tx, require_nation(tx, item.nation_id, archived=True), item.office, item.user_id)
        return former

    def _ending(self, tx: Transaction, nation: Nation) -> tuple[Office, ...]:
        held = office_held_by(tx, self.user_id)
        if held is not None and (held.nation_id, held.office) == (nation.id, self.office):
            raise InvalidInput(
                f"{plain(self.username)} is {OFFICES[self.office]} of {plain(nation.name)} already.",
                rule="office.unchanged",
            )
        before = [item for item in offices_of(tx, nation.id) if item.office == self.office]
        return tuple(sorted([*before, *([held] if held else [])], key=lambda item: item.id))


class EndOffice(Write[OfficeChange]):
    """End the office that a member holds."""

    user_id: Snowflake

    def apply(self, tx: Transaction) -> OfficeChange:
        """Close the row; it stays as history."""
        require_admin(tx)
        held = office_held_by(tx, self.user_id)
        if held is None:
            raise NotFound("This member holds no office, so there is none to end.", rule="office.none")
        nation = require_nation(tx, held.nation_id, archived=True)
        tell_unled(tx, nation, held.office, held.user_id)
        return OfficeChange(nation, None, (_end(tx, held),))


def _end(tx: Transaction, held: Office) -> Office:
    """End an office now, and tell whoever held it."""
    tx.execute(_END, (tx.context.at, held.id))
    until = max(held.since, tx.context.at)
    tx.audit(
        "nation_offices",
        held.id,
        "UPDATE",
        old={"until": None},
        new={"until": until},
        nation_id=held.nation_id,
    )
    nation = require_nation(tx, held.nation_id, archived=True)
    text = f"You are not {OFFICES[held.office]} of {plain(nation.full_name)} any more."
    notify(tx, held.user_id, "nation", "Your office has ended", text)
    return Office(held.id, held.nation_id, held.user_id, held.office, held.since, until)
