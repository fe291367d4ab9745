"""Feature: database-reliability: the invariants hold after anything that people and jobs can do."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from modelus_bot.database.errors import DatabaseError
from modelus_bot.database.operation import Write
from modelus_bot.database.schema import Migrator
from modelus_bot.domain.cover_steps import (
    ApproveCover,
    DeclineCover,
    ExpireCovers,
    RefuseCover,
    RequestCover,
    RevokeCover,
    SetCoverMessage,
    TakeCover,
    UntakeCover,
    WithdrawCover,
)
from modelus_bot.domain.disciplines import DisciplineSpec, EnsureDisciplines
from modelus_bot.domain.errors import Refusal
from modelus_bot.domain.members import (
    DeactivateMember,
    LinkMember,
    ReactivateMember,
    RegisterMember,
    SetRole,
)
from modelus_bot.domain.notifications import MarkDelivered, MarkFailed
from modelus_bot.domain.oncall import Handoff, HandoffNote, SetHolder
from modelus_bot.domain.rosters import AddToRoster, MoveInRoster, RemoveFromRoster, SetAway
from modelus_bot.domain.rotation_import import ImportRotation, mend, read_folder
from modelus_bot.domain.sprints import AddSprint, ArchiveSprint, EditSprint
from tests.domain.operations import operations
from tests.domain.rota import (
    ADA,
    ADMIN,
    BEN,
    CLEO,
    DAN,
    EVE,
    FIRST_DAY,
    MANAGER,
    NAMES,
    SECOND_MANAGER,
    Rota,
    fill_roster,
    plan_sprints,
    staff,
)

PLACEHOLDERS = (11, 12)
SAMPLE = Path(__file__).resolve().parent.parent / "sample" / "rotation"
STEPS = (TakeCover, UntakeCover, WithdrawCover, RefuseCover, ApproveCover, DeclineCover)

people = st.sampled_from([ADA, BEN, CLEO, DAN, EVE, MANAGER, *PLACEHOLDERS])
actors = st.sampled_from([None, ADA, BEN, CLEO, MANAGER, MANAGER, SECOND_MANAGER, ADMIN, ADMIN])
rosters = st.sampled_from(["account", "account", "producer", "extra"])
numbers = st.integers(1, 8)
days = st.integers(-10, 120).map(lambda number: FIRST_DAY + timedelta(days=number))
lengths = st.integers(1, 20).map(lambda number: timedelta(days=number))


def name(person: int) -> str:
    """Return somebody's name."""
    return NAMES.get(person, f"Person {person}")


@cache
def prepared() -> bytes:
    """Return a file with a rota and two people without an account, to be written anew for each example."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rota.db"
        Migrator(path).up()
        rota = opened(path)
        staff(rota)
        for person in PLACEHOLDERS:
            rota.do(RegisterMember(discord_id=person, username=name(person)))
        fill_roster(rota, ADA, BEN, CLEO)
        plan_sprints(rota, 3)
        rota.connection.close()
        return path.read_bytes()


def opened(path: Path) -> Rota:
    """Open a file as a rota."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode=MEMORY")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=OFF")
    return Rota(connection)


class Everything(RuleBasedStateMachine):
    """Any operation by anybody, in any order, while days pass."""

    tried: ClassVar[set[type[Write[Any]]]] = set()
    """Operations that were given a chance, over all histories."""

    @initialize()
    def begin(self) -> None:
        """Open a copy of the file."""
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "rota.db"
        path.write_bytes(prepared())
        self.rota = opened(path)

    def teardown(self) -> None:
        """Check the audit chain and the keys, too, and close."""
        if hasattr(self, "rota"):
            self.rota.check()
            self.rota.connection.close()
            self.folder.cleanup()

    def do(self, write: Write[Any], actor: int | None = None) -> None:
        """Try an operation; a refusal is an answer like any other."""
        self.tried.add(type(write))
        with contextlib.suppress(Refusal, DatabaseError):
            self.rota.do(write, actor)

    @rule(hours=st.integers(1, 24 * 20))
    def time_passes(self, hours: int) -> None:
        """Let the clock go on, with or without a hand-over."""
        self.rota.at += hours * 3600

    @rule()
    def jobs(self) -> None:
        """Do what jobs do by the clock."""
        self.do(Handoff())
        self.do(ExpireCovers())

    @rule(person=people, roster=rosters, place=st.none() | st.integers(1, 6), actor=actors)
    def add(self, person: int, roster: str, place: int | None, actor: int | None) -> None:
        """Put somebody on a roster."""
        self.do(AddToRoster(member_id=person, name=name(person), discipline=roster, position=place), actor)

    @rule(person=people, roster=rosters, place=st.integers(1, 6), gone=st.booleans(), actor=actors)
    def move(self, person: int, roster: str, place: int, gone: bool, actor: int | None) -> None:
        """Move somebody on a roster, or take them off."""
        if gone:
            self.do(RemoveFromRoster(member_id=person, discipline=roster), actor)
        else:
            self.do(MoveInRoster(member_id=person, discipline=roster, position=place), actor)

    @rule(
        person=people, roster=st.none() | rosters, first=st.none() | days, last=st.none() | days, actor=actors
    )
    def away(
        self, person: int, roster: str | None, first: date | None, last: date | None, actor: int | None
    ) -> None:
        """Say that somebody is away."""
        self.do(SetAway(member_id=person, discipline=roster, away_from=first, away_to=last), actor)

    @rule(start=days, length=lengths, actor=actors)
    def add_sprint(self, start: date, length: timedelta, actor: int | None) -> None:
        """Add a sprint anywhere."""
        self.do(AddSprint(name=f"From {start}", start=start, end=start + length), actor)

    @rule(sprint=numbers, start=st.none() | days, length=lengths, archive=st.booleans(), actor=actors)
    def change_sprint(
        self, sprint: int, start: date | None, length: timedelta, archive: bool, actor: int | None
    ) -> None:
        """Move a sprint, or archive it."""
        if archive:
            self.do(ArchiveSprint(sprint_id=sprint, reason="over"), actor)
        else:
            end = None if start is None else start + length
            self.do(EditSprint(sprint_id=sprint, reason="moved", name="Moved", start=start, end=end), actor)

    @rule(person=people, roster=rosters, actor=actors)
    def set_holder(self, person: int, roster: str, actor: int | None) -> None:
        """Put somebody on duty by hand, who leaves a note."""
        self.do(SetHolder(discipline=roster, member_id=person, name=name(person), reason="needed"), actor)
        self.do(HandoffNote(text="Mind the queue."), person)

    @rule(person=people, active=st.booleans())
    def switch(self, person: int, active: bool) -> None:
        """Deactivate somebody, or bring them back."""
        if active:
            self.do(ReactivateMember(discord_id=person), ADMIN)
        else:
            self.do(DeactivateMember(discord_id=person, reason="left"), ADMIN)

    @rule(person=people, role=st.sampled_from([None, "developer", "project_manager"]))
    def role(self, person: int, role: Any) -> None:
        """Give or take a role."""
        self.do(SetRole(discord_id=person, username=name(person), role=role), ADMIN)

    @rule(placeholder=st.sampled_from(PLACEHOLDERS), account=st.sampled_from([DAN, EVE, 2**50 + 99]))
    def link(self, placeholder: int, account: int) -> None:
        """Give somebody an account."""
        self.do(LinkMember(placeholder_id=placeholder, discord_id=account, username="Linked"), ADMIN)

    @rule()
    def more_disciplines(self) -> None:
        """Add a discipline that nobody has filled yet."""
        self.do(
            EnsureDisciplines(disciplines=(DisciplineSpec(key="extra", label="Extra", scheduler="modulo"),))
        )

    @rule(sprint=numbers, roster=rosters, to=st.none() | people, by=actors, whom=st.none() | people)
    def ask_cover(self, sprint: int, roster: str, to: int | None, by: int | None, whom: int | None) -> None:
        """Ask for cover."""
        self.do(RequestCover(sprint_id=sprint, discipline=roster, replacement_id=to, for_user=whom), by)

    @rule(to=st.none() | people, choice=st.integers(0, 50))
    def ask_cover_of_a_turn(self, to: int | None, choice: int) -> None:
        """Let somebody who has a turn ask for cover of it."""
        turns = self.rota.rows("SELECT sprint_id, discipline, user_id FROM assignments WHERE user_id NOTNULL")
        if turns:
            sprint, roster, holder = turns[choice % len(turns)]
            self.do(RequestCover(sprint_id=sprint, discipline=roster, replacement_id=to), holder)

    @rule(cover=numbers, step=st.sampled_from(STEPS), actor=actors)
    def cover_step(self, cover: int, step: Any, actor: int | None) -> None:
        """Take a step on a request."""
        self.do(step(cover_id=cover), actor)

    @rule(choice=st.integers(0, 50), step=st.sampled_from(STEPS))
    def cover_step_by_the_right_person(self, choice: int, step: Any) -> None:
        """Take a step on a request that waits, as somebody who may."""
        waiting = self.rota.rows(
            "SELECT id, requested_by, replacement_id FROM overrides WHERE status IN ('open', 'taken')"
        )
        if waiting:
            cover, requester, replacement = waiting[choice % len(waiting)]
            right = {
                TakeCover: replacement or CLEO,
                UntakeCover: replacement,
                WithdrawCover: requester,
                RefuseCover: replacement,
            }
            self.do(step(cover_id=cover), right.get(step, ADMIN))

    @rule(cover=numbers, revoke=st.booleans())
    def approve_or_revoke(self, cover: int, revoke: bool) -> None:
        """Decide as somebody who may."""
        replacement = self.rota.value("SELECT replacement_id FROM overrides WHERE id = ?", cover)
        if not revoke and replacement is not None:
            self.do(ApproveCover(cover_id=cover), ADMIN)
            self.do(SetCoverMessage(cover_id=cover, message_id=5), None)
        else:
            self.do(RevokeCover(cover_id=cover, reason="changed"), ADMIN)

    @rule(notice=st.integers(1, 40))
    def deliver(self, notice: int) -> None:
        """Deliver some notices and fail with others."""
        self.do(MarkDelivered(ids=(notice, notice + 1)))
        self.do(MarkFailed(id=notice + 2, error="closed", retry_at=self.rota.at + 60))

    @rule()
    def import_rota(self) -> None:
        """Import the sample rota beside what is there."""
        self.do(ImportRotation(data=mend(read_folder(SAMPLE))))

    @invariant()
    def nothing_is_broken(self) -> None:
        """Every invariant holds."""
        if hasattr(self, "rota"):
            assert self.rota.broken() == []


class TestInvariants(Everything.TestCase):  # type: ignore[misc]  # made by hypothesis
    """Random histories, made of every operation there is."""

    settings = settings(
        max_examples=500 if os.environ.get("MODELUS_TEST_FULL") else 100,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )

    @classmethod
    def tearDownClass(cls) -> None:
        """No operation of the domain was left out."""
        whole = {one for one in operations() if "apply" in vars(one)}
        assert whole - Everything.tried == set()
