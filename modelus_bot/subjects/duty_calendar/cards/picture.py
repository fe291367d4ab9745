"""What of a calendar is drawn where. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from modelus_bot.domain.cover_days import DAY, Days
from modelus_bot.subjects.assignments.model import DealtTurn
from modelus_bot.subjects.coverage.rules.gaps import away_of, unplanned
from modelus_bot.subjects.duty_calendar.model import DutyCalendar
from modelus_bot.text.escaping import END, ISOLATE, bare
from modelus_bot.ui.rota_chart import Bar, Mark, RotaChart, RotaRow, Theme

__all__ = ["chart_of", "shown_turns"]


def chart_of(found: DutyCalendar, theme: Theme) -> RotaChart:
    """Return the picture of a calendar; one person's has the days that are theirs alone."""
    turns = shown_turns(found)
    labels = {turn.discipline: turn.label for turn in turns}
    order = list(dict.fromkeys(turn.discipline for turn in found.turns if turn.discipline in labels))
    people = sorted({bar for turn in turns for bar in _people(turn)})
    tones = {person: tone for tone, person in enumerate(people)}
    rows = (
        _row(found, labels[duty], [turn for turn in turns if turn.discipline == duty], tones)
        for duty in order
    )
    first = found.days.first
    length = (found.days.last - first).days + 1
    gaps = unplanned(((sprint.start, sprint.end) for sprint in found.sprints), found.days)
    return RotaChart(
        first,
        length,
        found.today,
        tuple(_mark(first, sprint.days, _drawn(sprint.name)) for sprint in found.sprints),
        tuple(_mark(first, gap.days) for gap in gaps),
        tuple(rows),
        theme,
    )


def shown_turns(found: DutyCalendar) -> tuple[DealtTurn, ...]:
    """Return the turns that a calendar shows: all, or those of which one person has days."""
    return tuple(turn for turn in found.turns if found.whose in {None, *_people(turn)})


def _row(found: DutyCalendar, label: str, turns: Sequence[DealtTurn], tones: dict[int, int]) -> RotaRow:
    bars, away = [], []
    for turn in turns:
        for stretch in turn.turn.stretches(turn.start, turn.end):
            person = stretch.user_id
            if found.whose not in {None, person}:
                continue
            words = "nobody" if person is None else _drawn(found.names.get(person, "somebody"))
            first, last = _numbers(found.days.first, stretch.days)
            tone = tones[person] if person is not None else None
            cover = stretch.source == "override"
            bars.append(Bar(first, last, words, tone, cover))
            if person is not None:
                absent = away_of(found.away, person, turn.discipline, stretch.days)
                away += [_mark(found.days.first, absent)] if absent is not None else []
    return RotaRow(_drawn(label), tuple(bars), tuple(away))


def _people(turn: DealtTurn) -> Iterator[int]:
    for stretch in turn.turn.stretches(turn.start, turn.end):
        if stretch.user_id is not None:
            yield stretch.user_id


def _drawn(words: str) -> str:
    """Return a name as it is drawn: on one line, and without the signs that only a text needs."""
    return bare(words).replace(ISOLATE, "").replace(END, "")


def _mark(first: date, days: Days, words: str = "") -> Mark:
    return Mark(*_numbers(first, days), words)


def _numbers(first: date, days: Days) -> tuple[int, int]:
    return (days.first - first).days, (days.last + DAY - first).days
