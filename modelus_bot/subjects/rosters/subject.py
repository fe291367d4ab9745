"""Declares the subject `rosters`: who takes turns in a discipline, in which order, and when they are away."""

from __future__ import annotations

from modelus_bot.domain.personal_data import PersonalRows
from modelus_bot.domain.subject import Screens, Subject, Topic, Wording
from modelus_bot.subjects.rosters.invariants import INVARIANTS
from modelus_bot.subjects.rosters.reports import REPORTS
from modelus_bot.subjects.rosters.visibility import VISIBLE
from modelus_bot.subjects.rosters.writes.edits import AddToRoster, MoveInRoster, RemoveFromRoster, SetAway

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.rosters.commands import RosterCommands

    return Screens(commands=(RosterCommands,))


_WORDING = Wording(
    rows={
        "user_disciplines": "places on rosters",
    },
    row={
        "user_disciplines": "a place on a roster",
    },
    ranges={
        "user_disciplines_is_active_flag": ("Whether a place on a roster is active", "yes or no"),
        "user_disciplines_away_from_date": (
            "The first day away",
            "a day that exists, written like 2026-01-31",
        ),
        "user_disciplines_away_to_date": ("The last day away", "a day that exists, written like 2026-01-31"),
    },
    sentences={
        "user_disciplines_away_order": (
            "The last day away is before the first, or there is no first day. Correct the days and try again."
        ),
    },
    taken={
        "user_disciplines.id": "There is a place on a roster with this number already. Please try again.",
        "user_disciplines.user_id, user_disciplines.discipline": (
            "This member is on that roster already. `/roster show` lists who is."
        ),
        "user_disciplines.discipline, user_disciplines.position": (
            "This place on the roster is taken. Look at it with `/roster show` and try again."
        ),
    },
    columns={
        "position": "the position",
    },
    fields={
        "away_from": "first day away",
        "away_to": "last day away",
        "discipline": "discipline",
        "expected": "confirmation code",
        "member_id": "member",
        "name": "name",
        "position": "position",
    },
    told={
        "away_from": "the first day away",
        "away_to": "the last day away",
    },
)

_PERSONAL = (
    PersonalRows(
        table="user_disciplines",
        exported="SELECT * FROM user_disciplines WHERE user_id = :id ORDER BY id",
        erased=(
            (
                "UPDATE user_disciplines SET away_from = NULL, away_to = NULL, updated_at = :at"
                " WHERE user_id = :id AND away_from IS NOT NULL RETURNING id, away_from, away_to"
            ),
        ),
        stays="Which rosters you stood on, under your number: later turns follow from it.",
    ),
)

SUBJECT = Subject(
    name="rosters",
    deferrable=(
        AddToRoster,
        MoveInRoster,
        RemoveFromRoster,
        SetAway,
    ),
    topic=Topic("rosters", "Rosters", "who takes turns, in which order, and who is away", 4),
    needs={"roster": "manager", "roster away": "part", "roster show": "staff"},
    kept_tables=("user_disciplines",),
    audited=("user_disciplines",),
    invariants=INVARIANTS,
    personal=_PERSONAL,
    visible=VISIBLE,
    reports=REPORTS,
    wording=_WORDING,
    screens=_screens,
)
