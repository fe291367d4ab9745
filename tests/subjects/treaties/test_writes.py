"""Treaties need the consent of both sides, one at a time of a kind, and end by a side or with a nation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from modelus_bot.database import Write
from modelus_bot.domain.refusals import InvalidInput, NotAllowed, NotFound, Stale
from modelus_bot.subjects.nations.writes.archiving import ArchiveNation
from modelus_bot.subjects.nations.writes.naming import RenameNation
from modelus_bot.subjects.nations.writes.offices import EndOffice
from modelus_bot.subjects.treaties.queries import due_proposals, treaties, treaty
from modelus_bot.subjects.treaties.rules import LASTS
from modelus_bot.subjects.treaties.writes.answering import AnswerTreaty, EndTreaty, WithdrawTreaty
from modelus_bot.subjects.treaties.writes.expiring import ExpireTreaty
from modelus_bot.subjects.treaties.writes.proposing import Mirrored, ProposeTreaty
from tests.subjects.rota import ADA, ADMIN, BEN, CLEO, DAN, EVE, Rota, copied, made, staff
from tests.subjects.treaties.treaty_cases import DAKOTA, OHIO, TEXAS, UTAH, led

DAY = 86_400
ALLY = ProposeTreaty(to_id=DAKOTA, treaty_kind="alliance", terms="We *stand* together.")


@pytest.fixture(scope="module")
def prepared() -> bytes:
    """Return a file with staff and four nations."""

    def fill(rota: Rota) -> None:
        staff(rota)
        led(rota)

    return made(fill)


@pytest.fixture
def rota(prepared: bytes) -> Iterator[Rota]:
    """Return it; keys, rules and the audit chain are looked at in the end."""
    with copied(prepared) as found:
        yield found
        found.check()


def test_a_treaty_from_its_proposal_to_its_end(rota: Rota) -> None:
    """Both sides agree, both read of each step, names follow, and how long it lasted is told."""
    made = rota.do(ALLY, ADA)
    assert (made.before, made.after.status, made.after.proposed_by, made.leaders) == (
        None,
        "pending",
        TEXAS,
        1,
    )
    change = rota.do(AnswerTreaty(treaty_id=1, accept=True, version=1), CLEO)
    assert (change.before, change.after.status, change.after.decided_by) == ("pending", "active", CLEO)
    rota.do(RenameNation(name="Tejas", nation_id=TEXAS), ADMIN)
    rota.at += 12 * DAY + 5
    ended = rota.do(EndTreaty(treaty_id=1, reason="A dam", version=2), CLEO).after
    assert (ended.status, ended.ended_by, ended.end_reason) == ("ended", CLEO, "A dam")
    assert ended.days(rota.at + DAY) == 12
    assert rota.notices(CLEO)[1:] == ["Texas proposes an alliance"]
    for person in (ADA, BEN):
        assert rota.notices(person)[1:] == ["Dakota accepts an alliance", "Dakota ends an alliance"]
    last = rota.value("SELECT message FROM notifications ORDER BY id DESC LIMIT 1")
    assert last == "Dakota ends the alliance with Tejas. It lasted 12 days. Reason: A dam"
    assert rota.rows(
        "SELECT operation, changed_by, new_values ->> 'status' FROM audit_logs"
        " WHERE table_name = 'treaties' ORDER BY id"
    ) == [("INSERT", ADA, None), ("UPDATE", CLEO, "active"), ("UPDATE", CLEO, "ended")]
    heard = rota.rows("SELECT kind, headline FROM events WHERE ref_table = 'treaties' ORDER BY id")
    assert heard == [
        ("treaty.signed", "Texas and Dakota have signed a treaty: alliance"),
        ("treaty.ended", "Tejas and Dakota are bound by a treaty no more: alliance"),
    ]
    assert rota.do(ALLY, ADA).after.id == 2


@pytest.mark.parametrize("kind", ["alliance", "trade", "non_aggression", "defense"])
def test_one_of_a_kind_is_open_whichever_side_proposed(rota: Rota, kind: Any) -> None:
    """The other side's own proposal is named instead of a second one; other kinds and pairs are free."""
    rota.do(ProposeTreaty(to_id=DAKOTA, treaty_kind=kind), ADA)
    back = ProposeTreaty(to_id=TEXAS, treaty_kind=kind)
    mirrored = rota.refusal(back, CLEO)
    assert isinstance(mirrored, Mirrored)
    assert mirrored.treaty_id == 1
    assert rota.refusal(ProposeTreaty(to_id=DAKOTA, treaty_kind=kind), ADA).rule == "treaty.proposed"
    other = "trade" if kind == "alliance" else "alliance"
    rota.do(ProposeTreaty(to_id=TEXAS, treaty_kind=other), CLEO)
    rota.do(ProposeTreaty(to_id=OHIO, treaty_kind=kind), ADA)
    rota.do(AnswerTreaty(treaty_id=1, accept=True), CLEO)
    for write, actor in ((back, CLEO), (ProposeTreaty(to_id=DAKOTA, treaty_kind=kind), ADA)):
        assert rota.refusal(write, actor).rule == "treaty.in_force"


@pytest.mark.parametrize(
    ("over", "actor"),
    [
        (AnswerTreaty(treaty_id=1, accept=False), CLEO),
        (WithdrawTreaty(treaty_id=1), ADA),
        (ExpireTreaty(treaty_id=1), None),
    ],
)
@pytest.mark.parametrize("again", [(TEXAS, CLEO), (DAKOTA, ADA)])
def test_what_came_to_nothing_is_in_nobodys_way(
    rota: Rota, over: Write[Any], actor: int | None, again: tuple[int, int]
) -> None:
    """Either side may propose the same again at once, and the old row stays as it was."""
    rota.do(ALLY, ADA)
    rota.at += LASTS if actor is None else 60
    rota.do(over, actor)
    to, who = again
    change = rota.do(ProposeTreaty(to_id=to, treaty_kind="alliance"), who)
    assert (change.after.id, change.after.status) == (2, "pending")
    assert rota.ask(treaty, 1) != rota.ask(treaty, 2)


def test_an_answer_after_its_time_does_not_count(rota: Rota) -> None:
    """The job has not looked yet: the answer is refused, and a new proposal closes the old one itself."""
    rota.do(ALLY, ADA)
    rota.at += LASTS
    assert rota.ask(due_proposals, rota.at - 1) == ()
    assert rota.ask(due_proposals, rota.at) == (1,)
    assert rota.refusal(AnswerTreaty(treaty_id=1, accept=True), CLEO).rule == "treaty.expired"
    assert rota.do(ProposeTreaty(to_id=TEXAS, treaty_kind="alliance"), CLEO).after.id == 2
    assert rota.rows("SELECT id, status FROM treaties") == [(1, "expired"), (2, "pending")]
    assert rota.do(ExpireTreaty(treaty_id=1)) is False
    assert rota.do(ExpireTreaty(treaty_id=2)) is False
    assert rota.do(ExpireTreaty(treaty_id=9)) is False
    for person in (ADA, BEN):
        assert "An alliance was not answered" in rota.notices(person)


@pytest.mark.parametrize(
    ("write", "actor", "kind", "rule"),
    [
        (ProposeTreaty(to_id=TEXAS, treaty_kind="trade"), ADA, InvalidInput, "treaty.self"),
        (ProposeTreaty(to_id=99, treaty_kind="trade"), ADA, NotFound, "nation.unknown"),
        (ProposeTreaty(to_id=DAKOTA, treaty_kind="trade"), BEN, NotAllowed, "nation.deputy"),
        (ProposeTreaty(to_id=DAKOTA, treaty_kind="trade"), EVE, NotAllowed, "nation.no_office"),
        (ProposeTreaty(to_id=DAKOTA, treaty_kind="trade"), ADMIN, NotAllowed, "nation.no_office"),
        (
            ProposeTreaty(to_id=DAKOTA, treaty_kind="trade", nation_id=OHIO),
            ADA,
            NotAllowed,
            "nation.not_own",
        ),
        (AnswerTreaty(treaty_id=1, accept=True), ADA, NotAllowed, "treaty.own"),
        (AnswerTreaty(treaty_id=1, accept=True), BEN, NotAllowed, "nation.deputy"),
        (AnswerTreaty(treaty_id=1, accept=True), DAN, NotAllowed, "treaty.not_party"),
        (AnswerTreaty(treaty_id=1, accept=True), EVE, NotAllowed, "nation.no_office"),
        (AnswerTreaty(treaty_id=1, accept=True), ADMIN, NotAllowed, "nation.no_office"),
        (AnswerTreaty(treaty_id=1, accept=True, nation_id=DAKOTA), ADA, NotAllowed, "nation.not_own"),
        (AnswerTreaty(treaty_id=1, accept=True, version=7), CLEO, Stale, "treaty.stale"),
        (AnswerTreaty(treaty_id=9, accept=True), CLEO, NotFound, "treaty.unknown"),
        (WithdrawTreaty(treaty_id=1), CLEO, NotAllowed, "treaty.not_own"),
        (WithdrawTreaty(treaty_id=1), DAN, NotAllowed, "treaty.not_party"),
        (EndTreaty(treaty_id=1), ADA, InvalidInput, "treaty.not_in_force"),
        (EndTreaty(treaty_id=1), DAN, NotAllowed, "treaty.not_party"),
    ],
)
def test_what_cannot_be(rota: Rota, write: Write[Any], actor: int, kind: type[Exception], rule: str) -> None:
    """Refused with the rule, and nothing is changed."""
    rota.do(ALLY, ADA)
    refusal = rota.refusal(write, actor)
    assert (type(refusal), refusal.rule) == (kind, rule)


@pytest.mark.parametrize("accept", [True, False])
def test_of_two_answers_the_second_reads_what_the_first_was(rota: Rota, accept: bool) -> None:
    """Whichever it was, and whether the presser has seen an old message or not."""
    rota.do(ALLY, ADA)
    rota.do(AnswerTreaty(treaty_id=1, accept=accept, version=1), CLEO)
    told = "Dakota accepted this proposal" if accept else "Dakota declined this proposal"
    for write in (
        AnswerTreaty(treaty_id=1, accept=True, version=1),
        AnswerTreaty(treaty_id=1, accept=False, nation_id=DAKOTA),
    ):
        refusal = rota.refusal(write, ADMIN if write.nation_id else CLEO)
        assert refusal.rule == "treaty.decided"
        assert told in str(refusal)
    assert told in str(rota.refusal(WithdrawTreaty(treaty_id=1, version=1), ADA))


def test_administrators_act_for_a_nation_that_they_name(rota: Rota) -> None:
    """Both sides' leaders read of it, since neither of them did it; nobody is told where nobody leads."""
    made = rota.do(ProposeTreaty(to_id=UTAH, treaty_kind="trade", nation_id=TEXAS), ADMIN)
    assert made.leaders == 0
    rota.do(AnswerTreaty(treaty_id=1, accept=True, nation_id=UTAH), ADMIN)
    assert rota.notices(ADA)[1:] == ["Texas proposes a trade agreement", "Utah accepts a trade agreement"]


def test_treaties_end_with_a_nation_that_is_archived(rota: Rota) -> None:
    """What is in force ends, what is proposed is off; the others read why, and the preview says it all."""
    rota.do(ALLY, ADA)
    rota.do(AnswerTreaty(treaty_id=1, accept=True), CLEO)
    rota.do(ProposeTreaty(to_id=OHIO, treaty_kind="trade"), CLEO)
    rota.do(ProposeTreaty(to_id=DAKOTA, treaty_kind="defense"), DAN)
    rota.do(ProposeTreaty(to_id=OHIO, treaty_kind="defense"), ADA)
    archive = ArchiveNation(nation_id=DAKOTA)
    assert rota.refusal(archive, ADMIN).rule == "nation.office_held"
    rota.do(EndOffice(user_id=CLEO), ADMIN)
    rota.at += DAY
    ended = rota.preview(archive, ADMIN).ended
    assert rota.do(archive, ADMIN).ended == ended
    assert ended[:1] == ("Its alliance with Texas ends.",)
    assert set(ended[1:]) == {
        "The trade agreement proposed between it and Ohio is off.",
        "The defense pact proposed between it and Ohio is off.",
    }
    assert [row[0] for row in rota.rows("SELECT status FROM treaties ORDER BY id")] == [
        "ended",
        "withdrawn",
        "expired",
        "pending",
    ]
    assert rota.notices(ADA)[-1] == "An alliance ends with Dakota"
    assert rota.refusal(ProposeTreaty(to_id=DAKOTA, treaty_kind="trade"), ADA).rule == "nation.archived"


def test_lists_are_by_status_and_nation(rota: Rota) -> None:
    """The newest first, whichever side a nation stands on."""
    pairs: list[tuple[int, int]] = [(ADA, DAKOTA), (CLEO, OHIO), (DAN, TEXAS), (ADA, UTAH)]
    for who, to in pairs:
        rota.do(ProposeTreaty(to_id=to, treaty_kind="alliance"), who)
    rota.do(AnswerTreaty(treaty_id=2, accept=True), DAN)

    def numbers(*args: Any) -> list[int]:
        return [one.id for one in rota.ask(treaties, *args)]

    assert numbers("pending") == [4, 3, 1]
    assert numbers("pending", TEXAS) == [4, 3, 1]
    assert numbers("pending", TEXAS, 1, 1) == [3]
    assert numbers("pending", OHIO) == [3]
    assert numbers("active", OHIO) == numbers("active", DAKOTA) == [2]
    assert numbers("ended") == []


@pytest.mark.parametrize("act", [ADMIN, CLEO])
def test_a_preview_saves_nothing(rota: Rota, act: int) -> None:
    """It is the change itself, taken back."""
    rota.do(ALLY, ADA)
    before = rota.dump()
    write = AnswerTreaty(treaty_id=1, accept=True, nation_id=DAKOTA)
    preview: Callable[..., Any] = rota.preview
    assert preview(write, act).after.status == "active"
    assert rota.dump() == before
