"""The audit log: one entry per change, read by administrators, never changed, checked link by link."""

from __future__ import annotations

import json
from typing import Any

import pytest

from modelus_bot.database.core.operation import Write
from modelus_bot.database.core.transaction import Transaction
from modelus_bot.domain.permissions import Viewer
from modelus_bot.domain.refusals import InvalidInput, NotAllowed
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.audit.queries import member_history, record_history, verify
from modelus_bot.subjects.members.writes.members import DeactivateMember, SetRole
from modelus_bot.subjects.oncall.writes import Handoff, SetHolder
from modelus_bot.subjects.people.writes import RegisterMember
from modelus_bot.subjects.rosters.writes.edits import AddToRoster, MoveInRoster, RemoveFromRoster, SetAway
from modelus_bot.subjects.sprints.writes import AddSprint, ArchiveSprint, EditSprint
from tests.subjects.covers.cover_cases import STEPS, ask, bring_to
from tests.subjects.rota import ADA, ADMIN, BEN, CLEO, DAN, GUEST, MANAGER, Rota, sprint_start

ADMINISTRATOR = Viewer(ADMIN)


@pytest.mark.parametrize(
    ("write", "actor", "entries"),
    [
        (RegisterMember(discord_id=GUEST, username="Gus"), GUEST, [("users", "INSERT")]),
        (SetRole(discord_id=BEN, username="Ben", role="tester"), ADMIN, [("users", "UPDATE")]),
        (DeactivateMember(discord_id=CLEO, reason="x"), ADMIN, [("users", "UPDATE")]),
        (
            AddToRoster(member_id=DAN, name="Dan", discipline="account", position=1),
            MANAGER,
            [("user_disciplines", "INSERT")],
        ),
        (
            AddToRoster(member_id=GUEST, name="Gus", discipline="account"),
            MANAGER,
            [("users", "INSERT"), ("user_disciplines", "INSERT")],
        ),
        (RemoveFromRoster(member_id=BEN, discipline="account"), MANAGER, [("user_disciplines", "DELETE")]),
        (
            MoveInRoster(member_id=CLEO, discipline="account", position=1),
            MANAGER,
            [("user_disciplines", "UPDATE")],
        ),
        (SetAway(member_id=BEN, away_from=sprint_start(2)), BEN, [("user_disciplines", "UPDATE")]),
        (AddSprint(name="X", start=sprint_start(10), end=sprint_start(11)), MANAGER, [("sprints", "INSERT")]),
        (EditSprint(sprint_id=9, reason="x", name="X"), MANAGER, [("sprints", "UPDATE")]),
        (ArchiveSprint(sprint_id=9, reason="x"), MANAGER, [("sprints", "UPDATE")]),
        (
            SetHolder(discipline="account", member_id=DAN, name="Dan", reason="x"),
            MANAGER,
            [("assignments", "UPDATE")],
        ),
        (Handoff(), None, []),
    ],
)
def test_each_change_has_exactly_its_entries(
    rota: Rota, write: Write[Any], actor: int | None, entries: list[tuple[str, str]]
) -> None:
    """Author, reason, request and time are noted; what follows by rule alone is not listed."""
    last = rota.value("SELECT max(id) FROM audit_logs")
    rota.do(write, actor, reason="because", request_id="r1")
    found = rota.rows(
        "SELECT table_name, operation, changed_by, reason, request_id, attempt, changed_at"
        " FROM audit_logs WHERE id > ? ORDER BY id",
        last,
    )
    assert found == [(*entry, actor, "because", "r1", 1, rota.at) for entry in entries]


@pytest.mark.parametrize("step", STEPS)
def test_each_step_of_a_cover_has_one_entry(rota: Rota, step: str) -> None:
    """From the status before to the status after."""
    status = {"untake": "taken", "revoke": "approved"}.get(step, "open")
    number = bring_to(rota, status)
    last = rota.value("SELECT max(id) FROM audit_logs")
    actor = {"take": BEN, "untake": BEN, "refuse": BEN, "withdraw": ADA}.get(step, MANAGER)
    after = rota.do(STEPS[step](number), actor).cover.status
    found = rota.rows(
        "SELECT table_name, record_id, operation, old_values ->> 'status', new_values ->> 'status',"
        " changed_by FROM audit_logs WHERE id > ?",
        last,
    )
    assert found == [("overrides", str(number), "UPDATE", status, after, actor)]


def test_asking_twice_is_an_insert_and_an_update(rota: Rota) -> None:
    """The second entry shows the attempt."""
    number = str(ask(rota))
    ask(rota)
    found = rota.ask(record_history, ADMINISTRATOR, "overrides", number)
    assert [(item.operation, (item.new or {})["attempts"]) for item in found] == [
        ("UPDATE", 2),
        ("INSERT", 1),
    ]


def test_a_new_sprint_on_duty_is_an_entry_of_the_bot(rota: Rota) -> None:
    """The state counts its versions, so that each is one entry."""
    rota.at += 14 * 86400
    rota.do(Handoff())
    newest = rota.ask(record_history, ADMINISTRATOR, "current_state", "1")[0]
    assert newest.changed_by is None
    assert newest.new == {"sprint_id": rota.sprint_id(1), "version": (newest.old or {})["version"] + 1}


def test_a_refused_change_leaves_no_entry(rota: Rota) -> None:
    """The log belongs to the transaction."""
    last = rota.value("SELECT max(id) FROM audit_logs")
    rota.refusal(RemoveFromRoster(member_id=DAN, discipline="account"), MANAGER)
    assert rota.value("SELECT max(id) FROM audit_logs") == last


def test_histories_are_of_exactly_one_record_and_page(rota: Rota) -> None:
    """Ids are compared whole: 1 is not 10; newest first; the next page begins below the last number."""
    for number in (1, 10):
        rota.do(EditSprint(sprint_id=number, reason="x", name=f"Renamed {number}"), MANAGER)
    found = rota.ask(record_history, ADMINISTRATOR, "sprints", "1")
    assert [item.operation for item in found] == ["UPDATE", "INSERT"]
    assert (found[0].old or {})["name"] == "Sprint 0"
    below = rota.ask(record_history, ADMINISTRATOR, "sprints", "1", 1, found[0].id)
    assert below == found[1:]
    assert rota.ask(record_history, ADMINISTRATOR, "sprints", "%") == ()


def test_histories_of_a_member_list_what_they_changed(rota: Rota) -> None:
    """Newest first, limited."""
    rota.do(SetAway(member_id=BEN, away_from=sprint_start(2)), BEN)
    found = rota.ask(member_history, ADMINISTRATOR, BEN)
    assert [(item.table, item.record_id) for item in found] == [("user_disciplines", f"account:{BEN}")]
    assert rota.ask(member_history, ADMINISTRATOR, GUEST) == ()
    assert len(rota.ask(member_history, ADMINISTRATOR, MANAGER, 5)) == 5


def test_only_administrators_read_it_and_only_what_is_audited(rota: Rota) -> None:
    """By role or by Discord's permission."""
    for viewer in (Viewer(MANAGER), Viewer(GUEST)):
        with pytest.raises(NotAllowed):
            rota.ask(record_history, viewer, "sprints", "1")
        with pytest.raises(NotAllowed):
            rota.ask(member_history, viewer, MANAGER)
        with pytest.raises(NotAllowed):
            rota.ask(verify, viewer)
    rota.ask(verify, Viewer(GUEST, discord_admin=True))
    with pytest.raises(InvalidInput, match="users, disciplines, notifications"):
        rota.ask(record_history, ADMINISTRATOR, "sqlite_master", "1")


def test_everything_that_is_audited_can_be_looked_up(rota: Rota) -> None:
    """No entry names a table that the look-up refuses."""
    bring_to(rota, "approved")
    named = {row[0] for row in rota.rows("SELECT DISTINCT table_name FROM audit_logs")}
    assert named <= set(DECLARED.audited)


def test_the_chain_is_walked_to_the_first_link_that_does_not_fit(rota: Rota) -> None:
    """Whole at first; after somebody altered an entry behind the bot's back, that entry is named."""
    report = rota.ask(verify, ADMINISTRATOR)
    assert report.intact
    assert report.links == rota.value("SELECT count(*) FROM audit_logs")
    rota.connection.execute("DROP TRIGGER audit_no_update")
    stored = rota.value("SELECT new_values FROM audit_logs WHERE id = 5")
    altered = json.dumps({"altered": True})
    rota.connection.execute("UPDATE audit_logs SET new_values = ? WHERE id = 5", (altered,))
    broken = rota.ask(verify, ADMINISTRATOR)
    assert (broken.first_broken, broken.problem) == (5, "entry 5 was altered")
    rota.connection.execute("UPDATE audit_logs SET new_values = ? WHERE id = 5", (stored,))
    assert rota.ask(verify, ADMINISTRATOR).intact


def test_a_long_chain_is_walked_in_parts(rota: Rota) -> None:
    """More entries than one part holds are all walked, and it is told on the way how far the walk is."""
    with rota.transaction() as connection:
        tx = Transaction(connection, rota.context, 1, rota.chain)
        for number in range(5100):
            RegisterMember(discord_id=ADA, username=f"Ada {number}").apply(tx)
    told: list[tuple[int, int]] = []
    report = rota.ask(verify, ADMINISTRATOR, (), None, lambda done, of: told.append((done, of)))
    assert report.intact
    assert report.links > 5100
    assert told == [(5000, report.links)]
