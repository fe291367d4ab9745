"""Assignments: who holds which slot, materialised for the current sprint and the next six.

The effective holder of a slot is the replacement of its approved cover, else whoever was set by
hand, else the rotation's choice. Past rows are frozen. The current sprint's choice stays while that
person is still on the roster and available, so that an edit never takes somebody off duty by accident.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from modelus_bot.database.operation import Context, ReadTransaction, Row, Transaction
from modelus_bot.domain.calendar import Calendar, Span, choose_current
from modelus_bot.domain.disciplines import Discipline, disciplines
from modelus_bot.domain.errors import Stale
from modelus_bot.domain.notifications import notify, notify_managers
from modelus_bot.domain.rotation import (
    Candidate,
    Move,
    Slot,
    Term,
    carry,
    digest_of,
    is_away,
    modulo,
    who_moves,
)

__all__ = [
    "HORIZON",
    "HolderChange",
    "calendar_of",
    "check_expected",
    "current_span",
    "effective_holder",
    "effective_slots",
    "moves_of",
    "rematerialise",
]

HORIZON = 7
"""How many sprints are materialised: the current one and the next six."""

_SPRINTS = """
SELECT id, sprint_index, name, start_date, end_date FROM sprints
WHERE sprint_index IS NOT NULL ORDER BY start_date, sprint_index
"""
_ROSTER = """
SELECT d.user_id, d.position, d.away_from, d.away_to, d.is_active AND u.is_active AS available
FROM user_disciplines AS d JOIN users AS u ON u.discord_id = d.user_id
WHERE d.discipline = ? ORDER BY d.position
"""
_FIXED = "SELECT user_id, source FROM assignments WHERE sprint_id = ? AND discipline = ?"
_LAST_HOLDER = """
SELECT a.user_id FROM assignments AS a JOIN sprints AS s ON s.id = a.sprint_id
WHERE a.discipline = ? AND s.start_date < ? AND a.source <> 'manual' AND a.user_id IS NOT NULL
ORDER BY s.start_date DESC LIMIT 1
"""
_UPSERT = """
INSERT INTO assignments(sprint_id, discipline, user_id, source, updated_at) VALUES(?, ?, ?, 'rotation', ?)
ON CONFLICT(sprint_id, discipline) DO UPDATE
SET user_id = excluded.user_id, updated_at = excluded.updated_at
WHERE assignments.source = 'rotation' AND assignments.user_id IS NOT excluded.user_id
"""
_FORGET_UNPLANNED = """
DELETE FROM assignments
WHERE source = 'rotation' AND sprint_id IN (SELECT id FROM sprints WHERE sprint_index IS NULL)
AND sprint_id IN (SELECT id FROM sprints WHERE start_date > ?)
"""
_EFFECTIVE = """
SELECT a.user_id, a.source, o.replacement_id
FROM (SELECT ? AS sprint_id, ? AS discipline) AS slot
LEFT JOIN assignments AS a ON a.sprint_id = slot.sprint_id AND a.discipline = slot.discipline
LEFT JOIN overrides AS o
    ON o.sprint_id = slot.sprint_id AND o.discipline = slot.discipline AND o.status = 'approved'
"""
_HOLD = """
INSERT INTO current_holders(discipline, user_id, source, since) VALUES(?, ?, ?, ?)
ON CONFLICT(discipline) DO UPDATE
SET user_id = excluded.user_id, source = excluded.source, since = excluded.since
WHERE current_holders.user_id IS NOT excluded.user_id OR current_holders.source <> excluded.source
"""
_STATE = """
INSERT INTO current_state(id, sprint_id, version, updated_at) VALUES(1, ?, 1, ?)
ON CONFLICT(id) DO UPDATE
SET sprint_id = excluded.sprint_id, version = current_state.version + 1, updated_at = excluded.updated_at
WHERE current_state.version = ?
RETURNING version
"""


@dataclass(frozen=True, slots=True)
class HolderChange:
    """Duty in one discipline passed from somebody to somebody (None: nobody)."""

    discipline: str
    label: str
    before: int | None
    after: int | None


def calendar_of(context: Context) -> Calendar:
    """Return the server's calendar as the context knows it."""
    return Calendar(context.zone, context.handoff_minute)


def current_span(tx: ReadTransaction, at: int, calendar: Calendar) -> Span | None:
    """Return the sprint that is on duty at an instant, or None before the first."""
    return choose_current((_span(row) for row in tx.fetch_all(_SPRINTS)), at, calendar)


def effective_slots(tx: ReadTransaction, at: int, calendar: Calendar) -> dict[Slot, int | None]:
    """Return who holds each slot of the current sprint and the next six, covers included."""
    return {
        (row["id"], discipline.key): effective_holder(tx, row["id"], discipline.key)[0]
        for row in _horizon(tx, at, calendar)
        for discipline in disciplines(tx)
    }


def effective_holder(tx: ReadTransaction, sprint_id: int, discipline: str) -> tuple[int | None, str]:
    """Return who holds a slot and why: ``override``, ``manual``, ``rotation`` or ``none``."""
    row = tx.fetch_one(_EFFECTIVE, (sprint_id, discipline))
    if row is None or (row["user_id"] is None and row["replacement_id"] is None):
        return None, "none"
    if row["replacement_id"] is not None:
        return row["replacement_id"], "override"
    return row["user_id"], "manual" if row["source"] == "manual" else "rotation"


def moves_of(tx: Transaction, change: Callable[[], None]) -> tuple[Move, ...]:
    """Make a change and return who moves because of it; those people are told."""
    calendar = calendar_of(tx.context)
    rematerialise(tx)
    names = {row["id"]: row["name"] for row in _horizon(tx, tx.context.at, calendar)}
    before = effective_slots(tx, tx.context.at, calendar)
    change()
    rematerialise(tx)
    names |= {row["id"]: row["name"] for row in _horizon(tx, tx.context.at, calendar)}
    after = effective_slots(tx, tx.context.at, calendar)
    kept = before.keys() & after.keys()
    moves = who_moves({slot: before[slot] for slot in kept}, {slot: after[slot] for slot in kept}, names)
    _tell_movers(tx, moves)
    return moves


def check_expected(moves: tuple[Move, ...], expected: str | None) -> str:
    """Return the moves' digest; raise ``Stale`` if other moves were confirmed than would be made."""
    digest = digest_of(moves)
    if expected is not None and expected != digest:
        raise Stale(
            "The rota changed while you were looking, so other people would move than you were shown."
            " Nothing was changed. Please run the command again.",
            rule="rota.changed",
        )
    return digest


def rematerialise(tx: Transaction) -> tuple[HolderChange, ...]:
    """Fill the slots of the horizon, move the current state on, and return whose duty changed.

    Idempotent: with nothing new, nothing is written.
    """
    calendar = calendar_of(tx.context)
    horizon = _horizon(tx, tx.context.at, calendar)
    span = current_span(tx, tx.context.at, calendar)
    active = disciplines(tx)
    tx.execute(_FORGET_UNPLANNED, (calendar.duty_day(tx.context.at).isoformat(),))
    for discipline in active:
        _fill(tx, discipline, horizon, span)
    new_sprint = _advance_state(tx, span)
    changes = _refresh_holders(tx, active, span)
    _tell_holders(tx, changes, span, new_sprint=new_sprint)
    _alert(tx, active, span, calendar)
    return changes


def _span(row: Row) -> Span:
    return Span(row["id"], date.fromisoformat(row["start_date"]), date.fromisoformat(row["end_date"]))


def _term(row: Row) -> Term:
    span = _span(row)
    return Term(span.id, row["sprint_index"], span.start, span.end)


def _horizon(tx: ReadTransaction, at: int, calendar: Calendar) -> list[Row]:
    rows = tx.fetch_all(_SPRINTS)
    current = choose_current(map(_span, rows), at, calendar)
    first = next((n for n, row in enumerate(rows) if current and row["id"] == current.id), 0)
    return rows[first : first + HORIZON]


def _fill(tx: Transaction, discipline: Discipline, horizon: list[Row], span: Span | None) -> None:
    """Give the horizon's open slots of one discipline to the people of its roster."""
    roster = tx.fetch_all(_ROSTER, (discipline.key,))
    people = [_candidate(row) for row in roster if row["available"]]
    places = {row["user_id"]: row["position"] for row in roster}
    terms: list[Term] = []
    turn = _last_position(tx, discipline.key, horizon, places)
    for row in horizon:
        term = _term(row)
        fixed = tx.fetch_one(_FIXED, (term.sprint_id, discipline.key))
        if fixed is not None and fixed["source"] != "rotation":
            continue
        if span is not None and term.sprint_id == span.id and _still_holds(fixed, people, term):
            turn = places[fixed["user_id"]] if fixed is not None else turn
            continue
        terms.append(term)
    chosen = modulo(people, terms) if discipline.scheduler == "modulo" else carry(people, terms, turn)
    for sprint_id, user_id in chosen.items():
        tx.execute(_UPSERT, (sprint_id, discipline.key, user_id, tx.context.at))


def _candidate(row: Row) -> Candidate:
    away = [date.fromisoformat(row[name]) if row[name] else None for name in ("away_from", "away_to")]
    return Candidate(row["user_id"], row["position"], *away)


def _still_holds(fixed: Row | None, people: list[Candidate], term: Term) -> bool:
    return fixed is not None and any(
        person.user_id == fixed["user_id"] and not is_away(person, term) for person in people
    )


def _last_position(
    tx: ReadTransaction, discipline: str, horizon: list[Row], places: dict[int, int]
) -> int | None:
    if not horizon:
        return None
    holder = tx.fetch_value(_LAST_HOLDER, (discipline, horizon[0]["start_date"]))
    return places.get(holder) if holder is not None else None


def _advance_state(tx: Transaction, span: Span | None) -> bool:
    """Point the current state at the sprint; True when it was another one before."""
    if span is None:
        return False
    for _ in range(3):
        state = tx.fetch_one("SELECT sprint_id, version FROM current_state WHERE id = 1")
        if state is not None and state["sprint_id"] == span.id:
            return False
        seen = state["version"] if state is not None else 0
        version = tx.fetch_value(_STATE, (span.id, tx.context.at, seen))
        if version is not None:
            old = {"sprint_id": state["sprint_id"], "version": seen} if state is not None else None
            tx.audit(
                "current_state",
                1,
                "UPDATE" if state is not None else "INSERT",
                old=old,
                new={"sprint_id": span.id, "version": version},
            )
            return True
    raise Stale("The current sprint changed at the same moment. Please try again.", rule="state.version")


def _refresh_holders(
    tx: Transaction, active: tuple[Discipline, ...], span: Span | None
) -> tuple[HolderChange, ...]:
    if span is None:
        return ()
    before = {row["discipline"]: row["user_id"] for row in tx.fetch_all("SELECT * FROM current_holders")}
    changes = []
    for discipline in active:
        holder, source = effective_holder(tx, span.id, discipline.key)
        tx.execute(_HOLD, (discipline.key, holder, source, tx.context.at))
        if before.get(discipline.key) != holder:
            changes.append(HolderChange(discipline.key, discipline.label, before.get(discipline.key), holder))
    return tuple(changes)


def _tell_holders(
    tx: Transaction, changes: tuple[HolderChange, ...], span: Span | None, *, new_sprint: bool
) -> None:
    """Tell those whose duty began or ended, once per change."""
    if span is None:
        return
    for change in changes:
        key = f"duty:{span.id}:{change.discipline}:{tx.context.at}"
        ended = "Your sprint on duty is complete" if new_sprint else "You are no longer on duty"
        notify(tx, change.before, "oncall", f"{ended}: {change.label}",
               f"{ended} as {change.label}. Thank you.", dedupe_key=f"{key}:off",
               ref_table="sprints", ref_id=span.id)  # fmt: skip
        notify(tx, change.after, "oncall", f"You are now on duty: {change.label}",
               f"You are now on duty as {change.label}, until {span.end.isoformat()}."
               " `/oncall now` shows everybody on duty; `/cover request` asks for cover.",
               dedupe_key=f"{key}:on", ref_table="sprints", ref_id=span.id)  # fmt: skip


def _tell_movers(tx: Transaction, moves: tuple[Move, ...]) -> None:
    """Tell people about changed turns in sprints to come."""
    span = current_span(tx, tx.context.at, calendar_of(tx.context))
    for move in moves:
        if span is not None and move.sprint_id == span.id:
            continue
        key = f"move:{move.sprint_id}:{move.discipline}:{tx.context.at}"
        notify(tx, move.before, "oncall", "Your turn moved",
               f"You are no longer planned for {move.discipline} in {move.sprint_name}.",
               dedupe_key=f"{key}:off")  # fmt: skip
        notify(tx, move.after, "oncall", "Your turn moved",
               f"You are now planned for {move.discipline} in {move.sprint_name}.",
               dedupe_key=f"{key}:on")  # fmt: skip


def _alert(tx: Transaction, active: tuple[Discipline, ...], span: Span | None, calendar: Calendar) -> None:
    """Tell managers about slots with nobody in them and about a rota that has run out."""
    if span is None:
        return
    for discipline in active:
        holder, _ = effective_holder(tx, span.id, discipline.key)
        if holder is None:
            notify_managers(tx, f"Nobody is on duty: {discipline.label}",
                            f"No one on the roster of {discipline.label} is available for this sprint."
                            " Add somebody with `/roster add`, or set somebody with `/oncall set`.",
                            dedupe_key=f"empty:{span.id}:{discipline.key}")  # fmt: skip
    if calendar.duty_day(tx.context.at) >= span.end:
        notify_managers(tx, "The rota has a gap",
                        "The last sprint has ended and no other has begun; its holders stay on duty."
                        " Add the next one with `/sprint add`.",
                        dedupe_key=f"gap:{span.id}")  # fmt: skip
