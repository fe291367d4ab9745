"""Moving in from the Triage Rotation Bot: what is mended, that it is said, and that it happens once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from modelus_bot.bundled import sample_dir
from modelus_bot.domain.fields import PLACEHOLDER_LIMIT
from modelus_bot.domain.refusals import NotAllowed
from modelus_bot.subjects.members.writes.members import LinkMember, SetRole
from modelus_bot.subjects.oncall.writes import SetHolder
from modelus_bot.subjects.rosters.writes.edits import AddToRoster, RemoveFromRoster
from modelus_bot.subjects.rotation_import.model.problem import ImportProblem
from modelus_bot.subjects.rotation_import.model.source import RotationSource, days_to_middle, shift_days
from modelus_bot.subjects.rotation_import.rules.mending import mend
from modelus_bot.subjects.rotation_import.rules.people import People, placeholder_id
from modelus_bot.subjects.rotation_import.rules.reading import parse, read_folder
from modelus_bot.subjects.rotation_import.writes.importing import ImportReport, ImportRotation
from modelus_bot.subjects.sprints.writes import ArchiveSprint, EditSprint
from tests.subjects.rota import MANAGER, Rota, instant

IN_SPRINT_5 = instant(date(2025, 3, 10))
"""A day in the sample's fifth sprint, which is number 4 and the one its current state is about."""
IN_SPRINT_6 = instant(date(2025, 3, 20))
TABLES = ("users", "disciplines", "user_disciplines", "sprints", "assignments", "overrides")


def slack(number: int) -> str:
    """Return the slack id of a person of the sample."""
    return f"U01SAMPLE{number:02}"


def person(number: int) -> int:
    """Return the placeholder of a person of the sample."""
    return placeholder_id(slack(number))


def account(number: int) -> int:
    """Return an invented Discord id for a person of the sample."""
    return 2**58 + number


def sample(**changes: Any) -> RotationSource:
    """Return the sample rota as found, with some of it replaced."""
    return replace(read_folder(sample_dir() / "rotation"), **changes)


def said(report: ImportReport, kind: str) -> list[str]:
    """Return the sentences of a kind."""
    return [item.sentence for item in report.mended if item.kind == kind]


def run(rota: Rota, source: RotationSource | None = None, at: int = IN_SPRINT_5) -> ImportReport:
    """Import a source, the sample by default, as the bot does."""
    rota.at = at
    return rota.do(ImportRotation(data=mend(source or sample())), at=at, reason="import")


def counts(report: ImportReport) -> dict[str, tuple[int, int, int]]:
    """Return added, updated and unchanged rows by table."""
    return {count.table: (count.added, count.updated, count.unchanged) for count in report.counts}


def covers(rota: Rota) -> set[tuple[int, str, int | None, str, int | None]]:
    """Return the covers: sprint number, discipline, replacement, status, who decided."""
    return set(
        rota.rows(
            "SELECT s.sprint_index, o.discipline, o.replacement_id, o.status, o.decided_by"
            " FROM overrides AS o JOIN sprints AS s ON s.id = o.sprint_id"
        )  # type: ignore[arg-type]
    )


def test_the_sample_arrives_whole(empty: Rota) -> None:
    """People, rosters in order, and numbered sprints with a gap are there afterwards, each counted."""
    report = run(empty)

    assert {table: count[0] for table, count in counts(report).items()} == {
        "users": 15,
        "disciplines": 5,
        "user_disciplines": 16,
        "sprints": 9,
        "assignments": 4 * 5 + 1,
        "overrides": 7,
    }
    assert empty.rows(
        "SELECT position, user_id, is_active FROM user_disciplines WHERE discipline = 'account'"
        " ORDER BY position"
    ) == [(1, person(1), 1), (2, person(2), 1), (3, person(3), 0), (4, person(4), 1)]
    assert empty.rows("SELECT sprint_index FROM sprints ORDER BY start_date") == [(n,) for n in range(9)]
    assert empty.rows("SELECT DISTINCT scheduler FROM disciplines") == [("modulo",)]
    assert set(empty.rows("SELECT discipline FROM user_disciplines WHERE user_id = ?", person(5))) == {
        ("producer",),
        ("be_eng",),
    }


def test_everything_mended_is_said(empty: Rota) -> None:
    """Each oddity of the sample has its sentence, which names where it was found."""
    report = run(empty)

    assert said(report, "index") == [
        "sprints.json: 7 of 9 sprints have no sprintIndex; their place in the file counts."
    ]
    assert "gap of 1 day between “Sample sprint 4” and “Sample sprint 5”" in said(report, "gap")[0]
    assert said(report, "inactive") == [
        "account: inactive and without turns, as in the file: Cedar Lindqvist."
    ]
    assert "asked for 2 times" in said(report, "duplicate")[0]
    assert ["entry 3" in line or "entry 8" in line for line in said(report, "approval")] == [True, True]
    assert "the latest, by Gorse Petrel, counts" in said(report, "several_approved")[0]
    assert said(report, "left_out") == [
        "overrides.json, entry 9: left out, because Laurel Finch would replace themselves.",
        "overrides.json, entry 10: left out, because there is no sprint 42.",
    ]
    assert "holder of po differs" in said(report, "state")[0]
    assert len(report.unlinked) == 15
    assert report.unlinked[0] == f"Aster Vale (number {person(1)})"


def test_covers_keep_only_approvals_that_count(empty: Rota) -> None:
    """The latest approval of a slot counts, self-approved ones wait again or expired with their sprint."""
    run(empty)

    assert covers(empty) == {
        (1, "producer", person(5), "revoked", person(1)),
        (1, "producer", person(7), "approved", person(1)),
        (2, "po", person(8), "expired", None),
        (3, "ui_eng", person(12), "approved", person(2)),
        (4, "be_eng", person(14), "approved", person(2)),
        (5, "producer", person(6), "open", None),
        (6, "account", person(4), "open", None),
    }
    assert empty.rows("SELECT attempts FROM overrides WHERE discipline = 'ui_eng'") == [(2,)]
    assert empty.rows("SELECT original_id FROM overrides WHERE discipline = 'be_eng'") == [(person(15),)]


def test_past_turns_are_frozen_as_they_were_computed(empty: Rota) -> None:
    """Sprints that are over get list[number mod length] of the active people, marked as imported."""
    run(empty)

    assert empty.rows(
        "SELECT s.sprint_index, a.user_id, a.source FROM assignments AS a JOIN sprints AS s"
        " ON s.id = a.sprint_id WHERE a.discipline = 'account' AND s.sprint_index < 4 ORDER BY 1"
    ) == [(n, person([1, 2, 4][n % 3]), "import") for n in range(4)]


def test_who_was_on_duty_stays_on_duty(empty: Rota) -> None:
    """The current state's holders are on duty now; where they differ from the rotation, by hand."""
    run(empty)

    assert dict(empty.rows("SELECT discipline, user_id FROM current_holders")) == {
        "account": person(2),
        "producer": person(6),
        "po": person(8),
        "ui_eng": person(12),
        "be_eng": person(14),
    }
    assert dict(empty.rows("SELECT discipline, source FROM current_holders")) == {
        "account": "rotation",
        "producer": "rotation",
        "po": "manual",
        "ui_eng": "rotation",
        "be_eng": "override",
    }


def test_turns_to_come_are_the_old_bots(empty: Rota) -> None:
    """The next sprints go to list[number mod length], so nobody's plans change with the move."""
    run(empty)

    assert empty.holders("account") == [person([1, 2, 4][n % 3]) for n in range(9)]


@pytest.mark.parametrize("later", [IN_SPRINT_5, IN_SPRINT_6])
def test_the_second_run_changes_nothing(empty: Rota, later: int) -> None:
    """Imported again, at once or after the next hand-over, not one row differs, and the report says so."""
    run(empty)
    if later != IN_SPRINT_5:
        run(empty, at=later)
    before = empty.dump()

    report = run(empty, at=later)

    assert empty.dump() == before
    assert not report.changed
    assert all(count[:2] == (0, 0) for count in counts(report).values())


def test_a_preview_changes_nothing_and_tells_the_same(empty: Rota) -> None:
    """What a dry run reports is what the import then does."""
    empty.at = IN_SPRINT_5
    before = empty.dump()

    shown = empty.preview(ImportRotation(data=mend(sample())))

    assert empty.dump() == before
    assert shown == run(empty)


def test_the_report_survives_json(empty: Rota) -> None:
    """A repeated request gets the stored report, so it must come back from JSON unchanged."""
    report = run(empty)
    adapter = TypeAdapter(ImportReport)

    assert adapter.validate_json(adapter.dump_json(report)) == report


def test_every_change_has_one_audit_entry(empty: Rota) -> None:
    """Each row added or updated is in the audit log exactly once."""
    report = run(empty)

    for table in TABLES:
        entries = empty.value("SELECT count(*) FROM audit_logs WHERE table_name = ?", table)
        assert entries == sum(counts(report)[table][:2]), table


def test_only_managers_import(staffed: Rota) -> None:
    """A developer is refused, a project manager is not."""
    staffed.at = IN_SPRINT_5
    write = ImportRotation(data=mend(sample()))

    developer = staffed.value("SELECT discord_id FROM users WHERE role = 'developer' LIMIT 1")
    assert isinstance(staffed.refusal(write, developer), NotAllowed)
    assert staffed.do(write, MANAGER).changed


def test_people_with_accounts_need_no_link(empty: Rota) -> None:
    """Ids from people.json are used, and nobody is left to be linked."""
    report = run(empty, sample(people={slack(n): account(n) for n in range(1, 16)}))

    assert report.unlinked == ()
    assert empty.value("SELECT min(discord_id) FROM users") >= PLACEHOLDER_LIMIT


def test_slack_ids_that_are_discord_ids_are_used_as_they_are() -> None:
    """A number that can be a Discord account is one; others become stable placeholders."""
    people = People({}, [])

    assert people.add("123456789012345678") == 123456789012345678
    for text in ("12345", "U123", "9" * 30):
        assert 0 < people.add(text) < PLACEHOLDER_LIMIT
        assert people.add(text) == placeholder_id(text)


def test_accounts_found_later_replace_placeholders(empty: Rota) -> None:
    """A people.json that arrives later links the imported people; their duties and covers go with them."""
    run(empty)
    people = {slack(n): account(n) for n in (2, 14)}

    report = run(empty, sample(people=people))
    again = run(empty, sample(people=people))

    assert counts(report)["users"] == (0, 2, 13)
    assert len(report.unlinked) == 13
    assert not again.changed
    assert empty.on_duty("account") == account(2)
    assert empty.on_duty("be_eng") == account(14)
    assert empty.rows("SELECT discord_id FROM users WHERE discord_id = ?", person(2)) == []


def test_people_linked_by_hand_stay_linked(empty: Rota) -> None:
    """After ``/member link`` an import finds the person under the account, with or without people.json."""
    run(empty)
    empty.do(LinkMember(placeholder_id=person(2), discord_id=account(2), username="Birch"))

    plain = run(empty)
    other = run(empty, sample(people={slack(2): account(99)}))

    assert not plain.changed
    assert not other.changed
    assert "that link stays" in said(other, "linked")[0]
    assert empty.value("SELECT username FROM users WHERE discord_id = ?", account(2)) == "Birch"


def test_members_who_are_known_keep_their_name_and_role(empty: Rota) -> None:
    """Somebody whom the bot knows already is not renamed by the import."""
    empty.do(SetRole(discord_id=account(1), username="Aster on Discord", role="developer"))

    report = run(empty, sample(people={slack(1): account(1)}))

    assert counts(report)["users"] == (14, 0, 1)
    assert empty.rows("SELECT username, role FROM users WHERE discord_id = ?", account(1)) == [
        ("Aster on Discord", "developer")
    ]


def test_people_who_left_come_back_to_their_place(empty: Rota) -> None:
    """Somebody removed here whom the file lists as active is on the roster again, where they stood."""
    run(empty)
    empty.do(RemoveFromRoster(member_id=person(2), discipline="account"))

    report = run(empty)

    assert counts(report)["user_disciplines"] == (0, 1, 15)
    assert empty.rows(
        "SELECT position, is_active FROM user_disciplines WHERE user_id = ? AND discipline = 'account'",
        person(2),
    ) == [(2, 1)]


def test_what_was_decided_here_stays(empty: Rota) -> None:
    """A holder set by hand and an archived sprint are not undone by another import."""
    run(empty)
    empty.do(SetHolder(discipline="po", member_id=person(10), name="Juniper Soto", reason="swap"))
    empty.do(ArchiveSprint(sprint_id=empty.sprint_id(8), reason="cancelled"))

    report = run(empty)

    assert not report.changed
    assert empty.on_duty("po") == person(10)
    assert said(report, "archived") == ["“Sample sprint 9” is archived here and stays so."]


def test_changed_days_follow_the_files(empty: Rota) -> None:
    """Sprints that moved in the files move here too, all at once, although they pass through each other."""
    run(empty)
    later = shift_days(sample(), 7)

    report = run(empty, later, at=IN_SPRINT_5 + 7 * 86_400)

    assert counts(report)["sprints"] == (0, 9, 0)
    assert empty.value("SELECT start_date FROM sprints WHERE sprint_index = 0") == "2025-01-13"


def test_a_name_changed_here_is_taken_back(empty: Rota) -> None:
    """The files say what their sprints are called; the report counts the row."""
    run(empty)
    empty.do(EditSprint(sprint_id=empty.sprint_id(7), reason="clearer", name="Release"))

    assert counts(run(empty))["sprints"] == (0, 1, 8)


def test_a_current_state_of_another_sprint_is_left_out(empty: Rota) -> None:
    """Holders of a sprint that is over put nobody on duty now."""
    report = run(empty, at=IN_SPRINT_6)

    assert "not the one on duty now" in said(report, "state")[0]
    assert empty.value("SELECT count(*) FROM assignments WHERE source = 'manual'") == 0


def test_before_the_first_sprint_nothing_is_past(empty: Rota) -> None:
    """A rota that begins next year is imported without anybody on duty."""
    run(empty, at=instant(date(2024, 12, 1)))

    assert empty.value("SELECT count(*) FROM assignments WHERE source = 'import'") == 0
    assert empty.value("SELECT count(*) FROM current_state") == 0


@pytest.mark.parametrize("name", ["disciplines.json", "currentState.json", "overrides.json", "sprints.json"])
def test_a_missing_file_is_tolerated_and_named(empty: Rota, name: str) -> None:
    """Three of the four files still give what they can."""
    files = {
        path.name: path.read_text("utf-8")
        for path in (sample_dir() / "rotation").iterdir()
        if path.name != name
    }

    report = run(empty, parse(files))

    assert said(report, "missing_file")[0].startswith(f"{name} is not there: ")
    assert counts(report)["sprints"][0] == (0 if name == "sprints.json" else 9)


def test_shifting_keeps_the_rota_and_moves_the_days() -> None:
    """Shifted so that a day lies inside the middle sprint, everything else is the same rota."""
    source = sample()
    today = date(2031, 7, 4)

    moved = shift_days(source, days_to_middle(source, today))

    assert moved.sprints[4].start < today < moved.sprints[4].end
    assert shift_days(moved, -days_to_middle(source, today)) == source
    assert [override.asked_at is not None for override in moved.overrides] == [True] * 10
    assert days_to_middle(RotationSource(), today) == 0


NUMBERS = st.integers(1, 6)
OVERRIDE = st.fixed_dictionaries(
    {"sprintIndex": st.integers(0, 9), "role": st.sampled_from(["account", "uiEng"])},
    optional={
        "newSlackId": st.one_of(st.none(), NUMBERS.map(slack)),
        "requestedBy": st.one_of(st.none(), NUMBERS.map(slack), st.just("Somebody")),
        "approved": st.one_of(st.none(), st.booleans()),
        "approvedBy": st.one_of(st.none(), NUMBERS.map(slack), st.just("Aster Vale")),
        "timestamp": st.sampled_from(["2025-01-02T03:04:05Z", 1736000000000, "yesterday", None]),
        "approvalTimestamp": st.sampled_from(["2025-02-02T03:04:05Z", 1736000001000, "later", None]),
    },
)
ROSTER = st.lists(
    st.builds(
        lambda n, active: {"slackId": slack(n), "name": f"P{n}", "active": active}, NUMBERS, st.booleans()
    ),
    max_size=6,
)


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    account=ROSTER,
    engineers=ROSTER,
    overrides=st.lists(OVERRIDE, max_size=12),
    state=st.dictionaries(st.sampled_from(["account", "uiEng", "sprintIndex"]), NUMBERS, max_size=3),
    day=st.integers(-20, 150),
)
def test_any_rota_is_imported_once(
    empty: Rota, account: Any, engineers: Any, overrides: Any, state: Any, day: int
) -> None:
    """Whatever covers, rosters and state there are, every rule is kept and a repetition does nothing."""
    for table in ("overrides", "assignments", "current_state", "current_holders", "notifications",
                  "user_disciplines", "sprints", "users"):  # fmt: skip
        empty.connection.execute(f"DELETE FROM {table}")
    files = {
        "sprints.json": (sample_dir() / "rotation" / "sprints.json").read_text("utf-8"),
        "disciplines.json": json.dumps({"account": account, "uiEng": engineers}),
        "currentState.json": json.dumps(
            {key: value if key == "sprintIndex" else slack(value) for key, value in state.items()}
        ),
        "overrides.json": json.dumps(overrides),
    }
    at = instant(date(2025, 1, 6)) + day * 86_400

    run(empty, parse(files), at=at)
    before = empty.dump()
    again = run(empty, parse(files), at=at)

    assert not again.changed
    assert empty.dump() == before
    empty.check()


def test_an_account_that_is_in_use_is_not_linked(empty: Rota) -> None:
    """Somebody who stands on a roster with the account already is named, and nothing is changed."""
    run(empty)
    empty.do(AddToRoster(member_id=account(1), name="Somebody else", discipline="po"))

    refused = empty.refusal(ImportRotation(data=mend(sample(people={slack(1): account(1)}))))

    assert "Somebody else already stands on a roster" in str(refused)


def test_overlapping_sprints_are_not_guessed_at() -> None:
    """Which of two overlapping sprints is wrong only their owner knows."""
    source = sample()
    first, second = source.sprints[:2]
    overlapping = replace(second, start=date(2025, 1, 13))

    with pytest.raises(ImportProblem, match=r"“Sample sprint 1”.*“Sample sprint 2”.*overlap"):
        mend(replace(source, sprints=(first, overlapping, *source.sprints[2:])))
