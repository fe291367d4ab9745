"""Nations join blocs by their own consent, two at most, and a bloc that has members has a leader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from modelus_bot.database import Write
from modelus_bot.domain.refusals import InvalidInput, NotAllowed, NotFound, Stale
from modelus_bot.subjects.blocs.model import BlocSheet
from modelus_bot.subjects.blocs.queries import (
    bloc_groups,
    bloc_of_each_nation,
    bloc_sheet,
    blocs,
    blocs_of,
    due_invitations,
    named_blocs,
)
from modelus_bot.subjects.blocs.rules import LASTS
from modelus_bot.subjects.blocs.writes.inviting import AnswerInvitation, ExpireInvitation, InviteNation
from modelus_bot.subjects.blocs.writes.leaving import DisbandBloc, KickNation, LeaveBloc, TransferBloc
from modelus_bot.subjects.blocs.writes.making import CreateBloc, EditBloc
from modelus_bot.subjects.nations.writes.archiving import ArchiveNation
from modelus_bot.subjects.nations.writes.naming import RenameNation
from modelus_bot.subjects.nations.writes.offices import EndOffice
from tests.subjects.blocs.bloc_cases import joined
from tests.subjects.rota import ADA, ADMIN, BEN, CLEO, DAN, EVE, Rota, copied, made, staff
from tests.subjects.treaties.treaty_cases import DAKOTA, OHIO, TEXAS, UTAH


@pytest.fixture(scope="module")
def prepared() -> bytes:
    """Return a file with staff, four nations, and the Gulf Pact of Texas and Dakota."""

    def fill(rota: Rota) -> None:
        staff(rota)
        joined(rota)
        rota.at += 60

    return made(fill)


@pytest.fixture
def rota(prepared: bytes) -> Iterator[Rota]:
    """Return it; keys, rules and the audit chain are looked at in the end."""
    with copied(prepared) as found:
        found.at += 3600
        yield found
        found.check()


def ranks(sheet: BlocSheet) -> list[tuple[str, str]]:
    """Return who stands how."""
    return [(one.nation, one.rank) for one in sheet.people]


def join(rota: Rota, nation: int, person: int, bloc: int = 1, leader: int = ADA) -> None:
    """Invite a nation and let it accept a minute later."""
    rota.do(InviteNation(bloc_id=bloc, to_id=nation), leader)
    rota.at += 60
    rota.do(AnswerInvitation(bloc_id=bloc, accept=True), person)


def test_a_bloc_from_its_founding_to_its_end(rota: Rota) -> None:
    """Members join by consent, the leader passes the lead on, and everybody concerned reads of it."""
    join(rota, OHIO, DAN)
    rota.do(RenameNation(name="Lakota", nation_id=DAKOTA), ADMIN)
    assert ranks(rota.ask(bloc_sheet, 1)) == [("Texas", "leader"), ("Lakota", "member"), ("Ohio", "member")]
    rota.do(TransferBloc(bloc_id=1, to_id=OHIO), ADA)
    edited = rota.do(EditBloc(bloc_id=1, bloc_name="Lake  Pact", no_description=True), DAN).after.bloc
    assert (edited.name, edited.description) == ("Lake Pact", None)
    rota.do(KickNation(bloc_id=1, kicked_id=TEXAS, reason="A *dam*"), DAN)
    assert ranks(rota.ask(bloc_sheet, 1)) == [("Ohio", "leader"), ("Lakota", "member")]
    over = rota.do(DisbandBloc(bloc_id=1), DAN).after
    assert (over.bloc.status, over.people) == ("disbanded", ())
    assert rota.notices(DAN)[1:] == ["Ohio is invited to Gulf Pact", "Ohio leads Gulf Pact"]
    assert rota.notices(ADA)[-2:] == ["Ohio joins Gulf Pact", "Texas and Lake Pact"]
    assert rota.notices(CLEO)[-1] == "Lake Pact is disbanded"
    text = rota.value("SELECT message FROM notifications WHERE title = 'Texas and Lake Pact'")
    assert text == r"Texas is out of Lake Pact. Reason: A \*dam\*"
    assert rota.ask(blocs) == ()
    assert [one.bloc.id for one in rota.ask(blocs, "disbanded")] == [1]
    assert rota.do(CreateBloc(bloc_name="lake pact"), DAN).after.bloc.id == 2
    trail = "SELECT count(*) FROM audit_logs WHERE table_name = 'blocs' AND record_id = '1'"
    assert rota.value(trail) == 13


def test_nobody_is_in_more_than_two(rota: Rota) -> None:
    """Neither by founding nor by accepting; the schema holds it where the rule is passed by."""
    rota.do(CreateBloc(bloc_name="Second"), CLEO)
    refusal = rota.refusal(CreateBloc(bloc_name="Third"), CLEO)
    assert refusal.rule == "bloc.two"
    assert "Gulf Pact and Second" in str(refusal)
    rota.do(CreateBloc(bloc_name="Third"), DAN)
    rota.do(InviteNation(bloc_id=3, to_id=DAKOTA), DAN)
    assert rota.refusal(AnswerInvitation(bloc_id=3, accept=True), CLEO).rule == "bloc.two"
    for sql in (
        "UPDATE bloc_members SET rank = 'member', expires_at = NULL WHERE bloc_id = 3 AND nation_id = 2",
        "INSERT INTO bloc_members VALUES(3, 2, 'member', 1, NULL)",
    ):
        assert rota.violation(sql).rule == "bloc limit"
    rota.do(LeaveBloc(bloc_id=1), CLEO)
    rota.do(AnswerInvitation(bloc_id=3, accept=True), CLEO)
    assert [one.bloc.name for one in rota.ask(blocs_of, DAKOTA)] == ["Second", "Third"]
    rota.do(TransferBloc(bloc_id=3, to_id=DAKOTA), DAN)
    assert [one.bloc.id for one in rota.ask(blocs_of, OHIO)] == [3]


def test_leaving_one_bloc_leaves_the_other_alone(rota: Rota) -> None:
    """What is done in one happens in that one, whichever was first."""
    rota.do(CreateBloc(bloc_name="Second"), ADA)
    join(rota, OHIO, DAN, bloc=2)
    join(rota, OHIO, DAN, bloc=1)
    rota.do(LeaveBloc(bloc_id=1), DAN)
    assert ranks(rota.ask(bloc_sheet, 2)) == [("Texas", "leader"), ("Ohio", "member")]
    rota.do(DisbandBloc(bloc_id=2), ADA)
    assert ranks(rota.ask(bloc_sheet, 1)) == [("Texas", "leader"), ("Dakota", "member")]


def test_after_the_leader_the_member_of_longest_standing_leads(rota: Rota) -> None:
    """They are told; when the last one leaves, the bloc is disbanded and its invitations end."""
    join(rota, OHIO, DAN)
    left = rota.do(LeaveBloc(bloc_id=1), ADA)
    assert "Dakota, its member of longest standing, leads it" in left.done
    assert ranks(left.after) == [("Dakota", "leader"), ("Ohio", "member")]
    assert rota.notices(CLEO)[-1] == "Texas leaves Gulf Pact"
    rota.do(LeaveBloc(bloc_id=1), DAN)
    rota.do(InviteNation(bloc_id=1, to_id=OHIO), CLEO)
    last = rota.do(LeaveBloc(bloc_id=1), CLEO)
    assert "the bloc is disbanded" in last.done
    assert (last.after.bloc.status, last.after.people) == ("disbanded", ())
    assert rota.notices(DAN)[-1] == "Gulf Pact is disbanded"
    assert rota.refusal(AnswerInvitation(bloc_id=1, accept=True), DAN).rule == "bloc.disbanded"


def test_an_invitation_waits_fourteen_days(rota: Rota) -> None:
    """Not longer, also before the job looks; declined, taken back or expired it can be made again."""
    invite = InviteNation(bloc_id=1, to_id=OHIO)
    rota.do(invite, ADA)
    assert rota.refusal(invite, ADA).rule == "bloc.invited"
    rota.do(AnswerInvitation(bloc_id=1, accept=False), DAN)
    assert rota.refusal(AnswerInvitation(bloc_id=1, accept=True), DAN).rule == "bloc.not_invited"
    rota.at += 60
    rota.do(invite, ADA)
    rota.do(KickNation(bloc_id=1, kicked_id=OHIO), ADA)
    assert rota.notices(DAN)[-1] == "Ohio and Gulf Pact"
    rota.do(invite, ADA)
    since = rota.at
    rota.at += LASTS
    assert rota.ask(due_invitations, rota.at - 1) == ()
    assert rota.ask(due_invitations, rota.at) == ((1, OHIO, since),)
    assert rota.refusal(AnswerInvitation(bloc_id=1, accept=True), DAN).rule == "bloc.expired"
    assert rota.do(ExpireInvitation(bloc_id=1, invited_id=OHIO, since=since - 1)) is False
    assert rota.do(ExpireInvitation(bloc_id=1, invited_id=OHIO, since=since)) is True
    assert rota.do(ExpireInvitation(bloc_id=1, invited_id=OHIO, since=since)) is False
    assert rota.notices(DAN)[-1] == rota.notices(ADA)[-1] == "Invitation to Gulf Pact expired"
    again = rota.do(invite, ADA).after.of(OHIO)
    assert again is not None
    assert again.at == rota.at
    stale = rota.refusal(AnswerInvitation(bloc_id=1, accept=True, invited_id=OHIO, since=since), DAN)
    assert isinstance(stale, Stale)


@pytest.mark.parametrize(
    ("write", "actor", "kind", "rule"),
    [
        (CreateBloc(bloc_name="\u2800"), DAN, InvalidInput, "bloc.name"),
        (CreateBloc(bloc_name="GULF  PACT"), DAN, InvalidInput, "bloc.name_taken"),
        (CreateBloc(bloc_name="B"), BEN, NotAllowed, "nation.deputy"),
        (CreateBloc(bloc_name="B"), EVE, NotAllowed, "nation.no_office"),
        (CreateBloc(bloc_name="B", nation_id=DAKOTA), ADA, NotAllowed, "nation.not_own"),
        (InviteNation(bloc_id=1, to_id=OHIO), CLEO, NotAllowed, "nation.not_own"),
        (InviteNation(bloc_id=1, to_id=OHIO), BEN, NotAllowed, "nation.deputy"),
        (InviteNation(bloc_id=1, to_id=DAKOTA), ADA, InvalidInput, "bloc.member"),
        (InviteNation(bloc_id=1, to_id=99), ADA, NotFound, "nation.unknown"),
        (InviteNation(bloc_id=9, to_id=OHIO), ADA, NotFound, "bloc.unknown"),
        (AnswerInvitation(bloc_id=1, accept=True), CLEO, InvalidInput, "bloc.answered"),
        (AnswerInvitation(bloc_id=1, accept=True), DAN, NotFound, "bloc.not_invited"),
        (AnswerInvitation(bloc_id=1, accept=True, invited_id=OHIO), ADA, NotAllowed, "bloc.not_theirs"),
        (AnswerInvitation(bloc_id=1, accept=True, nation_id=DAKOTA), ADA, NotAllowed, "nation.not_own"),
        (LeaveBloc(bloc_id=1), DAN, NotFound, "bloc.not_member"),
        (LeaveBloc(bloc_id=1), BEN, NotAllowed, "nation.deputy"),
        (LeaveBloc(bloc_id=1, version=99), CLEO, Stale, "bloc.stale"),
        (KickNation(bloc_id=1, kicked_id=TEXAS), ADA, InvalidInput, "bloc.leader"),
        (KickNation(bloc_id=1, kicked_id=UTAH), ADA, NotFound, "bloc.not_member"),
        (KickNation(bloc_id=1, kicked_id=TEXAS), CLEO, NotAllowed, "nation.not_own"),
        (TransferBloc(bloc_id=1, to_id=TEXAS), ADA, InvalidInput, "bloc.unchanged"),
        (TransferBloc(bloc_id=1, to_id=OHIO), ADA, NotFound, "bloc.not_member"),
        (TransferBloc(bloc_id=1, to_id=DAKOTA), CLEO, NotAllowed, "nation.not_own"),
        (EditBloc(bloc_id=1, bloc_name="Gulf Pact"), ADA, InvalidInput, "bloc.unchanged"),
        (EditBloc(bloc_id=1, bloc_name="x"), CLEO, NotAllowed, "nation.not_own"),
        (DisbandBloc(bloc_id=1), CLEO, NotAllowed, "nation.not_own"),
        (DisbandBloc(bloc_id=1, version=99), ADA, Stale, "bloc.stale"),
    ],
)
def test_what_cannot_be(rota: Rota, write: Write[Any], actor: int, kind: type[Exception], rule: str) -> None:
    """Refused with the rule, and nothing is changed."""
    refusal = rota.refusal(write, actor)
    assert (type(refusal), refusal.rule) == (kind, rule)


def test_administrators_act_for_every_bloc(rota: Rota) -> None:
    """For the leader without saying so, for whoever answers, leaves or founds by its name."""
    rota.do(InviteNation(bloc_id=1, to_id=UTAH), ADMIN)
    rota.do(AnswerInvitation(bloc_id=1, accept=True, nation_id=UTAH), ADMIN)
    rota.do(TransferBloc(bloc_id=1, to_id=UTAH), ADMIN)
    rota.do(LeaveBloc(bloc_id=1, nation_id=UTAH), ADMIN)
    assert ranks(rota.ask(bloc_sheet, 1)) == [("Texas", "leader"), ("Dakota", "member")]
    assert rota.do(CreateBloc(bloc_name="New", nation_id=OHIO), ADMIN).after.members[0].nation == "Ohio"


def test_a_nation_that_is_archived_leaves_its_blocs(rota: Rota) -> None:
    """Somebody else leads then, invitations end, and the preview says it all."""
    rota.do(CreateBloc(bloc_name="Second"), DAN)
    rota.do(InviteNation(bloc_id=2, to_id=TEXAS), DAN)
    for person in (ADA, BEN):
        rota.do(EndOffice(user_id=person), ADMIN)
    archive = ArchiveNation(nation_id=TEXAS)
    ended = rota.preview(archive, ADMIN).ended
    assert rota.do(archive, ADMIN).ended == ended
    assert ended == (
        "Texas leaves Gulf Pact. Dakota, its member of longest standing, leads it from now on.",
        "Its invitation to Second ends.",
    )
    assert ranks(rota.ask(bloc_sheet, 1)) == [("Dakota", "leader")]


def test_each_nation_has_its_blocs(rota: Rota) -> None:
    """The one joined first, and the other; whoever is only invited has none."""
    rota.do(CreateBloc(bloc_name="Second"), DAN)
    join(rota, DAKOTA, CLEO, bloc=2, leader=DAN)
    rota.do(InviteNation(bloc_id=1, to_id=UTAH), ADA)
    found = [(one.nation_id, one.bloc, one.leads, one.other) for one in rota.ask(bloc_of_each_nation)]
    assert found == [
        (TEXAS, "Gulf Pact", True, None),
        (DAKOTA, "Gulf Pact", False, "Second"),
        (OHIO, "Second", True, None),
    ]
    assert [one.name for one in rota.ask(named_blocs)] == ["Gulf Pact", "Second"]


def told(rota: Rota) -> list[str]:
    """Return what the feed has of blocs, the oldest first."""
    return [
        row[0] for row in rota.rows("SELECT headline FROM events WHERE kind = 'bloc.changed' ORDER BY id")
    ]


def test_everybody_hears_of_what_becomes_of_blocs(rota: Rota) -> None:
    """Invitations are between the two; who belongs to a bloc, who leads it and its end are for the feed."""
    assert told(rota) == ["Texas has founded the bloc Gulf Pact", "Dakota has joined Gulf Pact"]
    rota.do(EditBloc(bloc_id=1, bloc_name="Gulf League"), ADA)
    rota.do(TransferBloc(bloc_id=1, to_id=DAKOTA), ADA)
    rota.do(LeaveBloc(bloc_id=1), ADA)
    rota.do(LeaveBloc(bloc_id=1), CLEO)
    assert told(rota)[2:] == [
        "The bloc Gulf Pact is called Gulf League now",
        "Dakota leads Gulf League now",
        "Texas has left Gulf League",
        "Dakota has left Gulf League, which is disbanded",
    ]


def test_a_map_tints_blocs(rota: Rota) -> None:
    """The largest first, by marks that differ; a nation in two blocs is in both groups."""
    rota.do(CreateBloc(bloc_name="Great Plains"), CLEO)
    found = rota.ask(bloc_groups, None)
    assert [(one.mark, one.name, one.nations) for one in found.groups] == [
        ("GP", "Gulf Pact", (TEXAS, DAKOTA)),
        ("GR", "Great Plains", (DAKOTA,)),
    ]
    assert (found.about, found.rest) == ("bloc", "in no bloc")
