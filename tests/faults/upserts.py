"""Writes that hit every upsert key of the staff schema, the same list in every process that races.

None of them may fail, in whatever order they are run and however often; ``EXPECTED`` says what is in
the file once ``RACERS`` processes have run them all.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from modelus_bot.database.core.context import Context
from modelus_bot.database.core.operation import Write
from modelus_bot.database.core.transaction import Transaction
from modelus_bot.subjects.covers.writes.posted import RememberCard
from modelus_bot.subjects.covers.writes.steps import RequestCover
from modelus_bot.subjects.disciplines.model import DEFAULT_DISCIPLINES, DisciplineSpec
from modelus_bot.subjects.disciplines.writes import EnsureDisciplines
from modelus_bot.subjects.members.writes.members import ReactivateMember, SetRole
from modelus_bot.subjects.notices.writes.outbox import notify
from modelus_bot.subjects.oncall.writes import Handoff, HandoffNote, SetHolder
from modelus_bot.subjects.people.writes import RegisterMember
from modelus_bot.subjects.rosters.writes.edits import AddToRoster, MoveInRoster, SetAway
from modelus_bot.subjects.rotation_import.model.data import (
    DisciplineData,
    PersonData,
    PlaceData,
    RotationData,
    SprintData,
)
from modelus_bot.subjects.rotation_import.writes.importing import ImportRotation
from modelus_bot.subjects.sprints.writes import AddSprint

RACERS = 4
SEEDED_SPRINTS = 8

FIRST_DAY = date(2026, 1, 5)
NOW = int(datetime(2026, 1, 7, 17, tzinfo=UTC).timestamp())
SPRINT = 14 * 86400

BASE = 2**50
ADA, BEN, CLEO, DREW, ELI, MANAGER = (BASE + number for number in range(1, 7))
NEWCOMERS = tuple(BASE + number for number in range(101, 107))

Racing = tuple[Write[Any], Context]


class TellOnce(Write[bool]):
    """Queue a notice under a key of its own."""

    user_id: int
    key: str

    def apply(self, tx: Transaction) -> bool:
        """Queue it; the key decides whether it is new."""
        notify(tx, self.user_id, "system", "Once", "Only once.", dedupe_key=self.key)
        return True


def seed_writes() -> list[Racing]:
    """Return what makes the file that is raced on: two rosters and eight sprints, Ada on duty."""
    writes: list[Write[Any]] = [EnsureDisciplines(disciplines=DEFAULT_DISCIPLINES)]
    writes.append(SetRole(discord_id=MANAGER, username="Manager", role="project_manager"))
    for person, name in ((ADA, "Ada"), (BEN, "Ben"), (CLEO, "Cleo")):
        writes.append(AddToRoster(member_id=person, name=name, discipline="account"))
    for person, name in ((DREW, "Drew"), (ELI, "Eli")):
        writes.append(AddToRoster(member_id=person, name=name, discipline="producer"))
    writes += [_sprint(number) for number in range(SEEDED_SPRINTS)]
    return [(write, Context(at=NOW)) for write in writes]


def racing_writes() -> list[Racing]:
    """Return the writes of one process, about sixty."""
    return [*_people(), *_rota(), *_covers(), *_notices(), *_requests()]


def _sprint(number: int) -> AddSprint:
    start = FIRST_DAY + timedelta(days=14 * number)
    return AddSprint(name=f"Sprint {number}", start=start, end=start + timedelta(days=14))


def _by_bot(*writes: Write[Any]) -> list[Racing]:
    return [(write, Context(at=NOW)) for write in writes]


def _people() -> list[Racing]:
    """Users by id, places on rosters by person and discipline, disciplines by key."""
    writes: list[Write[Any]] = []
    for number, person in enumerate(NEWCOMERS):
        name = f"Newcomer {number}"
        writes.append(RegisterMember(discord_id=person, username=name))
        writes.append(RegisterMember(discord_id=person, username=f"{name} again"))
        writes.append(AddToRoster(member_id=person, name=name, discipline="producer"))
        writes.append(AddToRoster(member_id=person, name=name, discipline="ui_eng", position=1))
    writes.append(SetRole(discord_id=NEWCOMERS[0], username="Newcomer 0", role="tester"))
    writes.append(SetRole(discord_id=NEWCOMERS[0], username="Newcomer 0", role="designer"))
    writes.append(ReactivateMember(discord_id=ADA))
    writes += [
        EnsureDisciplines(disciplines=(DisciplineSpec(key=key, label=key.title()),))
        for key in ("design", "writing")
    ]
    writes.append(MoveInRoster(member_id=ELI, discipline="producer", position=1))
    writes.append(MoveInRoster(member_id=DREW, discipline="producer", position=1))
    writes.append(SetAway(member_id=DREW, away_from=FIRST_DAY, away_to=FIRST_DAY + timedelta(days=14)))
    return _by_bot(*writes)


def _rota() -> list[Racing]:
    """Sprints by number, turns by sprint and discipline, the current state and the current holders."""
    imported = RotationData(
        people=(PersonData(slack_id="U0RACE1", id=71, placeholder=71, name="Imported"),),
        disciplines=(
            DisciplineData(key="imported", label="Imported", roster=(PlaceData(user_id=71, active=True),)),
        ),
        sprints=tuple(
            SprintData(
                index=20 + number,
                name=f"Imported {number}",
                start=date(2028, 1, 3) + timedelta(days=7 * number),
                end=date(2028, 1, 10) + timedelta(days=7 * number),
            )
            for number in range(3)
        ),
    )
    later = Context(at=NOW + SPRINT)
    return [
        *_by_bot(ImportRotation(data=imported), Handoff(), Handoff()),
        (Handoff(), later),
        (Handoff(), later),
        *_by_bot(
            *(
                SetHolder(discipline="po", member_id=person, name="On duty", reason="race")
                for person in (ADA, BEN, NEWCOMERS[1])
            ),
        ),
        *(
            (_sprint(SEEDED_SPRINTS + number), Context(at=NOW, request_id=f"race-sprint-{number}"))
            for number in range(3)
        ),
    ]


def _covers() -> list[Racing]:
    """Requests by sprint, discipline, requester and replacement; open calls; by a manager for another."""
    ada, manager = Context(actor=ADA, at=NOW), Context(actor=MANAGER, at=NOW)

    def ask(
        sprint_id: int, replacement: int | None, for_user: int | None = None, *, days: int | None = None
    ) -> RequestCover:
        first = FIRST_DAY + timedelta(days=days) if days is not None else None
        return RequestCover(
            first_day=first,
            last_day=first + timedelta(days=1) if first is not None else None,
            sprint_id=sprint_id,
            discipline="account",
            replacement_id=replacement,
            reason="race",
            for_user=for_user,
        )

    return [
        (ask(1, BEN), ada),
        (ask(1, BEN), ada),
        (ask(1, CLEO), ada),
        (ask(1, None), ada),
        (ask(1, None), ada),
        (ask(4, BEN), ada),
        (ask(1, BEN, days=5), ada),
        (ask(1, BEN, days=5), ada),
        (ask(1, BEN, days=7), ada),
        (ask(1, None, days=5), ada),
        (ask(1, BEN, ADA), manager),
        (ask(1, None, ADA), manager),
        (RememberCard(cover_id=1, channel_id=7, message_id=BASE), Context(at=NOW)),
    ]


def _notices() -> list[Racing]:
    """Notices by person and key."""
    keys = [(ADA, "a"), (ADA, "b"), (BEN, "a"), (ADA, "a")]
    return _by_bot(*(TellOnce(user_id=person, key=f"race:{key}") for person, key in keys))


def _requests() -> list[Racing]:
    """Requests by their id: each is done once and answered every time."""
    return [
        (HandoffNote(text="Only one note."), Context(actor=ADA, at=NOW, request_id="race-note")),
        (
            RequestCover(sprint_id=4, discipline="account", replacement_id=CLEO),
            Context(actor=ADA, at=NOW, request_id="race-cover"),
        ),
        (
            AddToRoster(member_id=NEWCOMERS[5], name="Newcomer 5", discipline="be_eng"),
            Context(at=NOW, request_id="race-roster"),
        ),
        (
            RegisterMember(discord_id=BASE + 200, username="Registered once"),
            Context(at=NOW, request_id="race-member"),
        ),
    ]


_REQUESTS = (
    "SELECT attempts FROM overrides WHERE sprint_id = ? AND discipline = 'account'"
    " AND requested_by = ? AND replacement_id IS ? AND first_day IS NULL"
)
_OF_DAYS = (
    "SELECT last_day, attempts FROM overrides WHERE requested_by = ? AND replacement_id IS ?"
    " AND first_day NOTNULL ORDER BY first_day"
)

EXPECTED: tuple[tuple[str, tuple[object, ...], list[tuple[object, ...]]], ...] = (
    ("SELECT count(*) FROM users WHERE discord_id BETWEEN ? AND ?", (NEWCOMERS[0], NEWCOMERS[-1]), [(6,)]),
    ("SELECT count(*) FROM users WHERE discord_id = ?", (BASE + 200,), [(1,)]),
    (
        "SELECT count(*), count(DISTINCT user_id) FROM user_disciplines WHERE discipline = ?",
        ("producer",),
        [(8, 8)],
    ),
    (
        "SELECT count(*), count(DISTINCT position) FROM user_disciplines WHERE discipline = ?",
        ("ui_eng",),
        [(6, 6)],
    ),
    ("SELECT count(*) FROM user_disciplines WHERE discipline = ?", ("be_eng",), [(1,)]),
    ("SELECT count(*) FROM disciplines WHERE key IN ('design', 'writing', 'imported')", (), [(3,)]),
    ("SELECT count(*), count(DISTINCT sprint_index) FROM sprints", (), [(SEEDED_SPRINTS + 6,) * 2]),
    ("SELECT count(*), max(name) FROM sprints WHERE name = ?", ("Sprint 9",), [(1, "Sprint 9")]),
    ("SELECT count(*) FROM sprints WHERE sprint_index IN (20, 21, 22) AND name LIKE 'Imported%'", (), [(3,)]),
    ("SELECT count(*), max(id) FROM current_state", (), [(1, 1)]),
    ("SELECT count(*) FROM current_holders", (), [(8,)]),
    (
        "SELECT count(*), source FROM assignments WHERE sprint_id = 1 AND discipline = 'po'",
        (),
        [(1, "manual")],
    ),
    ("SELECT count(*) FROM overrides", (), [(10,)]),
    (_OF_DAYS, (ADA, BEN), [("2026-01-11", 2 * RACERS), ("2026-01-13", RACERS)]),
    (_OF_DAYS, (ADA, None), [("2026-01-11", RACERS)]),
    (_REQUESTS, (1, ADA, BEN), [(2 * RACERS,)]),
    (_REQUESTS, (1, ADA, CLEO), [(RACERS,)]),
    (_REQUESTS, (1, ADA, None), [(2 * RACERS,)]),
    (_REQUESTS, (4, ADA, BEN), [(RACERS,)]),
    (_REQUESTS, (4, ADA, CLEO), [(1,)]),
    (_REQUESTS, (1, MANAGER, BEN), [(RACERS,)]),
    (_REQUESTS, (1, MANAGER, None), [(RACERS,)]),
    ("SELECT count(*) FROM notifications WHERE dedupe_key LIKE 'race:%'", (), [(3,)]),
    ("SELECT count(*) FROM notifications WHERE message LIKE '%Only one note.'", (), [(1,)]),
    ("SELECT count(*) FROM requests WHERE request_id LIKE 'race-%'", (), [(7,)]),
)
"""What the file holds after the race: a statement, its parameters, its rows."""
