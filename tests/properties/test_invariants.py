"""Feature: database-reliability: the invariants hold after anything that people and jobs can do."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.database.core.operation import Write
from modelus_bot.database.schema import broken_searches
from modelus_bot.domain.fields import StaffRole
from modelus_bot.domain.questions import AskQuestion, CloseQuestion, NoteMessages
from modelus_bot.domain.refusals import Refusal
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
from modelus_bot.subjects.covers.writes.posted import ForgetCards, RememberCard
from modelus_bot.subjects.covers.writes.steps import (
    ApproveCover,
    DeclineCover,
    ExpireCovers,
    RefuseCover,
    RequestCover,
    RevokeCover,
    TakeCover,
    UntakeCover,
    WithdrawCover,
)
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
from modelus_bot.subjects.maintenance.pruning import PruneJobRuns
from modelus_bot.subjects.maintenance.writes import BeginMaintenance, EndMaintenance
from modelus_bot.subjects.members.writes.erasing import EraseMember
from modelus_bot.subjects.members.writes.members import (
    DeactivateMember,
    LinkMember,
    ReactivateMember,
    SetRole,
)
from modelus_bot.subjects.modelus_import.model.rows import ModelusRow
from modelus_bot.subjects.modelus_import.model.source import TABLES, ModelusSource
from modelus_bot.subjects.modelus_import.rules.planning import portions_of
from modelus_bot.subjects.modelus_import.writes.importing import ImportModelusRows
from modelus_bot.subjects.nations.model import OfficeName
from modelus_bot.subjects.nations.writes.aliases import AddAlias, RemoveAlias
from modelus_bot.subjects.nations.writes.archiving import ArchiveNation, EndLeaves, RestoreNation, SendOnLeave
from modelus_bot.subjects.nations.writes.cities import AddCity, MakeCapital, RemoveCity
from modelus_bot.subjects.nations.writes.editing import EditableMetric, EditNation, UndoChange
from modelus_bot.subjects.nations.writes.founding import CreateNation
from modelus_bot.subjects.nations.writes.leading import Describe, SetFlag, SetGovernment, SetTax
from modelus_bot.subjects.nations.writes.naming import RenameNation, SetPrefix
from modelus_bot.subjects.nations.writes.offices import EndOffice, GiveOffice
from modelus_bot.subjects.notices.pruning import PruneNotices
from modelus_bot.subjects.notices.writes.choosing import SetDelivery, SetQuietHours
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
from modelus_bot.subjects.staff_import.model.rows import ScrumRow
from modelus_bot.subjects.staff_import.rules.mapping import people_of
from modelus_bot.subjects.staff_import.rules.planning import Plan, portions
from modelus_bot.subjects.staff_import.rules.reading import tables_of
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
from tests.daily_size import FULL
from tests.subjects.activity.activity_cases import count
from tests.subjects.modelus_import.original import ROWS, original_row
from tests.subjects.nations.nation_cases import president
from tests.subjects.operations import operations
from tests.subjects.rota import (
    ADA,
    ADMIN,
    BEN,
    CLEO,
    DAN,
    EVE,
    GUEST,
    MANAGER,
    NAMES,
    SECOND_MANAGER,
    ZONE,
    Rota,
    copied,
    fill_roster,
    made,
    plan_sprints,
    staff,
)
from tests.subjects.staff_import.source import ALL, as_json

PLACEHOLDERS = (11, 12)
SAMPLE = Path(__file__).resolve().parent.parent / "sample" / "rotation"
ROLES: tuple[StaffRole | None, ...] = (None, "developer", "project_manager")
ROUNDS = 4
"""How often histories are lived at most until every operation was drawn and worked."""
EXAMPLES = 1000 if FULL else 100
STEPS = 60

PEOPLE = (ADA, BEN, CLEO, DAN, EVE, MANAGER, *PLACEHOLDERS)
ACTORS = (None, ADA, BEN, CLEO, MANAGER, SECOND_MANAGER, ADMIN, ADMIN, ADMIN)
ROSTERS = ("account", "account", "producer", "extra")


def name(person: int) -> str:
    """Return somebody's name."""
    return NAMES.get(person, f"Person {person}")


def fill(rota: Rota) -> None:
    """Enter a rota and two people without an account."""
    staff(rota)
    for person in PLACEHOLDERS:
        rota.do(RegisterMember(discord_id=person, username=name(person)))
    fill_roster(rota, ADA, BEN, CLEO)
    plan_sprints(rota, 3)
    president(rota)


@cache
def scrum_rows() -> list[ScrumRow]:
    """Return the rows of the sample of AI Scrum Master that can be taken in."""
    tables = tables_of("all.json", as_json(ALL))
    people = people_of(tables, {"Ann": ADA, "Ben": BEN, "Cleo": GUEST})
    return [item.row for ready, _ in portions(Plan.of(tables, people, ZONE), 100) for item in ready]


@cache
def modelus_rows() -> list[ModelusRow]:
    """Return the rows of the sample of the original bot that can be taken in."""
    tables = {name: tuple(map(partial(original_row, name), ROWS[name])) for name in TABLES}
    source = ModelusSource(tables, {}, (), ())
    return [item.row for ready, _ in portions_of(source, ZONE, 100) for item in ready]


@cache
def prepared() -> bytes:
    """Return a file with that, to be written anew for each example."""
    return made(fill)


LAST_SAID = "SELECT max(id) FROM chat_messages WHERE message_type = 'text' AND deleted_at IS NULL"


class History:
    """Any operation by anybody, in any order, while days pass; mostly by those who may."""

    tried: ClassVar[set[type[Write[Any]]]] = set()
    worked: ClassVar[Counter[str]] = Counter()

    def __init__(self, rota: Rota, dice: random.Random) -> None:
        """Begin on the third day of the first sprint."""
        self.rota = rota
        self.dice = dice
        self.told: list[str] = []

    def step(self) -> None:
        """Do one thing, and look whether every invariant holds."""
        self.dice.choice(CHOICES)(self)
        assert self.rota.broken() == [], "\n".join(self.told)

    def do(self, write: Write[Any], actor: int | None = None) -> None:
        """Try an operation; a refusal is an answer like any other."""
        self.tried.add(type(write))
        try:
            self.rota.do(write, actor)
        except (Refusal, DatabaseError) as error:
            self.told.append(f"{actor} {write!r} refused: {error}")
        else:
            self.told.append(f"{actor} {write!r}")
            self.worked[type(write).__name__] += 1

    @property
    def somebody(self) -> int:
        """Draw a person."""
        return self.dice.choice(PEOPLE)

    @property
    def anybody(self) -> int | None:
        """Draw who acts."""
        return self.dice.choice(ACTORS)

    @property
    def roster(self) -> str:
        """Draw a discipline."""
        return self.dice.choice(ROSTERS)

    def day(self) -> date:
        """Draw a day around now."""
        today = datetime.fromtimestamp(self.rota.at, UTC).date()
        return today + timedelta(days=self.dice.randint(-20, 60))

    def one_of(self, sql: str) -> tuple[Any, ...] | None:
        """Draw a row."""
        rows = self.rota.rows(sql)
        return self.dice.choice(rows) if rows else None

    def time_passes(self) -> None:
        """Let the clock go on; sometimes the jobs notice."""
        self.rota.at += self.dice.choice([3600, 86400, 86400 * 6, 86400 * 15])
        if self.dice.random() < 0.6:
            self.do(Handoff())
            self.do(ExpireCovers())
            self.do(RemindHolders(days_before=(7, 1)))
            self.do(CheckTasks())
        if self.dice.random() < 0.2:
            self.do(TakeBackFuture(beyond=self.rota.at - self.dice.choice([0, 86400])))

    def add_to_roster(self) -> None:
        """Put somebody on a roster."""
        person, place = self.somebody, self.dice.choice([None, None, 1, 2, 5])
        self.do(
            AddToRoster(member_id=person, name=name(person), discipline=self.roster, position=place),
            self.anybody,
        )

    def change_roster(self) -> None:
        """Move somebody on a roster, or take them off."""
        row = self.one_of("SELECT user_id, discipline FROM user_disciplines WHERE is_active = 1")
        person, roster = row or (ADA, "account")
        if self.dice.random() < 0.4:
            self.do(RemoveFromRoster(member_id=person, discipline=roster), self.anybody)
        else:
            place = self.dice.randint(1, 4)
            self.do(MoveInRoster(member_id=person, discipline=roster, position=place), self.anybody)

    def away(self) -> None:
        """Say that somebody is away, or back."""
        first = self.dice.choice([None, self.day()])
        last = self.dice.choice([None, self.day()])
        roster = self.dice.choice([None, self.roster])
        self.do(
            SetAway(member_id=self.somebody, discipline=roster, away_from=first, away_to=last), self.anybody
        )

    def add_task(self) -> None:
        """Add a task that is due around now, for somebody or for whoever takes it."""
        start = self.day()
        write = AddTask(
            title=f"From {start}",
            start=start,
            end=start + timedelta(days=self.dice.randint(1, 9)),
            role=self.dice.choice(ROLES),
            user_id=self.dice.choice([None, *PEOPLE]),
            importance=self.dice.randint(0, 3),
        )
        self.do(write, self.anybody)

    def change_task(self) -> None:
        """Move a task, hand it on, or change what it is about."""
        number = (self.one_of("SELECT id FROM tasks") or (1,))[0]
        actor = self.anybody
        write: Write[Any] = self.dice.choice(
            [
                MoveTask(task_id=number, to=self.dice.choice(["todo", "in_progress", "done"])),
                MoveTask(task_id=number, to="done"),
                SetProgress(task_id=number, progress=self.dice.randint(0, 100)),
                AssignTask(task_id=number, user_id=self.dice.choice([None, *PEOPLE])),
                BulkAssign(task_ids=(number, number + 1), user_id=self.somebody),
                EditTask(task_id=number, end=self.day()),
                CancelTask(task_id=number, reason="x"),
            ]
        )
        self.do(write, actor)

    def add_sprint(self) -> None:
        """Add a sprint, often where there is room."""
        last = self.rota.value("SELECT max(end_date) FROM sprints WHERE sprint_index NOTNULL")
        start = date.fromisoformat(last) if last and self.dice.random() < 0.6 else self.day()
        end = start + timedelta(days=self.dice.randint(1, 20))
        self.do(AddSprint(name=f"From {start}", start=start, end=end), self.anybody)

    def change_sprint(self) -> None:
        """Move a sprint, or archive it."""
        row = self.one_of("SELECT id FROM sprints")
        number = row[0] if row else 1
        if self.dice.random() < 0.4:
            self.do(ArchiveSprint(sprint_id=number, reason="over"), self.anybody)
        else:
            start = self.day()
            end = start + timedelta(days=self.dice.randint(1, 20))
            self.do(EditSprint(sprint_id=number, reason="moved", start=start, end=end), self.anybody)

    def set_holder(self) -> None:
        """Put somebody on duty by hand, who leaves a note."""
        person = self.somebody
        self.do(
            SetHolder(discipline=self.roster, member_id=person, name=name(person), reason="needed"),
            self.anybody,
        )
        self.do(HandoffNote(text="Mind the queue."), person)

    def change_people(self) -> None:
        """Enter, deactivate, bring back, promote, link."""
        person = self.somebody
        account = self.dice.choice([DAN, EVE, 2**50 + 99])
        self.do(
            self.dice.choice(
                [
                    RegisterMember(discord_id=person, username=f"{name(person)} II"),
                    DeactivateMember(discord_id=person, reason="left"),
                    ReactivateMember(discord_id=person),
                    SetRole(discord_id=person, username=name(person), role=self.dice.choice(ROLES)),
                    LinkMember(
                        placeholder_id=self.dice.choice(PLACEHOLDERS), discord_id=account, username="Linked"
                    ),
                ]
            ),
            ADMIN,
        )

    def more_disciplines(self) -> None:
        """Add a discipline that nobody has filled yet, or let a Discord role follow another one."""
        extra = DisciplineSpec(key="extra", label="Extra", scheduler="modulo")
        self.do(EnsureDisciplines(disciplines=(extra,)))
        self.do(SetDisciplineRole(discipline="account", role_id=self.dice.choice([None, 900, 901])), ADMIN)

    def ask_cover(self) -> None:
        """Ask for cover of a turn, mostly one's own."""
        row = self.one_of(TURNS if self.dice.random() < 0.2 else TURNS_TO_COME.format(at=self.rota.at))
        sprint, roster, holder = row or (1, "account", ADA)
        actor = holder if self.dice.random() < 0.8 else self.anybody
        rostered = self.rota.rows("SELECT user_id FROM user_disciplines WHERE discipline = ?", roster)
        to = self.dice.choice([None, None, self.somebody, *(row[0] for row in rostered)])
        first, last = self.days_of(sprint)
        self.do(
            RequestCover(
                sprint_id=sprint,
                discipline=roster,
                replacement_id=to,
                for_user=None if actor == holder else holder,
                reason=self.dice.choice([None, "ill"]),
                first_day=first,
                last_day=last,
            ),
            actor,
        )

    def days_of(self, sprint: int) -> tuple[date | None, date | None]:
        """Draw days of a turn, mostly such as it has, or none for all of it."""
        row = self.rota.rows("SELECT start_date, end_date FROM sprints WHERE id = ?", sprint)
        if not row or self.dice.random() < 0.4:
            return None, None
        start, end = (date.fromisoformat(item) for item in row[0])
        first = start + timedelta(days=self.dice.randint(-1, (end - start).days))
        return first, first + timedelta(days=self.dice.choice([0, 0, 1, 3]))

    def cover_step(self) -> None:
        """Take a step on a request, mostly as somebody who may."""
        row = self.one_of(PENDING if self.dice.random() < 0.8 else ANY_COVER) or self.one_of(ANY_COVER)
        if row is None:
            return
        number, requester, replacement = row
        taker = replacement or self.dice.choice([BEN, CLEO])
        write, person = self.dice.choice(
            [
                (TakeCover(cover_id=number), taker),
                (TakeCover(cover_id=number), taker),
                (UntakeCover(cover_id=number), taker),
                (WithdrawCover(cover_id=number), requester),
                (RefuseCover(cover_id=number), taker),
                (DeclineCover(cover_id=number), ADMIN),
                (ApproveCover(cover_id=number), ADMIN),
                (ApproveCover(cover_id=number), ADMIN),
                (RevokeCover(cover_id=number, reason="changed"), ADMIN),
                (RememberCard(cover_id=number, channel_id=7, message_id=5), None),
                (ForgetCards(message_ids=(5,)), None),
            ]
        )
        self.do(write, person if self.dice.random() < 0.8 else self.anybody)
        if isinstance(write, TakeCover) and self.dice.random() < 0.4:
            self.do(UntakeCover(cover_id=number), taker)

    def deliver(self) -> None:
        """Deliver some notices and fail with others."""
        number = self.dice.randint(1, 40)
        self.do(PackNotices(user_id=self.somebody))
        self.do(UnpackNotices(ids=(number, number + 3)))
        self.do(MarkDelivered(ids=(number, number + 1)))
        self.do(MarkFailed(ids=(number + 2,), error="closed", retry_at=self.rota.at + 60))

    def tell(self) -> None:
        """Post what happened, or fail to."""
        number = self.rota.value("SELECT max(id) FROM events") or 1
        channel = self.dice.choice([900, 901])
        self.do(PackEvents(channel_id=channel, since=self.rota.at - self.dice.choice([0, 86400])))
        write: Write[Any] = self.dice.choice(
            [
                NoteFeedPost(ids=(number, max(1, number - 1)), message_id=902),
                RefuseEvents(ids=(number,), refusal=self.dice.choice([None, "closed"])),
                GiveUpEvents(ids=(number,), fate=self.dice.choice(["refused", "unclear"])),
            ]
        )
        self.do(write)

    def read(self) -> None:
        """Let people read their notices and choose how they get them."""
        person = self.somebody
        number = self.rota.value("SELECT max(id) FROM notifications WHERE user_id = ?", person) or 1
        begin, end = self.dice.sample(range(1440), 2)
        self.do(SetQuietHours(quiet_from=begin, quiet_to=end, zone="Asia/Tokyo"), person)
        self.do(SetDelivery(type="oncall", delivery=self.dice.choice(("dm", "inbox", "off"))), person)
        self.do(MarkRead(id=number), person)
        self.do(MarkAllRead(up_to=number), person)

    def maintain(self) -> None:
        """Let the bot remove what is old, and tell authors of saved changes."""
        number, key = self.dice.randint(1, 40), f"run {self.dice.randint(1, 5)}"
        before = self.rota.at + self.dice.randint(-10, 10) * 86400
        author = self.somebody
        told = ToldAuthor(
            number=number, change="add sprint", author=author, request_id=f"{number}", applied=True
        )
        for write in (
            TellAuthors(items=(told,)),
            BeginMaintenance(run_key=key),
            EndMaintenance(run_key=key, ok=self.dice.random() < 0.8),
            PruneNotices(ids=(number, number + 1), before=before),
            PruneSamples(ids=(number,), before=before),
            PruneRequests(ids=(str(number),), before=before),
            PruneJobRuns(keys=(("maintenance", key),), before=before),
            PruneErrors(ids=(number,), before=before),
            PruneEvents(ids=(number, number + 1), before=before),
        ):
            self.do(write)

    def be_asked(self) -> None:
        """Keep a question that is asked before a change."""
        number = 10**17 + self.dice.randrange(10**6)
        self.do(AskQuestion(id=number, kind="members", operation="", change=""), self.anybody)
        self.do(NoteMessages(messages=((number, number + 1),)), self.anybody)
        self.do(CloseQuestion(), self.anybody)

    def report(self) -> None:
        """Report something, sometimes for somebody else; the bot shows it, or cannot."""
        on_behalf = self.dice.choice([None, None, self.somebody])
        category = self.dice.choice(["issue", "bug", "rules"])
        self.do(ReportItem(title="T", description="D", category=category, on_behalf=on_behalf), self.anybody)
        self.do(SetRoute(category=category, discipline=self.dice.choice(["account", "producer"])), ADMIN)
        item = self.item()
        shown = self.dice.choice(
            [
                NoteThread(item_id=item, thread_id=1000 + item),
                NoteShown(item_id=item, card_id=5, version=1),
                GoOnWithoutThread(item_id=item, state="refused"),
            ]
        )
        self.do(shown)

    def rate(self) -> None:
        """Say how a report that is closed was dealt with."""
        closed = self.one_of("SELECT id FROM triage_items WHERE resolved_at IS NOT NULL") or (self.item(),)
        reporter = self.rota.value("SELECT reporter_id FROM triage_items WHERE id = ?", closed[0])
        self.do(RateItem(item_id=closed[0], stars=4), reporter)

    def item(self) -> int:
        """Draw a report."""
        return int((self.one_of("SELECT id FROM triage_items") or (1,))[0])

    def deal_with_report(self) -> None:
        """Take a step on a report, say something about it, or let its clock go on."""
        item = self.item()
        reporter = self.rota.value("SELECT reporter_id FROM triage_items WHERE id = ?", item)
        message = self.rota.value(LAST_SAID) or 1
        write, person = self.dice.choice(
            [
                (ClaimItem(item_id=item), self.dice.choice([ADA, BEN])),
                (ReleaseItem(item_id=item), self.dice.choice([ADA, BEN])),
                (AssignItem(item_id=item, member_id=self.dice.choice([ADA, BEN])), ADMIN),
                (SetPriority(item_id=item, level="critical", reason="x"), ADA),
                (SnoozeItem(item_id=item, until=self.dice.choice([None, self.rota.at + 86400])), ADA),
                (MarkDuplicate(item_id=item, of=self.item()), ADMIN),
                (ResolveItem(item_id=item, resolution="x"), ADMIN),
                (RejectItem(item_id=item, reason="x"), ADMIN),
                (MakeTask(item_id=item, end=date(2027, 3, 1)), ADA),
                (ReplyToReporter(item_id=item, text="x"), ADA),
                (AddNote(item_id=item, text="x"), ADA),
                (AnswerStaff(item_id=item, text="x"), reporter),
                (EditMessage(message_id=message, text="y"), ADA),
                (DeleteMessage(message_id=message), ADA),
                (NotePosted(posted=((message, 10**6 + message),)), None),
                (KeepSearch(text="x"), ADA),
                (NoteCopied(copied=((message, "y"),)), None),
                (PruneMessages(ids=(message,), before=self.rota.at), None),
                (TickClock(), None),
                (HandOver(), None),
            ]
        )
        self.do(write, person if self.dice.random() < 0.8 else self.anybody)
        if isinstance(write, ClaimItem) and self.dice.random() < 0.4:
            self.do(ReleaseItem(item_id=item), person)

    def show_rota(self) -> None:
        """Hand out calendars, post the week, tell of what comes; sometimes somebody is erased."""
        week = self.dice.choice(["2026-W02", "2026-W03"])
        self.do(PublishEntries(at=self.rota.at, server=1))
        uid = (self.one_of("SELECT uid FROM calendar_entries") or ("x",))[0]
        self.do(PruneEntries(before=self.rota.at, uids=(uid,)))
        self.do(PassOverWeek(run_key="2026-W04"))
        self.do(BeginWeeklyPost(run_key=week))
        self.do(NoteWeeklyPost(run_key=week, channel_id=5, message_id=6, digest="d"))
        self.do(TellHeadsUp(minute=self.dice.choice([0, 1020])))
        if self.dice.random() < 0.2:
            self.do(EraseMember(discord_id=self.somebody), ADMIN)

    def found_nation(self) -> None:
        """Found a nation, or try to found one again."""
        named = f"Nation {self.dice.randint(1, 6)}"
        self.do(CreateNation(name=named, gdp=self.dice.randint(0, 10**12), population=5), self.anybody)
        nation, person = self.dice.randint(1, 4), self.somebody
        office: OfficeName = self.dice.choice(["president", "vice_president"])
        self.do(GiveOffice(nation_id=nation, user_id=person, username=name(person), office=office), ADMIN)
        if self.dice.random() < 0.3:
            self.do(EndOffice(user_id=person), self.dice.choice([ADMIN, self.anybody]))

    def lead_nation(self) -> None:
        """Decide something for a nation, as whoever holds an office or somebody else."""
        leader = (self.one_of("SELECT user_id FROM nation_offices WHERE until IS NULL") or (ADA,))[0]
        nation = self.dice.choice([None, None, 1, 2])
        city = self.dice.choice(["Austin", "Dallas"])
        self.do(AddCity(name=city), leader)
        writes: list[Write[Any]] = self.dice.sample(
            [
                RenameNation(name=f"Nation {self.dice.randint(1, 9)}", nation_id=nation),
                SetPrefix(prefix=self.dice.choice([None, "Republic of", "State of"]), nation_id=nation),
                SetTax(tax_bp=self.dice.randint(0, 5000), nation_id=nation),
                SetGovernment(government=self.dice.choice(["Republic", "Theocracy"]), nation_id=nation),
                Describe(description=self.dice.choice([None, "x", "y"]), nation_id=nation),
                SetFlag(channel_id=5, message_id=self.dice.randint(1, 9), nation_id=nation),
                MakeCapital(name=city, nation_id=nation),
                RemoveCity(name=city, nation_id=nation),
            ],
            3,
        )
        for write in writes:
            self.do(write, leader if self.dice.random() < 0.7 else self.anybody)

    def legislate(self) -> None:
        """Write, change and end laws, as whoever holds an office or somebody else."""
        leader = (self.one_of("SELECT user_id FROM nation_offices WHERE until IS NULL") or (ADA,))[0]
        tag, known = self.dice.randint(1, 3), self.dice.choice([(), (1,)])
        self.do(AddTag(name=f"tag {tag}"), self.dice.choice([ADMIN, self.anybody]))
        added = AddLaw(
            name=f"Law {self.dice.randint(1, 9)}",
            body=f"§ {self.dice.random()}",
            username=name(leader),
            is_public=self.dice.random() < 0.6,
            draft=self.dice.random() < 0.6,
            tags=known,
        )
        self.do(added, self.dice.choice([leader, leader, self.anybody]))
        last = self.rota.value("SELECT max(id) FROM laws") or 1
        writes: list[Write[Any]] = [
            EditLaw(law_id=last, body=f"§ {self.dice.random()}", note=self.dice.choice([None, "x"])),
            RenameLaw(law_id=last, name=f"Law {self.dice.randint(1, 9)}"),
            EnactLaw(law_id=last),
            SetLawReaders(law_id=last, is_public=self.dice.random() < 0.5),
            TagLaw(law_id=self.dice.randint(1, last), tags=known),
            RepealLaw(law_id=self.dice.randint(1, last)),
        ]
        for write in writes:
            self.do(write, self.dice.choice([leader, ADMIN, ADMIN, self.anybody]))
        if self.dice.random() < 0.1:
            self.do(RemoveTag(tag_id=tag), ADMIN)

    def fight(self) -> None:
        """Let wars begin, change and end."""
        day = date(2026, 1, 5) + timedelta(days=self.dice.randint(0, 9))
        found = self.rota.rows("SELECT id FROM nations WHERE status = 'active' ORDER BY id DESC LIMIT 3")
        newest, one, other = ([row[0] for row in found] + [1, 2, 3])[:3]
        start = StartWar(name=f"War {self.dice.randint(1, 9)}", side_a=(one,), side_b=(other,), on=day)
        self.do(start, self.dice.choice([ADMIN, ADMIN, self.anybody]))
        war = self.rota.value("SELECT max(id) FROM wars") or 1
        writes: list[Write[Any]] = [
            JoinWar(war_id=war, nation_id=newest, side=self.dice.choice(["A", "other"]), on=day),
            UpdateWar(war_id=war, casualties=self.dice.randint(0, 5), on=day),
            LeaveWar(war_id=war, nation_id=newest, on=day),
            EndWar(war_id=war, reason="x", on=day + timedelta(days=self.dice.randint(-1, 1))),
        ]
        for write in writes:
            self.do(write, ADMIN if self.dice.random() < 0.8 else self.anybody)

    def treat(self) -> None:
        """Propose treaties, answer, withdraw, end and let them expire, as any nation of the newest ones."""
        one, other = self._two_nations()
        kind = self.dice.choice(["alliance", "trade"])
        self.do(ProposeTreaty(to_id=other, treaty_kind=kind, nation_id=one), self._for_nations())
        known = "SELECT id, nation_a, nation_b FROM treaties ORDER BY id DESC LIMIT 3"
        number, *parties = self.dice.choice(self.rota.rows(known) or [(1, one, other)])
        for accept in (self.dice.random() < 0.7, None):
            nation = self.dice.choice(parties)
            steps: list[Write[Any]] = [
                WithdrawTreaty(treaty_id=number, nation_id=nation),
                EndTreaty(treaty_id=number, reason=self.dice.choice([None, "x"]), nation_id=nation),
            ]
            if accept is not None:
                steps = [AnswerTreaty(treaty_id=number, accept=accept, nation_id=nation)]
            self.do(self.dice.choice(steps), self._for_nations())
        self.do(ExpireTreaty(treaty_id=number), None)

    def unite(self) -> None:
        """Found blocs, invite to them, answer, leave, kick, pass on and disband."""
        one, other = self._two_nations()
        found = CreateBloc(bloc_name=f"Bloc {self.dice.randint(1, 9)}", nation_id=one)
        self.do(found, self._for_nations())
        last = self.rota.value("SELECT max(id) FROM blocs") or 1
        bloc = self.dice.randint(max(1, last - 2), last)
        self.do(InviteNation(bloc_id=bloc, to_id=other), self._for_nations())
        accept = self.dice.random() < 0.7
        answer = AnswerInvitation(bloc_id=bloc, accept=accept, nation_id=other)
        if self.dice.random() < 0.8:
            self.do(answer, self._for_nations())
        writes: list[Write[Any]] = [
            TransferBloc(bloc_id=bloc, to_id=other),
            KickNation(bloc_id=bloc, kicked_id=other),
            LeaveBloc(bloc_id=bloc, nation_id=one),
            LeaveBloc(bloc_id=bloc, nation_id=other),
            EditBloc(bloc_id=bloc, bloc_name=f"Bloc {self.dice.randint(1, 9)}"),
            DisbandBloc(bloc_id=bloc),
        ]
        for write in self.dice.sample(writes, 2):
            self.do(write, self._for_nations())
        self.do(ExpireInvitation(bloc_id=bloc, invited_id=other, since=self.rota.at), None)

    def _two_nations(self) -> tuple[int, int]:
        found = [row[0] for row in self.rota.rows("SELECT id FROM nations ORDER BY id DESC LIMIT 4")]
        return self.dice.choice(found or [1]), self.dice.choice(found or [2])

    def _for_nations(self) -> int:
        """Return somebody who may act for every nation, mostly."""
        return ADMIN if self.dice.random() < 0.8 else self.anybody

    def write_and_fall_silent(self) -> None:
        """Count messages, take leave, and make items of who in office is silent."""
        day = datetime.fromtimestamp(self.rota.at, UTC).date()
        counts = tuple(count(self.somebody, day - timedelta(days=back)) for back in range(3))
        limits = {"president_days": self.dice.randint(0, 3), "vice_president_days": self.dice.randint(0, 3)}
        until = self.dice.choice([None, day + timedelta(days=self.dice.randint(-1, 9))])
        self.do(CountMessages(counts=counts))
        self.do(TakeLeave(member_id=self.somebody, to_day=until), self.dice.choice([MANAGER, self.anybody]))
        self.do(ReportInactive(**limits), self.dice.choice([MANAGER, self.anybody]))
        self.do(CheckInactivity(**limits))
        keys = self.rota.rows("SELECT day, channel_id, user_id FROM activity ORDER BY day LIMIT 2")
        if keys and self.dice.random() < 0.3:
            found = tuple(f"{row[0]}/{row[1]}/{row[2]}" for row in keys)
            self.do(PruneActivity(keys=found, before=self.rota.at - 86_400))

    def lend(self) -> None:
        """Offer, answer and pay loans, end them, and let turns come."""
        one, other = self.dice.sample(range(1, 5), 2)
        leader = (self.one_of("SELECT user_id FROM nation_offices WHERE until IS NULL") or (ADA,))[0]
        terms = {"rate_bp": self.dice.choice([0, 5000]), "term_months": self.dice.choice([1, 3, 360])}
        loan = OfferLoan(
            nation_id=one,
            borrower_id=other,
            principal=10**8,
            repayment=self.dice.choice(["compound", "amortizing"]),
            **terms,
        )
        rich = EditNation(nation_id=one, metric="treasury", mode="add", value=10**8)
        self.do(rich, ADMIN)
        self.do(loan, self.dice.choice([ADMIN, leader]))
        found = self.one_of("SELECT code FROM loans")
        code = found[0] if found is not None else "LOAN-1"
        amount = self.dice.choice([1, 10**7, 10**8])
        writes: list[Write[Any]] = [
            AnswerLoan(code=code, accept=self.dice.random() < 0.8),
            PayLoan(code=code, amount=amount),
            self.dice.choice([CancelLoan(code=code), ForgiveLoan(code=code, reason="x")]),
            self.dice.choice([VoidLoan(code=code, reason="x"), DefaultLoan(code=code, reason="x")]),
            self.dice.choice([PauseTurns(seconds=60), ResumeTurns()]),
            StepTurn(seconds=60, begin=self.dice.random() < 0.5),
            StepTurn(seconds=60),
            StepTurn(seconds=60),
        ]
        for write in writes:
            self.do(write, self.dice.choice([ADMIN, ADMIN, leader, self.anybody]))

    def run_nations(self) -> None:
        """Change a nation as administrators do, take changes back, archive and restore."""
        nation = self.dice.randint(1, 4)
        last = self.rota.value("SELECT max(id) FROM nation_history") or 1
        metric: EditableMetric = self.dice.choice(["gdp", "ground", "tax_bp", "treasury", "debt"])
        alias = f"Nation {self.dice.randint(1, 12)}"
        for write in (
            EditNation(nation_id=nation, metric=metric, mode="add", value=self.dice.randint(-9, 9)),
            UndoChange(history_id=last + self.dice.randint(0, 1)),
            AddAlias(nation_id=nation, name=alias),
            RemoveAlias(nation_id=self.dice.randint(1, 4), name=alias),
            self.dice.choice([ArchiveNation(nation_id=nation), RestoreNation(nation_id=nation)]),
            SendOnLeave(nation_id=nation, comes_back=self.rota.at + self.dice.choice([-1, 3600])),
            EndLeaves(),
            ReverseTransaction(txn=self.dice.randint(1, 9), reason="x"),
        ):
            self.do(write, ADMIN if self.dice.random() < 0.8 else self.anybody)

    def import_rota(self) -> None:
        """Import the sample rota beside what is there."""
        self.do(ImportRotation(data=mend(read_folder(SAMPLE))))

    def import_scrum(self) -> None:
        """Import some of another bot's rows, whoever has their people's accounts."""
        ready = self.dice.sample(scrum_rows(), 3)
        self.do(ImportScrumRows(rows=tuple(ready), maker=self.somebody), self.dice.choice([None, ADMIN]))

    def import_modelus(self) -> None:
        """Import some of the original bot's rows, in any order."""
        ready = self.dice.sample(modelus_rows(), 4)
        self.do(ImportModelusRows(rows=tuple(ready), author=self.somebody), self.dice.choice([None, ADMIN]))


PENDING = "SELECT id, requested_by, replacement_id FROM overrides WHERE status IN ('open', 'taken')"
ANY_COVER = "SELECT id, requested_by, replacement_id FROM overrides"
TURNS = "SELECT sprint_id, discipline, user_id FROM assignments WHERE user_id NOTNULL"
TURNS_TO_COME = (
    "SELECT a.sprint_id, a.discipline, a.user_id FROM assignments a JOIN sprints s ON s.id = a.sprint_id"
    " WHERE a.user_id NOTNULL AND s.sprint_index NOTNULL AND s.end_date > date({at}, 'unixepoch')"
)
CHOICES = (
    *[History.time_passes, History.add_to_roster, History.change_roster, History.add_sprint] * 3,
    *[History.ask_cover, History.cover_step, History.cover_step] * 6,
    *[History.away, History.change_sprint, History.set_holder, History.change_people] * 2,
    *[History.add_task, History.change_task] * 3,
    *[History.report, History.deal_with_report, History.deal_with_report, History.deal_with_report] * 3,
    History.show_rota,
    *[History.found_nation, History.lead_nation, History.lead_nation, History.run_nations] * 2,
    *[History.legislate, History.fight, History.deal_with_report, History.run_nations] * 2,
    *[History.treat, History.unite] * 2,
    *[History.lend] * 2,
    *[
        History.write_and_fall_silent,
        History.write_and_fall_silent,
        History.more_disciplines,
        History.deliver,
        History.tell,
        History.read,
        History.import_rota,
        History.import_scrum,
        History.import_modelus,
        History.maintain,
        History.be_asked,
        History.rate,
    ],
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def live(seed: int) -> None:
    """Take random steps, each followed by a look at every invariant; keys and chain at the end."""
    with copied(prepared()) as rota:
        history = History(rota, random.Random(seed))
        for _ in range(STEPS):
            history.step()
        rota.check()
        assert broken_searches(rota.connection) == ()


def test_invariants_hold_after_every_operation() -> None:
    """Random histories break none, and no operation of the subjects is left out of them or always refused."""
    whole = {operation for operation in operations() if "apply" in vars(operation)}
    for _ in range(ROUNDS):
        live()
        if {item.__name__ for item in whole} <= set(History.worked):
            break
    assert whole - History.tried == set()
    assert {item.__name__ for item in whole} - set(History.worked) == set()
