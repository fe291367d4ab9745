"""Administrators let wars begin, nations join and leave them, and wars end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import Reason
from modelus_bot.domain.permissions import require_admin
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.feed.model import EventKind
from modelus_bot.subjects.feed.writes.recording import happened
from modelus_bot.subjects.nations.model import Nation
from modelus_bot.subjects.nations.queries.records import require_nation
from modelus_bot.subjects.nations.writes.fields import NationNumber
from modelus_bot.subjects.wars.model import Side, War, WarChange, WarSheet
from modelus_bot.subjects.wars.queries import war_sheet
from modelus_bot.text.escaping import NAMELESS, bare, plain

__all__ = ["EndWar", "JoinWar", "LeaveWar", "StartWar", "UpdateWar"]

WarNumber = Annotated[int, Field(ge=1, lt=2**63)]
Nations = Annotated[tuple[NationNumber, ...], Field(min_length=1, max_length=25)]
Note = Annotated[str, Field(min_length=1, max_length=300)] | None
_START = """
INSERT INTO wars(name, started_on, description, created_by, created_at, updated_at) VALUES(?, ?, ?, ?, ?, ?)
"""
_TAKEN = "SELECT 1 FROM wars WHERE name = ? AND status = 'active'"
_JOIN = """
INSERT INTO war_sides(war_id, nation_id, side, joined_on) VALUES(?, ?, ?, ?)
ON CONFLICT(war_id, nation_id) DO UPDATE SET
    side = excluded.side, joined_on = excluded.joined_on, left_on = NULL
"""
_LEAVE = "UPDATE war_sides SET left_on = ? WHERE war_id = ? AND nation_id = ?"
_STEP = """
UPDATE wars SET status = ?, ended_on = ?, end_reason = ?, casualties = ?, version = version + 1,
    updated_at = ?
WHERE id = ?
"""
_EVENT = """
INSERT INTO war_events(war_id, kind, nation_id, side, casualties, note, on_day, by_user, at)
VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_LAST = "SELECT max(on_day) FROM war_events WHERE war_id = ?"


_ON_SIDE: dict[Side, str] = {"A": " on side A", "B": " on side B", "other": ""}
OUT = "out"


class StartWar(Write[WarChange]):
    """Let a war begin between two sides."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    side_a: Nations
    side_b: Nations
    on: date
    description: Annotated[str, Field(min_length=1, max_length=1000)] | None = None

    def apply(self, tx: Transaction) -> WarChange:
        """Insert it with its sides."""
        require_admin(tx)
        name = " ".join(self.name.split())
        if bare(name) == NAMELESS or not any(letter.isalnum() for letter in name):
            raise InvalidInput("A war's name needs letters that can be seen.", rule="war.name")
        if tx.fetch_one(_TAKEN, (name,)) is not None:
            raise InvalidInput(f"A war called {plain(name)} goes on already.", rule="war.name_taken")
        if set(self.side_a) & set(self.side_b):
            raise InvalidInput("A nation cannot fight on both sides.", rule="war.both_sides")
        at = tx.context.at
        day = self.on.isoformat()
        number = tx.insert(_START, (name, day, self.description, tx.context.actor, at, at))
        new = {"name": name, "started_on": day, "A": list(self.side_a), "B": list(self.side_b)}
        tx.audit("wars", number, "INSERT", new=new)
        _note(tx, number, "started", self.on, note=None)
        sides: tuple[tuple[Side, Nations], ...] = (("A", self.side_a), ("B", self.side_b))
        for side, nations in sides:
            for nation in dict.fromkeys(nations):
                require_nation(tx, nation)
                tx.execute(_JOIN, (number, nation, side, day))
                joined = {"joined": nation, "side": side, "on": day}
                tx.audit("wars", number, "UPDATE", old={}, new=joined, nation_id=nation)
        begun = war_sheet(tx, number)
        _tell(tx, "war.started", f"The war “{name}” has begun: {_against(begun)}", begun.war)
        return WarChange(None, begun)


class JoinWar(Write[WarChange]):
    """Let a nation enter a war, or enter it again."""

    war_id: WarNumber
    nation_id: NationNumber
    side: Side
    on: date

    def apply(self, tx: Transaction) -> WarChange:
        """Save it."""
        before = _going_on(tx, self.war_id, self.on)
        nation = require_nation(tx, self.nation_id)
        known = next((side for side in before.sides if side.nation_id == nation.id), None)
        if known is not None and known.left_on is None:
            raise InvalidInput(f"{plain(nation.name)} fights in this war already.", rule="war.joined")
        tx.execute(_JOIN, (before.war.id, nation.id, self.side, self.on.isoformat()))
        _note(tx, before.war.id, "joined", self.on, nation.id, self.side)
        new = {"joined": nation.id, "side": self.side, "on": self.on.isoformat()}
        tx.audit("wars", before.war.id, "UPDATE", old={}, new=new, nation_id=nation.id)
        headline = f"{nation.full_name} joined the war “{before.war.name}”{_ON_SIDE[self.side]}"
        _tell(tx, "war.joined", headline, before.war, nation, (OUT, self.side))
        return _stepped(tx, before, before.war)


class LeaveWar(Write[WarChange]):
    """Let a nation leave a war that goes on without it."""

    war_id: WarNumber
    nation_id: NationNumber
    on: date

    def apply(self, tx: Transaction) -> WarChange:
        """Save it; the last one of a side does not leave, the war ends."""
        before = _going_on(tx, self.war_id, self.on)
        nation = require_nation(tx, self.nation_id, archived=True)
        fighting = [side for side in before.sides if side.left_on is None]
        known = next((side for side in fighting if side.nation_id == nation.id), None)
        if known is None:
            raise InvalidInput(f"{plain(nation.name)} does not fight in this war.", rule="war.not_in")
        if known.side != "other" and sum(side.side == known.side for side in fighting) == 1:
            raise InvalidInput(
                f"{plain(nation.name)} is the last one on its side. End the war with `/war end` instead.",
                rule="war.last",
            )
        tx.execute(_LEAVE, (self.on.isoformat(), before.war.id, nation.id))
        _note(tx, before.war.id, "left", self.on, nation.id, known.side)
        new = {"left": nation.id, "on": self.on.isoformat()}
        tx.audit("wars", before.war.id, "UPDATE", old={}, new=new, nation_id=nation.id)
        headline = f"{nation.full_name} left the war “{before.war.name}”"
        _tell(tx, "war.left", headline, before.war, nation, (known.side, OUT))
        return _stepped(tx, before, before.war)


class UpdateWar(Write[WarChange]):
    """Say what a war has cost in lives so far, and what happened."""

    war_id: WarNumber
    casualties: Annotated[int, Field(ge=0, le=20_000_000_000)]
    on: date
    note: Note = None

    def apply(self, tx: Transaction) -> WarChange:
        """Save the figure as it is given: it is the sum of all days."""
        before = _going_on(tx, self.war_id, self.on)
        if self.casualties == before.war.casualties and self.note is None:
            raise InvalidInput("Nothing to change: that is the figure already.", rule="war.unchanged")
        _note(tx, before.war.id, "update", self.on, note=self.note, casualties=self.casualties)
        old, new = {"casualties": before.war.casualties}, {"casualties": self.casualties, "note": self.note}
        tx.audit("wars", before.war.id, "UPDATE", old=old, new=new)
        return _stepped(tx, before, replace(before.war, casualties=self.casualties))


class EndWar(Write[WarChange]):
    """End a war; who fought until then is kept."""

    war_id: WarNumber
    reason: Reason
    on: date

    def apply(self, tx: Transaction) -> WarChange:
        """Save it."""
        before = _going_on(tx, self.war_id, self.on)
        _note(tx, before.war.id, "ended", self.on, note=self.reason)
        new = {"status": "ended", "ended_on": self.on.isoformat(), "end_reason": self.reason}
        tx.audit("wars", before.war.id, "UPDATE", old={"status": "active"}, new=new)
        _tell(tx, "war.ended", f"The war “{before.war.name}” has ended: {self.reason}", before.war)
        return _stepped(
            tx, before, replace(before.war, status="ended", ended_on=self.on, end_reason=self.reason)
        )


def _going_on(tx: Transaction, war_id: int, on: date) -> WarSheet:
    """Return a war that goes on, for an administrator; raises ``InvalidInput`` for a day that is over."""
    require_admin(tx)
    found = war_sheet(tx, war_id)
    if found.war.status == "ended":
        raise InvalidInput("This war has ended; it stays as it was.", rule="war.ended")
    last = date.fromisoformat(tx.fetch_value(_LAST, (war_id,)) or found.war.started_on.isoformat())
    if on < last:
        raise InvalidInput(
            f"Something happened in this war on {last.isoformat()} already. Give that day or a later one.",
            rule="war.day",
        )
    return found


def _stepped(tx: Transaction, before: WarSheet, war: War) -> WarChange:
    ended = None if war.ended_on is None else war.ended_on.isoformat()
    tx.execute(_STEP, (war.status, ended, war.end_reason, war.casualties, tx.context.at, war.id))
    return WarChange(before, war_sheet(tx, war.id))


def _note(
    tx: Transaction,
    war_id: int,
    kind: str,
    on: date,
    nation_id: int | None = None,
    side: Side | None = None,
    *,
    note: str | None = None,
    casualties: int | None = None,
) -> None:
    """Add to what happened in a war."""
    context = tx.context
    values = (war_id, kind, nation_id, side, casualties, note, on.isoformat(), context.actor, context.at)
    tx.execute(_EVENT, values)


def _tell(
    tx: Transaction,
    kind: EventKind,
    headline: str,
    war: War,
    nation: Nation | None = None,
    turned: tuple[str, str] | None = None,
) -> None:
    """Let the feed tell of a war; ``turned`` are the sides of a nation before and after."""
    number = None if nation is None else nation.id
    matter = None if turned is None else (f"war:{war.id}:nation:{number}", *turned)
    happened(tx, kind, headline, nation_id=number, about=("wars", war.id), turned=matter)


def _against(sheet: WarSheet) -> str:
    named = (", ".join(one.nation for one in sheet.sides if one.side == side) for side in ("A", "B"))
    return " against ".join(named)
