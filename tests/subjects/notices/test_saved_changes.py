"""What authors of saved changes read: once, in words, and whoever they are."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import ValidationError

from modelus_bot.database.core.errors import ConstraintViolated, DatabaseBusy
from modelus_bot.database.offline.journal.entry import JournalOutcome, Settled
from modelus_bot.database.offline.journal.registry import find_write, operation_name
from modelus_bot.domain.refusals import Stale
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.notices.writes.saved_changes import TellAuthors, explain, telling
from modelus_bot.subjects.people.writes import RegisterMember
from tests.subjects.operations import operations
from tests.subjects.rota import ADA, BEN, GUEST, Rota


def settled(number: int, outcome: JournalOutcome, actor: int | None, reason: str | None = None) -> Settled:
    """Return what became of a saved change."""
    return Settled(number, "sprints.AddSprint", outcome, actor, f"request-{number}", 0, reason)


FOUND = (
    settled(1, JournalOutcome.APPLIED, ADA),
    settled(2, JournalOutcome.REFUSED, ADA, "Look again."),
    settled(3, JournalOutcome.EXPIRED, BEN, "It waited too long."),
    settled(4, JournalOutcome.REPEATED, BEN),
    settled(5, JournalOutcome.APPLIED, None),
)


def test_each_author_reads_what_became_of_each_change(staffed: Rota) -> None:
    """Number, what it was, and the reason when it was not applied; the bot itself reads nothing."""
    assert staffed.do(telling(FOUND)) == 4
    assert staffed.rows(
        "SELECT user_id, type, title, message, dedupe_key FROM notifications ORDER BY id"
    ) == [
        (
            ADA,
            "system",
            "Your saved change was applied",
            "Number 1 (add sprint), which was saved for later, was applied now that the database is back.",
            "journal:request-1",
        ),
        (
            ADA,
            "system",
            "Your saved change was not applied",
            "Number 2 (add sprint), which was saved for later, could not be applied. Look again.",
            "journal:request-2",
        ),
        (
            BEN,
            "system",
            "Your saved change was not applied",
            "Number 3 (add sprint), which was saved for later, could not be applied. It waited too long.",
            "journal:request-3",
        ),
        (
            BEN,
            "system",
            "Your saved change was applied",
            "Number 4 (add sprint), which was saved for later, was applied now that the database is back.",
            "journal:request-4",
        ),
    ]


def test_nobody_hears_it_twice(staffed: Rota) -> None:
    """Told again after a crash, whatever it says then: the first word holds."""
    staffed.do(telling(FOUND))
    staffed.do(telling(FOUND[:2]))
    staffed.do(telling([settled(2, JournalOutcome.APPLIED, ADA)]))
    assert staffed.value("SELECT count(*) FROM notifications") == 4


def test_strangers_are_told_as_well(staffed: Rota) -> None:
    """Somebody whom the bot does not know yet has made a request: they are entered and told."""
    staffed.do(telling([settled(1, JournalOutcome.REFUSED, GUEST, "No.")]))
    assert len(staffed.notices(GUEST)) == 1


def test_long_reasons_fit(staffed: Rota) -> None:
    """A reason of any length is cut instead of failing the others' messages."""
    staffed.do(
        telling(
            [settled(1, JournalOutcome.REFUSED, ADA, "x" * 5000), settled(2, JournalOutcome.APPLIED, BEN)]
        )
    )
    assert staffed.value("SELECT count(*) FROM notifications") == 2


def test_a_message_to_nobody_is_a_fault() -> None:
    """A batch without anybody in it is refused when it is built."""
    with pytest.raises(ValidationError):
        TellAuthors.of([settled(1, JournalOutcome.APPLIED, None)])


def test_every_change_that_may_wait_finds_its_class_again() -> None:
    """Under a name of its own, whatever modules it is spread over."""
    waiting = {operation for operation in operations() if operation.deferrable}
    assert waiting
    assert len({operation_name(item) for item in waiting}) == len(waiting)
    assert {find_write(operation_name(item)) for item in waiting} == waiting


def test_subjects_declare_what_may_be_saved() -> None:
    """The journal is replayed before any screen is loaded: what it may hold is loaded with the subjects."""
    assert {operation for operation in operations() if operation.deferrable} == DECLARED.deferrable
    code = (
        "import modelus_bot.subjects as s; from modelus_bot.database.offline.journal.registry import"
        " deferrable_writes; assert set(deferrable_writes()) == s.DECLARED.deferrable"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_names_under_which_changes_are_saved_stay() -> None:
    """A file that an earlier version wrote is applied by a later one: add names here, take none away."""
    names = {operation_name(operation) for operation in operations() if operation.deferrable}
    assert names == {
        "activity.CountMessages",
        "activity.TakeLeave",
        "cover_requests.RequestCover",
        "importing.ImportRotation",
        "oncall.HandoffNote",
        "oncall.SetHolder",
        "rosters.AddToRoster",
        "rosters.MoveInRoster",
        "rosters.RemoveFromRoster",
        "rosters.SetAway",
        "sprints.AddSprint",
        "sprints.ArchiveSprint",
        "sprints.EditSprint",
        "triage.ReportItem",
    }


def test_every_failure_has_a_sentence() -> None:
    """Refusals say their own, broken rules are named, faults of the program are not explained."""
    assert explain(Stale("It has changed since. Look again.")) == "It has changed since. Look again."
    assert "Nothing was changed" in explain(ConstraintViolated(kind="unique", rule="sprints.sprint_index"))
    assert explain(DatabaseBusy()) == DatabaseBusy().user_message
    assert "KeyError" not in explain(KeyError("secret"))
    assert "secret" not in explain(KeyError("secret"))
    with pytest.raises(ValidationError) as caught:
        RegisterMember(discord_id=0, username="Ada")
    assert "Nothing was changed" in explain(caught.value)
