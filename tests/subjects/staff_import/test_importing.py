"""Moving in from AI Scrum Master: every row is accounted for, once, whatever happens in between."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from modelus_bot.domain.refusals import NotAllowed
from modelus_bot.subjects.imports.model.outcome import RowReport
from modelus_bot.subjects.members.writes.erasing import EraseMember
from modelus_bot.subjects.members.writes.members import SetRole
from modelus_bot.subjects.rotation_import.model.problem import ImportProblem
from modelus_bot.subjects.staff_import.model.source import TABLES
from modelus_bot.subjects.staff_import.rules.mapping import people_of
from modelus_bot.subjects.staff_import.rules.planning import Plan, portions
from modelus_bot.subjects.staff_import.rules.reading import tables_of
from modelus_bot.subjects.staff_import.writes.importing import ImportScrumRows
from modelus_bot.subjects.tasks.writes.moving import MoveTask
from tests.subjects.rota import ADA, ADMIN, BEN, CLEO, MANAGER, Rota, copied, made
from tests.subjects.staff_import.source import ACCOUNTS, ALL, FOUR, ONE, THREE, TWO, as_json

ZONE = ZoneInfo("America/New_York")


def plan_of(tables: dict[str, Any], accounts: dict[str, int]) -> Plan:
    """Return the plan of an import."""
    found = tables_of("all.json", as_json(tables))
    return Plan.of(found, people_of(found, accounts), ZONE)


def run(rota: Rota, plan: Plan, *, size: int = 7, until: int | None = None) -> RowReport:
    """Take in what a plan has, up to a portion, as the command does."""
    report = RowReport(TABLES)
    for number, (ready, left) in enumerate(portions(plan, size)):
        if number == until:
            break
        report.left_out(left)
        if ready:
            write = ImportScrumRows(rows=tuple(item.row for item in ready), maker=plan.maker)
            report.taken_in(ready, rota.do(write, reason="import"))
    return report


def counts(report: RowReport) -> dict[str, tuple[int, ...]]:
    """Return added, updated, unchanged and left out rows by table."""
    fates = ("added", "updated", "unchanged", "left_out")
    return {table: tuple(report.count(table, fate) for fate in fates) for table in TABLES}


def said(report: RowReport) -> dict[str, str]:
    """Return the reasons by table and line."""
    return {f"{item.table} {item.place.line}": item.why for item in report.remarks}


@pytest.fixture(scope="module")
def prepared() -> bytes:
    """Return a migrated file."""
    return made(lambda _rota: None)


@pytest.fixture
def rota(prepared: bytes) -> Iterator[Rota]:
    """Return a rota without anybody; keys, rules and the audit chain are looked at in the end."""
    with copied(prepared) as found:
        yield found
        assert found.broken() == []
        found.check()


def test_every_row_arrives_as_what_it_was(rota: Rota) -> None:
    """People with roles, tasks, read and unread notices, messages and reports, each once."""
    report = run(rota, plan_of(ALL, ACCOUNTS))

    assert counts(report) == {
        "users": (3, 0, 0, 1),
        "tasks": (4, 0, 0, 1),
        "notifications": (3, 0, 0, 2),
        "chat_messages": (3, 0, 0, 1),
        "triage_items": (3, 0, 0, 1),
    }
    assert all(report.rows(table) == len(ALL[table]) for table in TABLES)
    assert rota.rows("SELECT discord_id, username, role, is_active FROM users ORDER BY discord_id") == [
        (ONE, "Ann", "developer", 1),
        (TWO, "Ben", "project_manager", 1),
        (THREE, "Cleo", None, 0),
    ]
    assert rota.rows(
        "SELECT title, status, assigned_role, assigned_user_id, start_date, end_date, priority, progress,"
        " is_delayed, risk, epic, created_by, completed_at IS NOT NULL FROM tasks ORDER BY id"
    ) == [
        ("Implement <b>login</b>", "todo", "developer", ONE, "2025-09-25", "2025-09-30", 3, 0, 1, "high",
         "E1", TWO, 0),
        ("Late night", "in_progress", None, None, "2025-09-24", "2025-09-25", 0, 40, 1, "high", None, TWO, 0),
        ("Shipped", "done", "tester", TWO, "2025-09-01", "2025-09-03", 1, 100, 0, "low", None, TWO, 1),
        ("(without a title)", "todo", None, None, "2025-12-30", "2025-12-31", 0, 0, 1, "high", None, TWO, 0),
    ]  # fmt: skip
    assert rota.rows(
        "SELECT user_id, type, message, ref_table, ref_id, is_read, way, delivered_at = created_at"
        " FROM notifications ORDER BY id"
    ) == [
        (ONE, "task_assigned", "Yours", "tasks", 1, 1, "inbox", 1),
        (TWO, "system", "Look", None, None, 0, "inbox", 1),
        (TWO, "system", "Gone", None, None, 0, "inbox", 1),
    ]
    assert rota.rows(
        "SELECT sender_id, recipient_id, channel, message, message_type, is_edited FROM chat_messages"
    ) == [
        (ONE, TWO, "general", "hello", "text", 0),
        (TWO, ONE, "general", "hi \N{REPLACEMENT CHARACTER}", "text", 1),
        (ONE, None, "random", "to all", "file", 0),
    ]
    assert rota.rows(
        "SELECT reporter_id, title, status, priority, category, resolution, resolved_at IS NULL,"
        " respond_by IS NULL, thread_state FROM triage_items ORDER BY id"
    ) == [
        (ONE, "It broke", "resolved", "medium", "issue", "Mended", 0, 1, "unset"),
        (TWO, "Open still", "pending", "critical", "bug", None, 1, 0, "wanted"),
        (ONE, "Looked at", "in_review", "low", "issue", None, 1, 0, "wanted"),
    ]


def test_what_was_mended_or_left_out_is_said_with_its_place(rota: Rota) -> None:
    """One reason for each row that is not as it stood, and none for the others."""
    report = run(rota, plan_of(ALL, ACCOUNTS))
    why = said(report)

    assert why["users 5"] == "nobody has said which Discord account is theirs"
    assert why["tasks 6"] == "priority is outside 0 to 3, and was moved there"
    assert why["tasks 9"] == "its assignee has no Discord account yet: user 4"
    assert why["notifications 12"] == "type “odd” is not known here; system counts"
    assert why["notifications 14"] == "the task it is about was left out: 4"
    assert why["notifications 15"] == "its reader has no Discord account yet: user 4"
    assert why["chat_messages 17"] == "what is no letter in message was replaced"
    assert why["chat_messages 19"] == "message is nested, where a text is expected"
    assert why["triage_items 23"] == "its id stands in the files already: all.json, line 20, column 1"
    assert report.mended["tasks"] == 3


def test_a_second_run_changes_nothing_and_undoes_nothing(rota: Rota) -> None:
    """What was changed, moved or deleted here meanwhile stays so."""
    plan = plan_of(ALL, ACCOUNTS)
    run(rota, plan)
    rota.do(MoveTask(task_id=1, to="done"), ONE)
    rota.do(SetRole(discord_id=ONE, username="Annie", role="tester"))
    rota.connection.execute("DELETE FROM notifications WHERE id = 1")
    before = rota.dump()

    again = run(rota, plan, size=3)

    assert not again.changed
    assert rota.dump() == before
    assert counts(again)["tasks"] == (0, 0, 4, 1)


def test_rows_of_people_without_an_account_come_with_a_better_mapping(rota: Rota) -> None:
    """They are left out by name until then, and nothing else moves; in the end the files are here whole."""
    run(rota, plan_of(ALL, ACCOUNTS))
    report = run(rota, plan_of(ALL, ACCOUNTS | {"Dan": FOUR}))

    assert [row[:1] for row in counts(report).values()] == [(1,), (1,), (2,), (0,), (0,)]
    assert rota.rows("SELECT ref_id FROM notifications WHERE ref_table = 'tasks' ORDER BY id") == [(1,), (5,)]


def test_wherever_it_is_stopped_the_next_run_ends_the_same(prepared: bytes) -> None:
    """Every portion is whole or not there; rows and numbers are those of a run that went through."""
    plan = plan_of(ALL, ACCOUNTS)
    with copied(prepared) as whole:
        run(whole, plan)
        expected = whole.dump()
    dice = random.Random(1)
    for until in range(5):
        with copied(prepared) as rota:
            run(rota, plan, size=dice.randint(1, 9), until=until)
            run(rota, plan, size=dice.randint(1, 9))
            assert rota.dump() == expected


def test_people_known_here_stay_as_they_are(rota: Rota) -> None:
    """Only a role that they lacked is given; another account for somebody taken in does not move them."""
    rota.do(SetRole(discord_id=ONE, username="Anna", role="designer"))
    rota.do(SetRole(discord_id=TWO, username="Benno", role=None))
    report = run(rota, plan_of({"users": ALL["users"]}, ACCOUNTS))

    assert rota.rows("SELECT username, role FROM users WHERE discord_id IN (?, ?) ORDER BY 1", ONE, TWO) == [
        ("Anna", "designer"),
        ("Benno", "project_manager"),
    ]
    assert counts(report)["users"] == (1, 1, 1, 1)
    assert "they are designer here and developer in the file" in said(report)["users 2"]
    run(rota, plan_of({"messages": ALL["chat_messages"][:1]}, {"1": FOUR}))
    assert rota.rows("SELECT sender_id FROM chat_messages") == [(ONE,)]


def test_another_teams_rows_with_the_same_numbers_are_not_taken_for_these(rota: Rota) -> None:
    """A row with a known id that was made at another time is left out, and it says so."""
    run(rota, plan_of(ALL, ACCOUNTS))
    other = {"users": [{"id": 1, "username": "Zoe", "created_at": "2020-01-01"}]}
    report = run(rota, plan_of(other, {"Zoe": FOUR}))

    assert "another row with its id" in said(report)["users 2"]
    assert counts(report)["users"] == (0, 0, 0, 1)


def test_what_was_erased_does_not_come_back(rota: Rota) -> None:
    """Rows of somebody whose data was erased here are left out, those that are new, too."""
    run(rota, plan_of(ALL, ACCOUNTS))
    rota.do(EraseMember(discord_id=ONE), ONE)
    before = rota.dump()
    more = {**ALL, "messages": [*ALL["chat_messages"], {"id": 99, "sender_id": 1, "message": "secret"}]}
    del more["chat_messages"]
    report = run(rota, plan_of(more, ACCOUNTS))

    assert "was erased here: user 1" in said(report)["chat_messages 24"]
    assert rota.dump() == before


def test_somebody_has_to_count_as_the_maker_of_tasks(rota: Rota) -> None:
    """Without a manager who has an account it is asked for; only administrators may take rows in."""
    with pytest.raises(ImportProblem, match="--maker"):
        plan_of(ALL, {"Ann": ONE})
    plan = plan_of(ALL, ACCOUNTS)
    ready, _ = next(portions(plan, 50))
    write = ImportScrumRows(rows=tuple(item.row for item in ready), maker=plan.maker)
    for person in (ADA, BEN, CLEO, MANAGER):
        rota.do(SetRole(discord_id=person, username="X", role="project_manager"))
        with pytest.raises(NotAllowed):
            rota.do(write, person)
    rota.do(SetRole(discord_id=ADMIN, username="A", role="admin"))
    assert len(rota.do(write, ADMIN)) == len(ready)
