"""Which weeks were posted, and who is on duty in a week."""

from __future__ import annotations

import json
from datetime import date, timedelta

from modelus_bot.database import ReadTransaction, query
from modelus_bot.domain.cover_days import Days
from modelus_bot.subjects.assignments.queries import turns_between
from modelus_bot.subjects.coverage.queries import away_days
from modelus_bot.subjects.coverage.rules.gaps import away_of, unplanned
from modelus_bot.subjects.disciplines.queries import disciplines
from modelus_bot.subjects.people.queries import everybody
from modelus_bot.subjects.sprints.queries.sprints import sprints
from modelus_bot.subjects.weekly_post.model import DutyWeek, WeekDays, WeekDuty, WeeklyRun

__all__ = ["JOB", "duty_week", "weekly_run"]

JOB = "weekly_post"

_RUN = "SELECT run_key, status, attempts, started_at, details FROM job_runs WHERE job = ? AND run_key = ?"
_EVER = "SELECT 1 FROM job_runs WHERE job = ? LIMIT 1"


@query
def weekly_run(tx: ReadTransaction, run_key: str) -> tuple[WeeklyRun | None, bool]:
    """Return what became of a week's post, and whether any week is known."""
    row = tx.fetch_one(_RUN, (JOB, run_key))
    if row is None:
        return None, tx.fetch_one(_EVER, (JOB,)) is not None
    told = json.loads(row["details"]) if row["details"] else {}
    run = WeeklyRun(
        row["run_key"], row["status"], row["attempts"], row["started_at"],
        told.get("channel"), told.get("message"), told.get("digest", ""),
    )  # fmt: skip
    return run, True


@query
def duty_week(tx: ReadTransaction, first: date) -> DutyWeek:
    """Return who is on duty in the seven days from ``first`` on."""
    week = Days(first, first + timedelta(days=6))
    planned = sprints(tx, first)
    return DutyWeek(
        week,
        _duties(tx, week),
        tuple(gap.days for gap in unplanned(((found.start, found.end) for found in planned), week)),
        tuple((found.name, found.start) for found in planned if found.start in week),
    )


def _duties(tx: ReadTransaction, week: Days) -> tuple[WeekDuty, ...]:
    turns, away, names = turns_between(tx, week.first, week.last), away_days(tx), everybody(tx)
    found = []
    for discipline in disciplines(tx):
        parts: list[WeekDays] = []
        for turn in turns:
            if turn.discipline != discipline.key:
                continue
            for stretch in turn.turn.stretches(turn.start, turn.end):
                days = Days(max(stretch.days.first, week.first), min(stretch.days.last, week.last))
                if days.first <= days.last:
                    person = stretch.user_id
                    absent = away_of(away, person, turn.discipline, days) if person is not None else None
                    name = names.get(person) if person is not None else None
                    parts.append(WeekDays(days, name, stretch.source == "override", absent))
        found.append(WeekDuty(discipline.label, tuple(parts)))
    return tuple(found)
