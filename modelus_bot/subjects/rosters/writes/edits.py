"""Putting people on a roster, taking them off, moving them, and their days away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from modelus_bot.database import ReadTransaction, Transaction, Write
from modelus_bot.database.administration import AuditOperation
from modelus_bot.domain.fields import DisciplineKey, MemberName, RosterPosition, Snowflake
from modelus_bot.domain.permissions import is_manager, require_actor, require_manager
from modelus_bot.domain.refusals import InvalidInput, NotAllowed, NotFound
from modelus_bot.subjects.assignments.queries import calendar_of
from modelus_bot.subjects.assignments.writes.rematerialising import check_expected, moves_of
from modelus_bot.subjects.disciplines.queries import discipline_label, require_discipline
from modelus_bot.subjects.people.queries import require_active_member
from modelus_bot.subjects.people.writes import ensure_member
from modelus_bot.subjects.rosters.model import RosterChange, RosterEntry
from modelus_bot.subjects.rosters.queries import find_entry, roster
from modelus_bot.subjects.rosters.writes.order import put_at, put_last
from modelus_bot.subjects.sprints.queries.away import turns_while_away
from modelus_bot.text.escaping import plain

__all__ = ["AddToRoster", "MoveInRoster", "RemoveFromRoster", "SetAway"]


class AddToRoster(Write[RosterChange]):
    """Put a member on a discipline's roster, at a position or at the end.

    Somebody who is on it already stays where they are; somebody removed earlier comes back to their
    old place unless another is asked for.
    """

    member_id: Snowflake
    name: MemberName
    discipline: DisciplineKey
    position: RosterPosition | None = None
    expected: str | None = None

    deferrable = True
    saved_as = "rosters.AddToRoster"

    def apply(self, tx: Transaction) -> RosterChange:
        """Upsert the entry and rotate anew."""
        require_manager(tx)
        require_discipline(tx, self.discipline)
        before = find_entry(tx, self.member_id, self.discipline)

        def change() -> None:
            ensure_member(tx, self.member_id, self.name)
            require_active_member(tx, self.member_id)
            if before is None:
                _insert(tx, self.member_id, self.discipline, self.position)

        return _changed(tx, self.member_id, self.discipline, before, change, self.expected)


class RemoveFromRoster(Write[RosterChange]):
    """Take a member off a roster; nobody else changes their place."""

    member_id: Snowflake
    discipline: DisciplineKey
    expected: str | None = None

    deferrable = True
    saved_as = "rosters.RemoveFromRoster"

    def apply(self, tx: Transaction) -> RosterChange:
        """Deactivate the entry and rotate on."""
        require_manager(tx)
        before = _require(tx, self.member_id, self.discipline)

        def change() -> None:
            tx.execute(
                "UPDATE user_disciplines SET is_active = 0, away_from = NULL, away_to = NULL, updated_at = ?"
                " WHERE user_id = ? AND discipline = ?",
                (tx.context.at, self.member_id, self.discipline),
            )
            _audit(tx, before, None)

        return _changed(tx, self.member_id, self.discipline, before, change, self.expected)


class MoveInRoster(Write[RosterChange]):
    """Move a member to another place in the rotation order."""

    member_id: Snowflake
    discipline: DisciplineKey
    position: RosterPosition
    expected: str | None = None

    deferrable = True
    saved_as = "rosters.MoveInRoster"

    def apply(self, tx: Transaction) -> RosterChange:
        """Reorder the roster and rotate anew."""
        require_manager(tx)
        before = _require(tx, self.member_id, self.discipline)
        size = len(roster(tx, self.discipline))
        if self.position > size:
            label = discipline_label(tx, self.discipline)
            places = (
                "1 person, so the position must be 1"
                if size == 1
                else (f"{size} people, so the position must be 1 to {size}")
            )
            raise InvalidInput(f"The roster of {plain(label)} has {places}.", rule="roster.position")

        def change() -> None:
            put_at(tx, self.member_id, self.discipline, self.position)
            _audit(tx, before, find_entry(tx, self.member_id, self.discipline))

        return _changed(tx, self.member_id, self.discipline, before, change, self.expected)


class SetAway(Write[RosterChange]):
    """Say from when to when a member is away; without dates they are back.

    Without a discipline it counts for every roster they are on. Members may do it for themselves.
    """

    member_id: Snowflake
    discipline: DisciplineKey | None = None
    away_from: date | None = None
    away_to: date | None = None
    expected: str | None = None

    deferrable = True
    saved_as = "rosters.SetAway"

    def apply(self, tx: Transaction) -> RosterChange:
        """Set the dates and rotate anew."""
        if not is_manager(tx) and require_actor(tx) != self.member_id:
            raise NotAllowed(
                "You can only set your own days away. Project managers can do it for others.",
                rule="roster.away_own",
            )
        if self.away_from is None and self.away_to is not None:
            raise InvalidInput("A last day away needs a first day.", rule="user_disciplines_away_order")
        if self.away_from is not None and self.away_to is not None and self.away_to < self.away_from:
            raise InvalidInput(
                f"The last day away ({self.away_to}) is before the first ({self.away_from}).",
                rule="user_disciplines_away_order",
            )
        entries = [entry for entry in roster(tx, self.discipline) if entry.user_id == self.member_id]
        if not entries:
            raise NotFound(
                "This member is not on that roster. `/roster show` lists who is.", rule="roster.unknown"
            )

        def change() -> None:
            for entry in entries:
                tx.execute(
                    "UPDATE user_disciplines SET away_from = ?, away_to = ?, updated_at = ?"
                    " WHERE user_id = ? AND discipline = ?",
                    (
                        _text(self.away_from),
                        _text(self.away_to),
                        tx.context.at,
                        self.member_id,
                        entry.discipline,
                    ),
                )
                _audit(tx, entry, find_entry(tx, self.member_id, entry.discipline))

        changed = _changed(tx, self.member_id, entries[0].discipline, entries[0], change, self.expected)
        if self.away_from is None:
            return changed
        kept = turns_while_away(tx, self.member_id, tx.context.at, calendar_of(tx.context))
        return replace(changed, kept=kept)


def _text(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _require(tx: ReadTransaction, user_id: int, discipline: str) -> RosterEntry:
    found = find_entry(tx, user_id, discipline)
    if found is None:
        raise NotFound(
            f"This member is not on the roster of {plain(discipline_label(tx, discipline))}."
            " `/roster show` lists who is.",
            rule="roster.unknown",
        )
    return found


def _insert(tx: Transaction, user_id: int, discipline: str, position: int | None) -> None:
    put_last(tx, user_id, discipline)
    if position is not None:
        put_at(tx, user_id, discipline, position)
    _audit(tx, None, find_entry(tx, user_id, discipline))


def _changed(
    tx: Transaction,
    user_id: int,
    discipline: str,
    before: RosterEntry | None,
    change: Callable[[], None],
    expected: str | None,
) -> RosterChange:
    moves = moves_of(tx, change)
    digest = check_expected(moves, expected)
    return RosterChange(before, find_entry(tx, user_id, discipline), moves, digest)


def _audit(tx: Transaction, before: RosterEntry | None, after: RosterEntry | None) -> None:
    entry = after or before
    if entry is None or before == after:
        return
    operation: AuditOperation = "INSERT" if before is None else "DELETE" if after is None else "UPDATE"
    record = f"{entry.discipline}:{entry.user_id}"
    tx.audit("user_disciplines", record, operation, old=_values(before), new=_values(after))


def _values(entry: RosterEntry | None) -> dict[str, object] | None:
    if entry is None:
        return None
    return {
        "position": entry.position,
        "away_from": _text(entry.away_from),
        "away_to": _text(entry.away_to),
    }
