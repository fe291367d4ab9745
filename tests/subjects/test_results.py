"""Every operation's result survives being stored and read back, as a repeated request needs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from modelus_bot.bundled import sample_dir
from modelus_bot.database.core.operation import Write
from modelus_bot.domain.questions import AskQuestion, CloseQuestion, NoteMessages
from modelus_bot.subjects import DECLARED
from modelus_bot.subjects.activity.pruning import PruneActivity
from modelus_bot.subjects.activity.writes.counting import CountMessages
from modelus_bot.subjects.activity.writes.leaves import TakeLeave
from modelus_bot.subjects.activity.writes.reporting import CheckInactivity, ReportInactive
from modelus_bot.subjects.audit.pruning import PruneRequests
from modelus_bot.subjects.blocs.writes.inviting import AnswerInvitation, ExpireInvitation, InviteNation
from modelus_bot.subjects.blocs.writes.leaving import DisbandBloc, KickNation, LeaveBloc, TransferBloc
from modelus_bot.subjects.blocs.writes.making import CreateBloc, EditBloc
from modelus_bot.subjects.clock.writes import TakeBackFuture
from modelus_bot.subjects.conversations.pruning import PruneMessages
from modelus_bot.subjects.conversations.writes import (
    DeleteMessage,
    EditMessage,
    KeepSearch,
    NoteCopied,
    NotePosted,
)
from modelus_bot.subjects.covers.writes import steps
from modelus_bot.subjects.covers.writes.posted import ForgetCards, RememberCard
from modelus_bot.subjects.disciplines.model import DisciplineSpec
from modelus_bot.subjects.disciplines.writes import EnsureDisciplines, SetDisciplineRole
from modelus_bot.subjects.duty_calendar.pruning import PruneEntries
from modelus_bot.subjects.duty_calendar.writes import PublishEntries
from modelus_bot.subjects.feed.pruning import PruneEvents
from modelus_bot.subjects.feed.writes.posting import GiveUpEvents, NoteFeedPost, PackEvents, RefuseEvents
from modelus_bot.subjects.heads_up.writes import TellHeadsUp
from modelus_bot.subjects.health.pruning import PruneErrors, PruneSamples
from modelus_bot.subjects.laws.writes.making import AddLaw, EditLaw, RenameLaw
from modelus_bot.subjects.laws.writes.standing import EnactLaw, RepealLaw, SetLawReaders, TagLaw
from modelus_bot.subjects.laws.writes.tags import AddTag, RemoveTag
from modelus_bot.subjects.ledger.writes.reversing import ReverseTransaction
from modelus_bot.subjects.loans.writes.offering import AnswerLoan, CancelLoan, OfferLoan
from modelus_bot.subjects.loans.writes.paying import DefaultLoan, ForgiveLoan, PayLoan, VoidLoan
from modelus_bot.subjects.maintenance import writes
from modelus_bot.subjects.maintenance.pruning import PruneJobRuns
from modelus_bot.subjects.members.writes.erasing import EraseMember
from modelus_bot.subjects.members.writes.members import (
    DeactivateMember,
    LinkMember,
    ReactivateMember,
    SetRole,
)
from modelus_bot.subjects.modelus_import.model.rows import TagRow
from modelus_bot.subjects.modelus_import.writes.importing import ImportModelusRows
from modelus_bot.subjects.nations.writes.aliases import AddAlias, RemoveAlias
from modelus_bot.subjects.nations.writes.archiving import ArchiveNation, EndLeaves, RestoreNation, SendOnLeave
from modelus_bot.subjects.nations.writes.cities import AddCity, MakeCapital, RemoveCity
from modelus_bot.subjects.nations.writes.editing import EditNation, UndoChange
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.leading import Describe, SetFlag, SetGovernment, SetTax
from modelus_bot.subjects.nations.writes.naming import RenameNation, SetPrefix
from modelus_bot.subjects.nations.writes.offices import EndOffice, GiveOffice
from modelus_bot.subjects.notices.pruning import PruneNotices
from modelus_bot.subjects.notices.writes.choosing import SetDelivery, SetQuietHours
from modelus_bot.subjects.notices.writes.outbox import notify
from modelus_bot.subjects.notices.writes.reading import MarkAllRead, MarkRead
from modelus_bot.subjects.notices.writes.saved_changes import TellAuthors, ToldAuthor
from modelus_bot.subjects.notices.writes.sending import (
    MarkDelivered,
    MarkFailed,
    PackNotices,
    UnpackNotices,
)
from modelus_bot.subjects.oncall.writes import Handoff, HandoffNote, SetHolder
from modelus_bot.subjects.people.writes import RegisterMember
from modelus_bot.subjects.reminders.writes import RemindHolders
from modelus_bot.subjects.rosters.writes.edits import AddToRoster, MoveInRoster, RemoveFromRoster, SetAway
from modelus_bot.subjects.rotation_import.rules.mending import mend
from modelus_bot.subjects.rotation_import.rules.reading import read_folder
from modelus_bot.subjects.rotation_import.writes.importing import ImportRotation
from modelus_bot.subjects.sprints.writes import AddSprint, ArchiveSprint, EditSprint
from modelus_bot.subjects.staff_import.model.rows import PersonRow
from modelus_bot.subjects.staff_import.writes.importing import ImportScrumRows
from modelus_bot.subjects.tasks.writes.assigning import AssignTask, BulkAssign
from modelus_bot.subjects.tasks.writes.checking import CheckTasks
from modelus_bot.subjects.tasks.writes.editing import AddTask, CancelTask, EditTask
from modelus_bot.subjects.tasks.writes.moving import MoveTask, SetProgress
from modelus_bot.subjects.treaties.writes.answering import AnswerTreaty, EndTreaty, WithdrawTreaty
from modelus_bot.subjects.treaties.writes.expiring import ExpireTreaty
from modelus_bot.subjects.treaties.writes.proposing import ProposeTreaty
from modelus_bot.subjects.triage.writes.closing import MarkDuplicate, RateItem, RejectItem, ResolveItem
from modelus_bot.subjects.triage.writes.deadlines import TickClock
from modelus_bot.subjects.triage.writes.handing_over import HandOver
from modelus_bot.subjects.triage.writes.reports import ReportItem
from modelus_bot.subjects.triage.writes.routes import SetRoute
from modelus_bot.subjects.triage.writes.shown import GoOnWithoutThread, NoteShown, NoteThread
from modelus_bot.subjects.triage.writes.steps import (
    AssignItem,
    ClaimItem,
    ReleaseItem,
    SetPriority,
    SnoozeItem,
)
from modelus_bot.subjects.triage.writes.talking import AddNote, AnswerStaff, ReplyToReporter
from modelus_bot.subjects.triage.writes.tasking import MakeTask
from modelus_bot.subjects.turns.writes import PauseTurns, ResumeTurns, StepTurn
from modelus_bot.subjects.wars.writes import EndWar, JoinWar, LeaveWar, StartWar, UpdateWar
from modelus_bot.subjects.weekly_post.writes import BeginWeeklyPost, NoteWeeklyPost, PassOverWeek
from tests.subjects.activity.activity_cases import LIMITS, count, fallen_silent
from tests.subjects.blocs.bloc_cases import founded, invited, joined
from tests.subjects.covers.cover_cases import ask, bring_to
from tests.subjects.laws.law_cases import BODY, DRAFT, SECRET, WATER, legislated
from tests.subjects.ledger.ledger_cases import granted
from tests.subjects.loans import loan_cases
from tests.subjects.loans.loan_cases import fixed, running
from tests.subjects.nations.nation_cases import (
    FIRST_EDIT,
    aliased,
    archived,
    city,
    edited,
    found,
    on_leave,
    president,
)
from tests.subjects.operations import operations
from tests.subjects.rota import (
    ADA,
    ADMIN,
    BEN,
    CLEO,
    DAN,
    GUEST,
    MANAGER,
    Rota,
    fill_roster,
    instant,
    plan_sprints,
    sprint_start,
)
from tests.subjects.treaties.treaty_cases import agreed, led, proposed
from tests.subjects.triage.triage_cases import report
from tests.subjects.wars.war_cases import DAY, fought, nations


@dataclass(frozen=True)
class Sample:
    """An operation that works on the rota, who does it, and what has to happen before."""

    write: Write[Any]
    actor: int | None = None
    before: Callable[[Rota], object] = Rota.check


def placeholder(rota: Rota) -> None:
    """Enter somebody imported."""
    rota.do(AddToRoster(member_id=7, name="Imported", discipline="account"))


def deactivated(rota: Rota) -> None:
    """Deactivate Cleo."""
    rota.do(DeactivateMember(discord_id=CLEO, reason="x"), ADMIN)


def told(rota: Rota) -> None:
    """Queue a notice, with Ada's the only one."""
    rota.connection.execute("DELETE FROM notifications")
    rota.call(notify, ADA, "oncall", "Title", "Text")


def reported(rota: Rota) -> None:
    """Report two items."""
    report(rota)
    report(rota)


def claimed(rota: Rota) -> None:
    """Let Ben claim one."""
    reported(rota)
    rota.do(ClaimItem(item_id=1), BEN)


def resolved(rota: Rota) -> None:
    """Close one."""
    reported(rota)
    rota.do(ResolveItem(item_id=1, resolution="x"), BEN)


def noted(rota: Rota) -> None:
    """Let Ben write a note."""
    reported(rota)
    rota.do(AddNote(item_id=1, text="x"), BEN)


def held(rota: Rota) -> None:
    """Hold the clock of the simulation."""
    rota.do(PauseTurns(seconds=60), ADMIN)


def next_sprint(rota: Rota) -> None:
    """Let two weeks pass."""
    rota.at += 14 * 86400


def last_evening(rota: Rota) -> None:
    """Let it be the evening of the last working day before the next sprint."""
    rota.at = instant(sprint_start(1) - timedelta(days=3), "18:00")


def begun_week(rota: Rota) -> None:
    """Begin to post a week."""
    rota.do(BeginWeeklyPost(run_key="2026-W49"))


def in_status(status: str) -> Callable[[Rota], object]:
    """Return what brings request 1 to a status."""
    return lambda rota: bring_to(rota, status)


NEW_TASK = AddTask(
    title="Write the law", start=sprint_start(0), end=sprint_start(1), user_id=ADA, role="developer"
)


def with_tasks(rota: Rota) -> None:
    """Add a task for Ada, number 1, and one for whoever is a developer."""
    rota.do(NEW_TASK, MANAGER)
    rota.do(NEW_TASK.model_copy(update={"user_id": None}), MANAGER)


TOLD = ToldAuthor(number=1, change="add sprint", author=ADA, request_id="1", applied=True)

SOON = instant(sprint_start(0) + timedelta(days=5))

MODELUS_TAG = TagRow(number="1", name="trade", description=None)
SCRUM_PERSON = PersonRow(number="1", account=GUEST, name="Gus", role="tester", active=True)


def on_its_way(rota: Rota) -> None:
    """Found nations, and pack what is told of them."""
    nations(rota)
    rota.do(PackEvents(channel_id=900, since=0))


SAMPLES: tuple[Sample, ...] = (
    Sample(EnsureDisciplines(disciplines=(DisciplineSpec(key="qa", label="QA"),))),
    Sample(SetDisciplineRole(discipline="account", role_id=900), ADMIN),
    Sample(RegisterMember(discord_id=GUEST, username="Gus"), GUEST),
    Sample(SetRole(discord_id=GUEST, username="Gus", role="tester"), ADMIN),
    Sample(DeactivateMember(discord_id=ADA, reason="x"), ADMIN),
    Sample(ReactivateMember(discord_id=CLEO), ADMIN, deactivated),
    Sample(EraseMember(discord_id=ADA), ADA),
    Sample(LinkMember(placeholder_id=7, discord_id=GUEST, username="Gus"), ADMIN, placeholder),
    Sample(AddToRoster(member_id=DAN, name="Dan", discipline="account", position=1), MANAGER),
    Sample(RemoveFromRoster(member_id=BEN, discipline="account"), MANAGER),
    Sample(MoveInRoster(member_id=CLEO, discipline="account", position=1), MANAGER),
    Sample(SetAway(member_id=BEN, away_from=sprint_start(1), away_to=sprint_start(2)), BEN),
    Sample(AddSprint(name="X", start=sprint_start(10), end=sprint_start(11)), MANAGER),
    Sample(EditSprint(sprint_id=3, reason="x", name="X"), MANAGER),
    Sample(ArchiveSprint(sprint_id=3, reason="x"), MANAGER),
    Sample(Handoff(), None, next_sprint),
    Sample(SetHolder(discipline="account", member_id=DAN, name="Dan", reason="x"), MANAGER),
    Sample(HandoffNote(text="note"), ADA),
    Sample(steps.RequestCover(sprint_id=1, discipline="account", replacement_id=BEN, reason="x"), ADA),
    Sample(steps.TakeCover(cover_id=1), BEN, in_status("call")),
    Sample(steps.UntakeCover(cover_id=1), BEN, in_status("taken")),
    Sample(steps.WithdrawCover(cover_id=1), ADA, in_status("open")),
    Sample(steps.RefuseCover(cover_id=1), BEN, in_status("open")),
    Sample(steps.ApproveCover(cover_id=1), MANAGER, in_status("taken")),
    Sample(steps.DeclineCover(cover_id=1), MANAGER, in_status("open")),
    Sample(steps.RevokeCover(cover_id=1, reason="x"), MANAGER, in_status("approved")),
    Sample(steps.ExpireCovers(), None, ask),
    Sample(RemindHolders(days_before=(60,))),
    Sample(NEW_TASK, MANAGER),
    Sample(EditTask(task_id=1, title="Another", end=sprint_start(2)), MANAGER, with_tasks),
    Sample(CancelTask(task_id=1, reason="x"), MANAGER, with_tasks),
    Sample(AssignTask(task_id=1, user_id=BEN), ADA, with_tasks),
    Sample(BulkAssign(task_ids=(1, 2, 3), user_id=BEN), MANAGER, with_tasks),
    Sample(MoveTask(task_id=1, to="done"), ADA, with_tasks),
    Sample(SetProgress(task_id=1, progress=40), ADA, with_tasks),
    Sample(CheckTasks(), None, with_tasks),
    Sample(TakeBackFuture(beyond=2**40)),
    Sample(RememberCard(cover_id=1, channel_id=7, message_id=GUEST), None, ask),
    Sample(ForgetCards(message_ids=(5,)), None, ask),
    Sample(PackNotices(user_id=ADA), None, told),
    Sample(UnpackNotices(ids=(1,)), None, told),
    Sample(SetQuietHours(quiet_from=1320, quiet_to=420, zone="Europe/Berlin"), ADA),
    Sample(SetDelivery(type="oncall", delivery="inbox"), ADA),
    Sample(MarkRead(id=1), ADA, told),
    Sample(MarkAllRead(up_to=9), ADA, told),
    Sample(MarkDelivered(ids=(1,))),
    Sample(MarkFailed(ids=(1,), error="closed", retry_at=1)),
    Sample(TellAuthors(items=(TOLD,))),
    Sample(AskQuestion(id=GUEST, kind="roster", operation="SetAway", change="{}"), MANAGER),
    Sample(NoteMessages(messages=((7, GUEST), (8, GUEST))), MANAGER),
    Sample(CloseQuestion(), MANAGER),
    Sample(writes.BeginMaintenance(run_key="2026-W47")),
    Sample(writes.EndMaintenance(run_key="2026-W47", ok=True, lines=("done",))),
    Sample(PruneNotices(ids=(1,), before=1)),
    Sample(PruneSamples(ids=(1,), before=1)),
    Sample(PruneRequests(ids=("1",), before=1)),
    Sample(PruneJobRuns(keys=(("handoff", "1"),), before=1)),
    Sample(PruneErrors(ids=(1,), before=1)),
    Sample(TellHeadsUp(minute=1020), None, last_evening),
    Sample(BeginWeeklyPost(run_key="2026-W49")),
    Sample(PassOverWeek(run_key="2026-W49")),
    Sample(NoteWeeklyPost(run_key="2026-W49", channel_id=7, message_id=8, digest="0"), None, begun_week),
    Sample(PruneEntries(uids=("u",), before=1)),
    Sample(PublishEntries(at=instant(sprint_start(0)), server=1)),
    Sample(ReportItem(title="T", description="D", name="Gus"), GUEST),
    Sample(ClaimItem(item_id=1), BEN, reported),
    Sample(ReleaseItem(item_id=1), BEN, claimed),
    Sample(AssignItem(item_id=1, member_id=BEN), ADA, reported),
    Sample(SetPriority(item_id=1, level="high", reason="x"), BEN, reported),
    Sample(SnoozeItem(item_id=1, until=SOON), BEN, reported),
    Sample(ReplyToReporter(item_id=1, text="x"), BEN, reported),
    Sample(AddNote(item_id=1, text="x"), BEN, reported),
    Sample(AnswerStaff(item_id=1, text="x"), GUEST, reported),
    Sample(ResolveItem(item_id=1, resolution="x"), BEN, reported),
    Sample(RejectItem(item_id=1, reason="x"), BEN, reported),
    Sample(MarkDuplicate(item_id=1, of=2), BEN, reported),
    Sample(MakeTask(item_id=1, end=date(2026, 3, 1)), BEN, reported),
    Sample(RateItem(item_id=1, stars=5), GUEST, resolved),
    Sample(SetRoute(category="bug", discipline="account"), MANAGER),
    Sample(TickClock(), None, reported),
    Sample(HandOver(), None, reported),
    Sample(NoteThread(item_id=1, thread_id=900), None, reported),
    Sample(NoteShown(item_id=1, card_id=900, version=1), None, reported),
    Sample(GoOnWithoutThread(item_id=1, state="refused"), None, reported),
    Sample(EditMessage(message_id=1, text="y"), BEN, noted),
    Sample(DeleteMessage(message_id=1), BEN, noted),
    Sample(NotePosted(posted=((1, 900),)), None, noted),
    Sample(ImportScrumRows(rows=(SCRUM_PERSON,), maker=MANAGER), ADMIN),
    Sample(ImportModelusRows(rows=(MODELUS_TAG,)), ADMIN),
    Sample(PruneMessages(ids=(1,), before=1)),
    Sample(NoteCopied(copied=((1, "x"),)), None, noted),
    Sample(KeepSearch(text="x", member_id=GUEST, first=1, last=2), BEN),
    Sample(CreateNation(name="Texas", gdp=2_400_000_000_000, population=30_000_000), ADMIN),
    Sample(GiveOffice(nation_id=1, user_id=ADA, username="Ada", office="president"), ADMIN, found),
    Sample(EndOffice(user_id=ADA), ADMIN, president),
    Sample(EditNation(nation_id=1, metric="gdp", mode="add", value=5), ADMIN, found),
    Sample(UndoChange(history_id=FIRST_EDIT), ADMIN, edited),
    Sample(RenameNation(name="Tejas"), ADA, president),
    Sample(SetPrefix(prefix="Republic of"), ADA, president),
    Sample(SetTax(tax_bp=1), BEN, president),
    Sample(SetGovernment(government="Republic"), ADA, president),
    Sample(Describe(description="x"), BEN, president),
    Sample(SetFlag(channel_id=5, message_id=6), BEN, president),
    Sample(AddCity(name="Austin"), ADA, president),
    Sample(RemoveCity(name="Austin"), ADA, city),
    Sample(MakeCapital(name="Austin"), ADA, city),
    Sample(AddAlias(nation_id=1, name="TX"), ADMIN, found),
    Sample(RemoveAlias(nation_id=1, name="tx"), ADMIN, aliased),
    Sample(ArchiveNation(nation_id=1), ADMIN, found),
    Sample(RestoreNation(nation_id=1), ADMIN, archived),
    Sample(SendOnLeave(nation_id=1, comes_back=2**40), ADMIN, found),
    Sample(EndLeaves(), None, on_leave),
    Sample(AddLaw(name="Rain Act", body=BODY, username="Ben", tags=(1,)), BEN, legislated),
    Sample(EditLaw(law_id=WATER, body="Other.", note="Why"), ADA, legislated),
    Sample(RenameLaw(law_id=WATER, name="Rain Act"), ADA, legislated),
    Sample(EnactLaw(law_id=DRAFT), ADA, legislated),
    Sample(RepealLaw(law_id=WATER), ADMIN, legislated),
    Sample(SetLawReaders(law_id=SECRET, is_public=True), ADA, legislated),
    Sample(TagLaw(law_id=DRAFT, tags=(1,)), ADA, legislated),
    Sample(AddTag(name="Trade"), DAN),
    Sample(RemoveTag(tag_id=1), ADMIN, legislated),
    Sample(ReverseTransaction(txn=1, reason="x"), ADMIN, granted),
    Sample(
        OfferLoan(borrower_id=2, principal=10**9, rate_bp=1, term_months=2, repayment="compound"),
        ADA,
        loan_cases.led,
    ),
    Sample(AnswerLoan(code="LOAN-1", accept=True), CLEO, fixed),
    Sample(CancelLoan(code="LOAN-1"), ADA, fixed),
    Sample(PayLoan(code="LOAN-1", amount=5), CLEO, running),
    Sample(VoidLoan(code="LOAN-1", reason="x"), ADMIN, running),
    Sample(ForgiveLoan(code="LOAN-1", reason="x"), ADMIN, running),
    Sample(DefaultLoan(code="LOAN-1", reason="x"), ADMIN, running),
    Sample(StepTurn(seconds=60, begin=True), ADMIN, running),
    Sample(PauseTurns(seconds=60), ADMIN),
    Sample(ResumeTurns(), ADMIN, held),
    Sample(StartWar(name="War", side_a=(1,), side_b=(2,), on=DAY), ADMIN, nations),
    Sample(JoinWar(war_id=1, nation_id=4, side="other", on=DAY), ADMIN, fought),
    Sample(LeaveWar(war_id=1, nation_id=3, on=DAY), ADMIN, fought),
    Sample(UpdateWar(war_id=1, casualties=7, on=DAY, note="x"), ADMIN, fought),
    Sample(EndWar(war_id=1, reason="Peace", on=DAY), ADMIN, fought),
    Sample(PackEvents(channel_id=900, since=0), None, nations),
    Sample(NoteFeedPost(ids=(1,), message_id=900), None, on_its_way),
    Sample(RefuseEvents(ids=(1, 2), refusal="closed"), None, on_its_way),
    Sample(GiveUpEvents(ids=(1,), fate="unclear"), None, on_its_way),
    Sample(PruneEvents(ids=(1,), before=2**40), None, nations),
    Sample(ProposeTreaty(to_id=2, treaty_kind="trade"), ADA, led),
    Sample(AnswerTreaty(treaty_id=1, accept=True), CLEO, proposed),
    Sample(WithdrawTreaty(treaty_id=1), ADA, proposed),
    Sample(EndTreaty(treaty_id=1, reason="x"), ADA, agreed),
    Sample(ExpireTreaty(treaty_id=1), None, proposed),
    Sample(CreateBloc(bloc_name="Gulf Pact"), ADA, led),
    Sample(EditBloc(bloc_id=1, bloc_name="Lake Pact"), ADA, founded),
    Sample(InviteNation(bloc_id=1, to_id=2), ADA, founded),
    Sample(AnswerInvitation(bloc_id=1, accept=True), CLEO, invited),
    Sample(ExpireInvitation(bloc_id=1, invited_id=2, since=1), None, invited),
    Sample(LeaveBloc(bloc_id=1), ADA, joined),
    Sample(KickNation(bloc_id=1, kicked_id=2), ADA, joined),
    Sample(TransferBloc(bloc_id=1, to_id=2), ADA, joined),
    Sample(DisbandBloc(bloc_id=1), ADA, joined),
    Sample(CountMessages(counts=(count(ADA, DAY, 3), count(GUEST, DAY)), names={GUEST: "Gus"})),
    Sample(TakeLeave(member_id=ADA, to_day=sprint_start(1)), ADA),
    Sample(ReportInactive(**LIMITS), MANAGER, fallen_silent),
    Sample(CheckInactivity(**LIMITS), None, fallen_silent),
    Sample(PruneActivity(keys=("2026-01-05/1/1",), before=1)),
    Sample(ImportRotation(data=mend(read_folder(sample_dir() / "rotation"))), MANAGER),
)


TOLD = """
SELECT key FROM audit_logs, json_each(old_values) UNION SELECT key FROM audit_logs, json_each(new_values)
"""


def test_every_operation_has_a_sample() -> None:
    """A new operation must be added here."""
    assert {type(sample.write) for sample in SAMPLES} == {
        operation for operation in operations() if "apply" in vars(operation)
    }


def without_words(rota: Rota) -> set[str]:
    """Return what stands in entries of the audit log and no subject's ``Wording`` has words for."""
    return {row[0] for row in rota.rows(TOLD)} - DECLARED.told.keys() - DECLARED.columns.keys()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: type(sample.write).__name__)
def test_the_result_survives_json(staffed: Rota, sample: Sample) -> None:
    """Stored as JSON and read back, it is equal and of the same types, down to days and tuples."""
    if not isinstance(sample.write, ImportRotation):
        fill_roster(staffed, ADA, BEN, CLEO)
        plan_sprints(staffed, 10)
    sample.before(staffed)
    result = staffed.do(sample.write, sample.actor)
    adapter = type(sample.write).result_adapter()
    back = adapter.validate_json(adapter.dump_json(result))
    assert back == result
    assert repr(back) == repr(result)
    assert without_words(staffed) == set()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: type(sample.write).__name__)
def test_the_operation_survives_json(sample: Sample) -> None:
    """Queued as JSON while the database is gone, it is the same operation afterwards."""
    kind = type(sample.write)
    assert kind.model_validate_json(sample.write.model_dump_json()) == sample.write
