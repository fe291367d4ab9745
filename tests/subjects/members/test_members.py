"""Members: registering, roles, leaving, coming back, linking imported people."""

from __future__ import annotations

import pytest

from modelus_bot.domain.permissions import Viewer, check_admin, check_staff, standing_of
from modelus_bot.domain.refusals import NotAllowed, NotFound
from modelus_bot.subjects.disciplines.model import DEFAULT_DISCIPLINES, DisciplineSpec
from modelus_bot.subjects.disciplines.queries import disciplines
from modelus_bot.subjects.disciplines.writes import EnsureDisciplines
from modelus_bot.subjects.members.writes.members import (
    DeactivateMember,
    LinkMember,
    ReactivateMember,
    SetRole,
)
from modelus_bot.subjects.notices.queries import preferences
from modelus_bot.subjects.notices.writes.choosing import SetDelivery, SetQuietHours
from modelus_bot.subjects.notices.writes.outbox import notify
from modelus_bot.subjects.people.queries import everybody, member, member_card, members, search_members
from modelus_bot.subjects.people.writes import RegisterMember
from modelus_bot.subjects.rosters.queries import roster
from modelus_bot.subjects.rosters.writes.edits import AddToRoster
from tests.subjects.rota import (
    ADA,
    ADMIN,
    BEN,
    CLEO,
    EVE,
    GUEST,
    MANAGER,
    NAMES,
    Rota,
    fill_roster,
    plan_sprints,
)


def audited(rota: Rota, table: str, record: object) -> list[str]:
    """Return the operations in the audit log for one record."""
    return [
        row[0]
        for row in rota.rows(
            "SELECT operation FROM audit_logs WHERE table_name = ? AND record_id = ? ORDER BY id",
            table,
            str(record),
        )
    ]


def test_registering_is_an_upsert_by_id(empty: Rota) -> None:
    """Twice is one row and one audit entry; a new name follows; the role stays."""
    first = empty.do(RegisterMember(discord_id=ADA, username="Ada"), ADA)
    assert empty.do(RegisterMember(discord_id=ADA, username="Ada"), ADA) == first
    empty.do(SetRole(discord_id=ADA, username="Ada", role="tester"))
    renamed = empty.do(RegisterMember(discord_id=ADA, username="Ada L."), ADA)
    assert (renamed.username, renamed.role) == ("Ada L.", "tester")
    assert empty.value("SELECT count(*) FROM users") == 1
    assert audited(empty, "users", ADA) == ["INSERT", "UPDATE", "UPDATE"]


def test_roles_are_given_by_administrators_only(staffed: Rota) -> None:
    """A manager cannot; an administrator by role or by Discord can; taking it away works the same."""
    wish = SetRole(discord_id=GUEST, username="Gus", role="designer")
    assert staffed.refusal(wish, MANAGER).rule == "admin"
    assert staffed.do(wish, ADMIN).after.role == "designer"
    change = staffed.do(SetRole(discord_id=GUEST, username="Gus", role=None), GUEST, discord_admin=True)
    assert change.before is not None
    assert (change.before.role, change.after.role) == ("designer", None)


def test_the_same_role_again_is_no_change(staffed: Rota) -> None:
    """Repeating writes nothing."""
    before = staffed.dump()
    staffed.do(SetRole(discord_id=ADA, username=NAMES[ADA], role="developer"), ADMIN)
    assert staffed.dump() == before


def test_what_a_member_may_do_follows_role_and_discord(staffed: Rota) -> None:
    """Staff, manager, administrator; a deactivated member may do nothing."""
    expected = {ADA: (True, False, False), MANAGER: (True, True, False), ADMIN: (True, True, True)}
    for person, rights in expected.items():
        found = staffed.ask(standing_of, Viewer(person))
        assert (found.staff, found.manager, found.admin) == rights
    assert not staffed.ask(standing_of, Viewer(GUEST)).staff
    assert staffed.ask(standing_of, Viewer(GUEST, discord_admin=True)).admin
    staffed.do(DeactivateMember(discord_id=MANAGER, reason="left"), ADMIN)
    assert not staffed.ask(standing_of, Viewer(MANAGER)).staff


def test_viewers_without_the_right_are_told_so(staffed: Rota) -> None:
    """The checks for commands that only show something refuse in a sentence."""
    staffed.ask(check_staff, Viewer(ADA))
    staffed.ask(check_admin, Viewer(ADMIN))
    with pytest.raises(NotAllowed, match="Only staff"):
        staffed.ask(check_staff, Viewer(GUEST))
    with pytest.raises(NotAllowed, match="Only administrators"):
        staffed.ask(check_admin, Viewer(MANAGER))


def test_deactivating_passes_turns_on_and_reactivating_brings_them_back(rota: Rota) -> None:
    """Nobody else changes place; the duty of the one who left passes on at once."""
    assert rota.on_duty() == ADA
    before = rota.holders()
    change = rota.do(DeactivateMember(discord_id=ADA, reason="moved away"), ADMIN)
    assert not change.after.is_active
    assert rota.on_duty() == BEN
    assert ADA not in rota.holders()
    assert [entry.user_id for entry in rota.ask(roster, "account")] == [BEN, CLEO]
    assert {move.before for move in change.moves} == {ADA, BEN, CLEO}
    rota.do(ReactivateMember(discord_id=ADA), ADMIN)
    assert [entry.user_id for entry in rota.ask(roster, "account")] == [ADA, BEN, CLEO]
    assert rota.on_duty() == BEN
    assert rota.holders() == [BEN, CLEO, ADA, BEN, CLEO, ADA, BEN]
    assert before == [ADA, BEN, CLEO, ADA, BEN, CLEO, ADA]


def test_deactivating_the_last_person_empties_the_duty_and_tells_managers(staffed: Rota) -> None:
    """An empty slot is nobody, never somebody else; managers are told once."""
    fill_roster(staffed, ADA, discipline="po")
    plan_sprints(staffed, 2)
    change = staffed.do(DeactivateMember(discord_id=ADA, reason="left"), ADMIN)
    assert {move.after for move in change.moves} == {None}
    assert staffed.on_duty("po") is None
    assert "Nobody is on duty: Product owner" in staffed.notices(MANAGER)
    told = len(staffed.notices(MANAGER))
    staffed.do(AddToRoster(member_id=BEN, name="Ben", discipline="account"), MANAGER)
    assert len(staffed.notices(MANAGER)) == told


@pytest.mark.parametrize(
    ("write", "rule"),
    [
        (DeactivateMember(discord_id=ADMIN, reason="me"), "member.self"),
        (DeactivateMember(discord_id=GUEST, reason="who?"), "member.unknown"),
        (ReactivateMember(discord_id=GUEST), "member.unknown"),
        (LinkMember(placeholder_id=5, discord_id=GUEST, username="Gus"), "member.unknown"),
        (LinkMember(placeholder_id=ADA, discord_id=GUEST, username="Gus"), "member.linked"),
    ],
)
def test_what_administrators_cannot_do_to_members(
    staffed: Rota, write: DeactivateMember | ReactivateMember | LinkMember, rule: str
) -> None:
    """Each has its sentence and changes nothing."""
    assert staffed.refusal(write, ADMIN).rule == rule


def test_deactivating_twice_is_refused_and_reactivating_twice_is_not(staffed: Rota) -> None:
    """The second deactivation names the member; the second reactivation changes nothing."""
    staffed.do(DeactivateMember(discord_id=EVE, reason="left"), ADMIN)
    assert "Eve is deactivated" in str(staffed.refusal(DeactivateMember(discord_id=EVE, reason="x"), ADMIN))
    staffed.do(ReactivateMember(discord_id=EVE), ADMIN)
    before = staffed.dump()
    assert staffed.do(ReactivateMember(discord_id=EVE), ADMIN).moves == ()
    assert staffed.dump() == before


def test_a_confirmation_of_other_moves_is_stale(rota: Rota) -> None:
    """The code of the preview confirms it; after another change it does not."""
    shown = rota.preview(DeactivateMember(discord_id=CLEO, reason="left"))
    rota.do(AddToRoster(member_id=EVE, name="Eve", discipline="account"), MANAGER)
    wish = DeactivateMember(discord_id=CLEO, reason="left", expected=shown.digest)
    assert rota.refusal(wish, ADMIN).rule == "rota.changed"
    again = rota.preview(wish.model_copy(update={"expected": None}))
    rota.do(wish.model_copy(update={"expected": again.digest}), ADMIN)
    assert CLEO not in rota.holders()


def test_linking_moves_everything_of_an_imported_person(staffed: Rota) -> None:
    """Roster, turns and duty follow the account; the placeholder is gone; the account's role is kept."""
    staffed.do(AddToRoster(member_id=7, name="Imported", discipline="po"), MANAGER)
    plan_sprints(staffed, 3)
    staffed.do(SetRole(discord_id=GUEST, username="Gus", role="tester"), ADMIN)
    change = staffed.do(LinkMember(placeholder_id=7, discord_id=GUEST, username="Gus"), ADMIN)
    assert change.before is not None
    assert change.before.is_placeholder
    assert not change.after.is_placeholder
    assert change.after.role == "tester"
    assert staffed.on_duty("po") == GUEST
    assert set(staffed.holders("po")) == {GUEST}
    assert staffed.ask(member, 7) is None


def test_linking_keeps_the_accounts_inbox_and_choices(staffed: Rota) -> None:
    """What somebody was told and has chosen before they were linked is theirs afterwards as well."""
    staffed.do(AddToRoster(member_id=7, name="Imported", discipline="po"), MANAGER)
    staffed.do(SetQuietHours(quiet_from=60, quiet_to=120, zone="Asia/Tokyo"), GUEST)
    staffed.do(SetDelivery(type="oncall", delivery="inbox"), GUEST)
    staffed.call(notify, GUEST, "system", "Before", "Text")
    before = staffed.ask(preferences, GUEST, "UTC")
    staffed.do(LinkMember(placeholder_id=7, discord_id=GUEST, username="Gus"), ADMIN)
    assert "Before" in staffed.notices(GUEST)
    assert staffed.ask(preferences, GUEST, "UTC") == before


@pytest.mark.parametrize("target", [5, 2**40 - 1])
def test_linking_to_another_placeholder_is_refused(staffed: Rota, target: int) -> None:
    """Only a Discord account can be linked."""
    staffed.do(RegisterMember(discord_id=7, username="Imported"))
    wish = LinkMember(placeholder_id=7, discord_id=target, username="x")
    assert staffed.refusal(wish, ADMIN).rule == "member.placeholder"


def test_linking_to_an_account_in_use_is_refused(rota: Rota) -> None:
    """Two histories are never merged silently."""
    rota.do(RegisterMember(discord_id=7, username="Imported"))
    assert rota.refusal(LinkMember(placeholder_id=7, discord_id=ADA, username="Ada"), ADMIN).rule == (
        "member.in_use"
    )


def test_lists_and_searches(staffed: Rota) -> None:
    """By name, active ones only unless asked; any part of the name, whatever the case."""
    staffed.do(DeactivateMember(discord_id=EVE, reason="left"), ADMIN)
    names = [found.username for found in staffed.ask(members)]
    assert names == sorted(names)
    assert "Eve" not in names
    assert "Eve" in [found.username for found in staffed.ask(members, active_only=False)]
    assert [found.discord_id for found in staffed.ask(search_members, "MANAGER")] == [MANAGER, MANAGER + 1]
    assert len(staffed.ask(search_members, "", 3)) == 3
    assert staffed.ask(search_members, "%") == ()
    assert staffed.ask(everybody)[EVE] == "Eve"


def test_a_card_is_for_staff_and_oneself(rota: Rota) -> None:
    """Staff see anybody's; others only their own; unknown people have none."""
    assert rota.ask(member_card, Viewer(BEN), ADA).disciplines == ("account",)
    rota.do(RegisterMember(discord_id=GUEST, username="Gus"))
    assert rota.ask(member_card, Viewer(GUEST), GUEST).covers_given == 0
    with pytest.raises(NotAllowed):
        rota.ask(member_card, Viewer(GUEST), ADA)
    with pytest.raises(NotFound):
        rota.ask(member_card, Viewer(ADA), 12345)


def test_disciplines_are_created_once(empty: Rota) -> None:
    """Repeating creates nothing and leaves what exists alone."""
    assert empty.do(EnsureDisciplines(disciplines=DEFAULT_DISCIPLINES)) == 5
    renamed = DisciplineSpec(key="account", label="Accounts", scheduler="modulo")
    assert empty.do(EnsureDisciplines(disciplines=(renamed,))) == 0
    assert [item.key for item in empty.ask(disciplines)] == ["account", "producer", "po", "ui_eng", "be_eng"]
    assert empty.ask(disciplines)[0].label == "Account"
    assert audited(empty, "disciplines", "account") == ["INSERT"]
