"""Who is next: rotation by carry, rotation by modulo, and who moves when something changes. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

__all__ = ["Candidate", "Move", "Slot", "Term", "carry", "digest_of", "modulo", "who_moves"]

Slot = tuple[int, str]
"""A sprint's id and a discipline's key."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person on a roster, in rotation order, with the days they are away (both included)."""

    user_id: int
    position: int
    away_from: date | None = None
    away_to: date | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A sprint to be filled: its id, its number in order, its first and last day."""

    sprint_id: int
    index: int
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Move:
    """One sprint's holder changes: from whom to whom (None: nobody)."""

    discipline: str
    sprint_id: int
    sprint_name: str
    before: int | None
    after: int | None
    label: str = ""
    """The discipline's name; empty in results that were stored by an older version."""

    @property
    def duty(self) -> str:
        """What people call the discipline."""
        return self.label or self.discipline


def is_away(person: Candidate, term: Term) -> bool:
    """Say whether somebody is away for more than half of a sprint's days."""
    if person.away_from is None and person.away_to is None:
        return False
    first = max(person.away_from or term.start, term.start)
    last = min(person.away_to or term.end, term.end - timedelta(days=1))
    days = (last - first).days + 1
    return days * 2 > (term.end - term.start).days


def carry(
    people: Sequence[Candidate], terms: Iterable[Term], last_position: int | None
) -> dict[int, int | None]:
    """Give each term to the next available person after the last rotation holder, in a circle.

    ``last_position`` is where the last holder stands or stood on the roster, None if there was none:
    so removing or renaming one person moves nobody else's turn before theirs. Somebody away for more
    than half of a term is passed over and is next in line for nothing; nobody available leaves the
    term empty and the turn where it was.
    """
    ordered = sorted(people, key=lambda person: person.position)
    holders: dict[int, int | None] = {}
    turn = last_position
    for term in terms:
        chosen = _next(ordered, term, turn)
        holders[term.sprint_id] = chosen.user_id if chosen is not None else None
        if chosen is not None:
            turn = chosen.position
    return holders


def _next(ordered: Sequence[Candidate], term: Term, turn: int | None) -> Candidate | None:
    after = [person for person in ordered if turn is None or person.position > turn]
    around = [person for person in ordered if turn is not None and person.position <= turn]
    return next((person for person in [*after, *around] if not is_away(person, term)), None)


def modulo(people: Sequence[Candidate], terms: Iterable[Term]) -> dict[int, int | None]:
    """Give each term to ``people[index mod n]``: what the imported rota did, away or not."""
    ordered = sorted(people, key=lambda person: person.position)
    if not ordered:
        return {term.sprint_id: None for term in terms}
    return {term.sprint_id: ordered[term.index % len(ordered)].user_id for term in terms}


def who_moves(
    before: Mapping[Slot, int | None],
    after: Mapping[Slot, int | None],
    names: Mapping[int, str],
    labels: Mapping[str, str],
) -> tuple[Move, ...]:
    """Return the slots whose holder differs; ``names`` are the sprints' names, in the sprints' order,
    ``labels`` the disciplines' names.

    A slot that exists on one side only counts as held by nobody on the other.
    """
    order = {sprint_id: number for number, sprint_id in enumerate(names)}
    slots = sorted(set(before) | set(after), key=lambda slot: (order.get(slot[0], len(order)), slot))
    return tuple(
        Move(
            discipline,
            sprint_id,
            names.get(sprint_id, ""),
            before.get(slot),
            after.get(slot),
            labels.get(discipline, ""),
        )
        for slot in slots
        for sprint_id, discipline in (slot,)
        if before.get(slot) != after.get(slot)
    )


def digest_of(moves: Iterable[Move]) -> str:
    """Return a short code of the moves that were shown, to be given back with the confirmation."""
    text = ";".join(f"{move.discipline},{move.sprint_id},{move.before},{move.after}" for move in moves)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
