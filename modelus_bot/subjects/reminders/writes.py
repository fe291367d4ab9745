"""modelus_bot.subjects.reminders.writes"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Annotated

from pydantic import Field

from modelus_bot.database import Priority, Transaction, Write
from modelus_bot.domain.calendar import Calendar
from modelus_bot.domain.cover_days import days_words
from modelus_bot.subjects.notices.writes.outbox import notify
from modelus_bot.subjects.reminders.model import ComingTurn
from modelus_bot.subjects.reminders.queries import coming_turns, distance_due
from modelus_bot.text.escaping import plain

__all__ = ["FURTHEST", "REMINDED_OF", "RemindHolders"]

REMINDED_OF = "assignments"
"""What a reminder refers to, with a sprint's number: the turns of that sprint."""


LONGEST_KEY = 100


FURTHEST = 60
"""Days before a turn at which a reminder can be sent at most."""


_TOLD = "SELECT dedupe_key FROM notifications WHERE user_id = ? AND dedupe_key GLOB ?"


class RemindHolders(Write[int]):
    """Remind those whose turn begins in a number of days, at that day's hand-over; returns how many notices.

    What was missed is made up for until the turn begins, once; a new holder is reminded like the first.
    """

    days_before: Annotated[
        tuple[Annotated[int, Field(ge=1, le=FURTHEST)], ...], Field(min_length=1, max_length=5)
    ]

    priority = Priority.LOW

    def apply(self, tx: Transaction) -> int:
        """Queue one notice for each person, sprint and beginning; it names all disciplines."""
        calendar = Calendar(tx.context.zone, tx.context.handoff_minute)
        found = coming_turns(tx, tx.context.at, calendar, max(self.days_before))
        queued = 0
        for (user_id, sprint_id, first), turns in groupby(sorted(found, key=_together), key=_together):
            days = distance_due(first, tx.context.at, calendar, self.days_before)
            if days is not None:
                queued += _remind(tx, user_id, f"remind:{sprint_id}:{first}:{days}:", tuple(turns), calendar)
        return queued


def _together(turn: ComingTurn) -> tuple[int, int, date]:
    return turn.user_id, turn.sprint_id, turn.days.first


def _remind(tx: Transaction, user_id: int, key: str, turns: Sequence[ComingTurn], calendar: Calendar) -> int:
    """Queue what somebody was not reminded of yet, and return the number of notices."""
    told = tx.fetch_all(_TOLD, (user_id, f"{key}*"))
    known = {item for row in told for item in row["dedupe_key"].removeprefix(key).split(",")}
    queued = 0
    for part in _fitting([turn for turn in turns if turn.discipline not in known], LONGEST_KEY - len(key)):
        duties = ", ".join(plain(item.label) for item in part)
        notify(
            tx, user_id, "oncall", f"Your turn begins soon: {duties}", _text(part, calendar),
            dedupe_key=key + ",".join(item.discipline for item in part),
            ref_table=REMINDED_OF, ref_id=part[0].sprint_id,
        )  # fmt: skip
        queued += 1
    return queued


def _fitting(turns: Sequence[ComingTurn], room: int) -> Iterator[list[ComingTurn]]:
    """Yield the turns in as few lists as a key of ``room`` characters allows."""
    part: list[ComingTurn] = []
    for turn in turns:
        if part and len(",".join(each.discipline for each in [*part, turn])) > room:
            yield part
            part = []
        part.append(turn)
    if part:
        yield part


def _text(turns: Sequence[ComingTurn], calendar: Calendar) -> str:
    begin = turns[0].days.begin(calendar)
    lines = [f"In {plain(turns[0].sprint_name)} you are on duty from <t:{begin}:f> (<t:{begin}:R>):"]
    for turn in turns:
        cover = f", covering {days_words(turn.days)}" if turn.covering else ""
        lines.append(f"• {plain(turn.label)}{cover}, until <t:{turn.days.end(calendar)}:f>")
    if all(turn.covering for turn in turns):
        lines.append("If you cannot, tell a project manager, who can revoke the cover.")
    else:
        lines.append("If you cannot, ask for cover with the button below, or with `/cover request`.")
    return "\n".join(lines)
