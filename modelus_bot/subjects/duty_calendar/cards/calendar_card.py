"""The calendar in words: what the picture shows, for those who do not see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from modelus_bot.domain.cover_days import DAY, days_words
from modelus_bot.subjects.assignments.model import DealtTurn
from modelus_bot.subjects.coverage.rules.gaps import away_of, unplanned
from modelus_bot.subjects.duty_calendar.cards.picture import shown_turns
from modelus_bot.subjects.duty_calendar.model import DutyCalendar
from modelus_bot.subjects.sprints.cards import label_of
from modelus_bot.text.escaping import bare, plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card

__all__ = ["calendar_card", "described"]

EMPTY = "No turns are planned."
FIELD = 900
"""Characters of one sprint."""


def calendar_card(found: DutyCalendar, file: str) -> Card:
    """Return a card with a field for each sprint; ``file`` is the name of the attached one, if any."""
    what = "the team" if found.whose is None else "your turns"
    title = f"Calendar: {what}, until {found.days.last:%b} {found.days.last.day}, {found.days.last.year}"
    card = cards.info(title, _about(found, file))
    for sprint in found.sprints:
        turns = [turn for turn in shown_turns(found) if turn.sprint_id == sprint.id]
        dealt = any(turn.sprint_id == sprint.id for turn in found.turns)
        if found.whose is None or turns:
            empty = EMPTY if dealt else "Not dealt yet."
            card = card.with_field(
                label_of(sprint),
                cards.lines((_line(found, turn) for turn in turns), empty=empty, limit=FIELD),
            )
    gaps = unplanned(((sprint.start, sprint.end) for sprint in found.sprints), found.days)
    if missing := ", ".join(days_words(gap.days) for gap in gaps):
        card = card.with_field(
            "No sprint is planned", f"{missing}: the holders of the one before stay on duty."
        )
    return card


def described(found: DutyCalendar) -> str:
    """Return the picture in words, as Discord reads it to those who cannot see it."""
    turns: dict[int, list[str]] = {sprint.id: [] for sprint in found.sprints}
    for turn in shown_turns(found):
        turns.setdefault(turn.sprint_id, []).append(_line(found, turn, bare))
    lines = [
        f"{bare(sprint.name)}: {'; '.join(turns[sprint.id])}" for sprint in found.sprints if turns[sprint.id]
    ]
    span = f"from {found.days.first} to {found.days.last}"
    return cards.clip(f"Who is on duty {span}. {'. '.join(lines)}", 1000)


def _about(found: DutyCalendar, file: str) -> str:
    if not found.turns or (found.whose is not None and not shown_turns(found)):
        nothing = EMPTY if found.whose is None else "You have no turns in these days."
        return f"{nothing} `/sprint list` shows what is planned."
    if not file:
        return ""
    return (
        f"Open `{file}` in your calendar program. Fetch it again when the rota has changed: entries that you"
        " have are brought up to date, not doubled."
    )


def _line(found: DutyCalendar, turn: DealtTurn, say: Callable[[str], str] = plain) -> str:
    return f"{say(turn.label)}: " + ", ".join(_stretches(found, turn, say))


def _stretches(found: DutyCalendar, turn: DealtTurn, say: Callable[[str], str]) -> Iterator[str]:
    for stretch in turn.turn.stretches(turn.start, turn.end):
        if found.whose not in {None, stretch.user_id}:
            continue
        whole = (stretch.days.first, stretch.days.last) == (turn.start, turn.end - DAY)
        days = "" if whole else f" {days_words(stretch.days)}"
        cover = " (cover)" if stretch.source == "override" else ""
        away = ""
        if stretch.user_id is not None:
            absent = away_of(found.away, stretch.user_id, turn.discipline, stretch.days)
            away = f" ⚠️ away {days_words(absent)}" if absent is not None else ""
        who = say(found.names.get(stretch.user_id, "somebody")) if stretch.user_id is not None else "nobody"
        yield f"{who}{days}{cover}{away}"
