"""What people are told when duty passes on, when turns to come move, and when nobody is on duty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from modelus_bot.database import Transaction
from modelus_bot.domain.calendar import Calendar, Span
from modelus_bot.subjects.assignments.rules import Move
from modelus_bot.subjects.disciplines.model import Discipline
from modelus_bot.subjects.notices.writes.outbox import notify, notify_managers
from modelus_bot.text.escaping import plain

__all__ = ["HolderChange", "alert_managers", "tell_holders", "tell_movers"]

_EMPTY = "SELECT discipline, since FROM current_holders WHERE user_id IS NULL"


@dataclass(frozen=True, slots=True)
class HolderChange:
    """Duty in one discipline passed from somebody to somebody (None: nobody)."""

    discipline: str
    label: str
    before: int | None
    after: int | None


def tell_holders(
    tx: Transaction,
    changes: Iterable[HolderChange],
    span: Span | None,
    ends: Mapping[str, date],
    *,
    new_sprint: bool,
) -> None:
    """Tell those whose duty began or ended; the same change is never found twice.

    ``ends`` has the day of the hand-over that ends each discipline's new duty.
    """
    ended = "Your sprint on duty is complete" if new_sprint else "You are no longer on duty"
    number = tx.fetch_value("SELECT coalesce(max(id), 0) FROM notifications")
    for change in changes:
        notify(
            tx, change.before, "oncall", f"{ended}: {plain(change.label)}",
            f"{ended} as {plain(change.label)}. Thank you.",
            dedupe_key=f"duty:{number}:off:{change.discipline}",
        )  # fmt: skip
        if span is None:
            continue
        notify(
            tx, change.after, "oncall", f"You are now on duty: {plain(change.label)}",
            f"You are now on duty as {plain(change.label)}, until {_ends(tx, ends[change.discipline])}."
            " `/oncall now` shows everybody on duty; `/cover request` asks for cover.",
            dedupe_key=f"duty:{number}:on:{change.discipline}", ref_table="sprints", ref_id=span.id,
        )  # fmt: skip


def _ends(tx: Transaction, day: date) -> str:
    """Return the hand-over that ends a duty, as Discord shows it in the reader's own time."""
    calendar = Calendar(tx.context.zone, tx.context.handoff_minute)
    return f"<t:{calendar.handoff(day)}:f>"


def tell_movers(tx: Transaction, moves: Iterable[Move]) -> None:
    """Tell people about changed turns in sprints to come."""
    for move in moves:
        notify(
            tx, move.before, "oncall", "Your turn moved",
            f"You are no longer planned for {plain(move.duty)} in {plain(move.sprint_name)}.",
            ref_table="sprints", ref_id=move.sprint_id,
        )  # fmt: skip
        notify(
            tx, move.after, "oncall", "Your turn moved",
            f"You are now planned for {plain(move.duty)} in {plain(move.sprint_name)}.",
            ref_table="sprints", ref_id=move.sprint_id,
        )  # fmt: skip


def alert_managers(tx: Transaction, active: Iterable[Discipline], span: Span, *, over: bool) -> None:
    """Tell managers, once each time, about duties that nobody has and about a rota that has run out."""
    empty = {row["discipline"]: row["since"] for row in tx.fetch_all(_EMPTY)}
    for discipline in active:
        if discipline.key in empty:
            notify_managers(
                tx, f"Nobody is on duty: {plain(discipline.label)}",
                f"No one on the roster of {plain(discipline.label)} is available for this sprint."
                " Add somebody with `/roster add`, or set somebody with `/oncall set`.",
                dedupe_key=f"empty:{span.id}:{discipline.key}:{empty[discipline.key]}",
            )  # fmt: skip
    if over:
        notify_managers(
            tx, "The rota has a gap",
            "The last sprint has ended and no other has begun; its holders stay on duty."
            " Add the next one with `/sprint add`.",
            dedupe_key=f"gap:{span.id}",
        )  # fmt: skip
