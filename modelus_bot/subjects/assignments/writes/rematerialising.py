"""Filling the turns of the horizon anew, passing duty on, and telling whose turns move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from modelus_bot.database import Row, Transaction
from modelus_bot.domain.calendar import Span
from modelus_bot.domain.cover_days import Turn
from modelus_bot.domain.refusals import Stale
from modelus_bot.subjects.assignments.queries import (
    HORIZON,
    calendar_of,
    current_span,
    effective_slots,
    horizon_rows,
    span_of,
    turn_of,
)
from modelus_bot.subjects.assignments.rules import (
    Candidate,
    Move,
    Term,
    carry,
    digest_of,
    is_away,
    modulo,
    who_moves,
)
from modelus_bot.subjects.assignments.writes.notices import (
    HolderChange,
    alert_managers,
    tell_holders,
    tell_movers,
)
from modelus_bot.subjects.disciplines.model import Discipline
from modelus_bot.subjects.disciplines.queries import disciplines

__all__ = ["check_expected", "moves_of", "rematerialise"]

_ROSTER = """
SELECT d.user_id, d.position, d.away_from, d.away_to, d.is_active AND u.is_active AS available
FROM user_disciplines AS d JOIN users AS u ON u.discord_id = d.user_id
WHERE d.discipline = ? ORDER BY d.position
"""


_SETTLED = """
SELECT sprint_id, user_id, source FROM assignments
WHERE discipline = ? AND sprint_id IN (?, ?, ?, ?, ?, ?, ?)
"""
"""With as many sprints as ``HORIZON`` says."""


_LAST_TURN = """
SELECT d.position, s.start_date
FROM assignments AS a JOIN sprints AS s ON s.id = a.sprint_id
JOIN user_disciplines AS d ON d.user_id = a.user_id AND d.discipline = a.discipline
WHERE a.discipline = ? AND s.start_date < ? AND a.source <> 'manual'
ORDER BY s.start_date DESC LIMIT 1
"""


_BY_HAND_SINCE = """
SELECT s.id, s.sprint_index, s.name, s.start_date, s.end_date
FROM assignments AS a JOIN sprints AS s ON s.id = a.sprint_id
WHERE a.discipline = ? AND a.source = 'manual' AND s.start_date > ? AND s.start_date < ?
ORDER BY s.start_date
"""


_RELEASE = """
UPDATE assignments SET user_id = NULL, source = 'rotation', updated_at = ?
WHERE sprint_id = ? AND discipline = ?
AND source <> 'rotation' AND user_id IN (SELECT discord_id FROM users WHERE is_active = 0)
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


def moves_of(tx: Transaction, change: Callable[[], None]) -> tuple[Move, ...]:
    """Make a change and return who moves because of it; those people are told."""
    calendar = calendar_of(tx.context)
    rematerialise(tx)
    names = {row["id"]: row["name"] for row in horizon_rows(tx, tx.context.at, calendar)}
    before = effective_slots(tx, tx.context.at, calendar)
    change()
    rematerialise(tx)
    names |= {row["id"]: row["name"] for row in horizon_rows(tx, tx.context.at, calendar)}
    after = effective_slots(tx, tx.context.at, calendar)
    kept = before.keys() & after.keys()
    labels = {discipline.key: discipline.label for discipline in disciplines(tx, active_only=False)}
    moves = who_moves(
        {slot: before[slot] for slot in kept}, {slot: after[slot] for slot in kept}, names, labels
    )
    span = current_span(tx, tx.context.at, calendar)
    tell_movers(tx, tuple(move for move in moves if span is None or move.sprint_id != span.id))
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
    horizon = horizon_rows(tx, tx.context.at, calendar)
    span = current_span(tx, tx.context.at, calendar)
    active = disciplines(tx)
    today = calendar.duty_day(tx.context.at)
    tx.execute(_FORGET_UNPLANNED, (today.isoformat(),))
    for discipline in active:
        _fill(tx, discipline, horizon, span)
    new_sprint = _advance_state(tx, span.id if span is not None else None)
    changes, ends = _refresh_holders(tx, active, span, today)
    tell_holders(tx, changes, span, ends, new_sprint=new_sprint and span is not None)
    if span is not None:
        alert_managers(tx, active, span, over=today >= span.end)
    return changes


def _term(row: Row) -> Term:
    span = span_of(row)
    return Term(span.id, row["sprint_index"] or 0, span.start, span.end)


def _fill(tx: Transaction, discipline: Discipline, horizon: list[Row], span: Span | None) -> None:
    """Give the horizon's open slots of one discipline to the people of its roster."""
    roster = tx.fetch_all(_ROSTER, (discipline.key,))
    people = [_candidate(row) for row in roster if row["available"]]
    places = {row["user_id"]: row["position"] for row in roster}
    turn = _turn_before(tx, discipline.key, horizon, people)
    known = _settled(tx, discipline.key, [row["id"] for row in horizon])
    terms: list[Term] = []
    for row in horizon:
        term = _term(row)
        settled = known.get(term.sprint_id)
        on_duty = span is not None and term.sprint_id == span.id
        if settled is None or not _stays(settled, people, term, on_duty=on_duty):
            terms.append(term)
            continue
        turn = _deal(tx, discipline, people, terms, turn)
        terms = []
        if settled["source"] == "manual":
            turn = _turn_after(people, carry(people, [term], turn), turn)
        else:
            turn = places.get(settled["user_id"], turn)
    _deal(tx, discipline, people, terms, turn)


def _settled(tx: Transaction, discipline: str, sprint_ids: list[int]) -> dict[int, Row]:
    """Return the assignments of one discipline in these sprints, freed of people who are gone."""
    tx.execute_many(_RELEASE, [(tx.context.at, sprint_id, discipline) for sprint_id in sprint_ids])
    padded = sprint_ids + [None] * (HORIZON - len(sprint_ids))
    return {row["sprint_id"]: row for row in tx.fetch_all(_SETTLED, (discipline, *padded))}


def _deal(
    tx: Transaction, discipline: Discipline, people: list[Candidate], terms: list[Term], turn: int | None
) -> int | None:
    """Fill a run of open slots and return where the rotation stands after it."""
    by_index = discipline.scheduler == "modulo"
    chosen = modulo(people, terms) if by_index else carry(people, terms, turn)
    at = tx.context.at
    tx.execute_many(
        _UPSERT, [(sprint_id, discipline.key, user_id, at) for sprint_id, user_id in chosen.items()]
    )
    return _turn_after(people, chosen, turn)


def _turn_before(tx: Transaction, discipline: str, horizon: list[Row], people: list[Candidate]) -> int | None:
    """Return where the rotation stands before the horizon.

    A sprint whose holder was set by hand still used up a turn, so that setting somebody moves nobody.
    """
    start = horizon[0]["start_date"] if horizon else ""
    last = tx.fetch_one(_LAST_TURN, (discipline, start))
    turn: int | None = last["position"] if last is not None else None
    since = last["start_date"] if last is not None else ""
    for row in tx.fetch_all(_BY_HAND_SINCE, (discipline, since, start)):
        turn = _turn_after(people, carry(people, [_term(row)], turn), turn)
    return turn


def _turn_after(people: list[Candidate], chosen: dict[int, int | None], turn: int | None) -> int | None:
    """Return the position of the last person chosen; with nobody chosen the turn stays where it was."""
    last = next((holder for holder in reversed(chosen.values()) if holder is not None), None)
    return next((person.position for person in people if person.user_id == last), turn)


def _candidate(row: Row) -> Candidate:
    away = [date.fromisoformat(row[name]) if row[name] else None for name in ("away_from", "away_to")]
    return Candidate(row["user_id"], row["position"], *away)


def _stays(settled: Row, people: list[Candidate], term: Term, *, on_duty: bool) -> bool:
    """Say whether a slot is left alone: set by hand, imported, or on duty now and still available."""
    if settled["source"] != "rotation":
        return True
    return on_duty and any(
        person.user_id == settled["user_id"] and not is_away(person, term) for person in people
    )


def _advance_state(tx: Transaction, sprint_id: int | None) -> bool:
    """Point the current state at the sprint, or at none before the first; True when it was another one."""
    for _ in range(3):
        state = tx.fetch_one("SELECT sprint_id, version FROM current_state WHERE id = 1")
        if sprint_id == (state["sprint_id"] if state is not None else None):
            return False
        seen = state["version"] if state is not None else 0
        version = tx.fetch_value(_STATE, (sprint_id, tx.context.at, seen))
        if version is not None:
            old = {"sprint_id": state["sprint_id"], "version": seen} if state is not None else None
            tx.audit(
                "current_state",
                1,
                "UPDATE" if state is not None else "INSERT",
                old=old,
                new={"sprint_id": sprint_id, "version": version},
            )
            return True
    raise Stale("The current sprint changed at the same moment. Please try again.", rule="state.version")


def _refresh_holders(
    tx: Transaction, active: tuple[Discipline, ...], span: Span | None, day: date
) -> tuple[tuple[HolderChange, ...], dict[str, date]]:
    """Put on duty who has the day; return whose duty changed, and the day on which each one's ends."""
    before = {row["discipline"]: row["user_id"] for row in tx.fetch_all("SELECT * FROM current_holders")}
    changes, ends = [], {}
    for discipline in active:
        turn = turn_of(tx, span.id, discipline.key) if span is not None else Turn(None, "none")
        holder, source = turn.holder(day)
        tx.execute(_HOLD, (discipline.key, holder, source, tx.context.at))
        if before.get(discipline.key) != holder:
            changes.append(HolderChange(discipline.key, discipline.label, before.get(discipline.key), holder))
            if span is not None:
                ends[discipline.key] = turn.until(day, span.end)
    return tuple(changes), ends
