"""Twenty sample reports in every state, with what was said about them, from last week until just now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from modelus_bot.database import Context, DatabaseManager, Write
from modelus_bot.subjects.triage.model import Category
from modelus_bot.subjects.triage.writes.closing import MarkDuplicate, RateItem, RejectItem, ResolveItem
from modelus_bot.subjects.triage.writes.reports import ReportItem
from modelus_bot.subjects.triage.writes.steps import AssignItem, ClaimItem, SetPriority, SnoozeItem
from modelus_bot.subjects.triage.writes.talking import AddNote, AnswerStaff, ReplyToReporter

__all__ = ["Reporters", "add_sample_reports"]

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Reporters:
    """Who reports, who deals with it, and who decides, by Discord id."""

    players: Sequence[int]
    staff: Sequence[int]
    manager: int


@dataclass(frozen=True, slots=True)
class _Sample:
    """A report hours before now, and its steps: who (place among the staff; None: the reporter), and what."""

    hours: float
    title: str
    text: str
    category: Category
    steps: tuple[tuple[int | None, str, Any], ...] = ()


_SAMPLES = (
    _Sample(150, "The vote on the budget was counted twice", "The bill says 61 to 52 of 100 votes.",
        "bug", ((2, "claim", None), (2, "reply", "Thank you, I am counting again from the roll."),
                (None, "answer", "The clerk's list has 100, too."), (2, "note", "Row 14 stands twice."),
                (2, "resolve", "Counted again: 53 to 47. The bill is law."), (None, "rate", 5))),
    _Sample(140, "May a governor veto a treaty?", "The constitution names the president only.", "question",
        ((0, "claim", None), (0, "reply", "No: treaties are for the Senate and the president."),
         (0, "resolve", "Answered; it stands in the rules now."), (None, "rate", 4))),
    _Sample(131, "Flood in the delta", "Could the staff run a flood in Dixieland next week?", "disaster",
        ((2, "claim", None), (2, "reject", "A storm is planned there already; please ask again after it."))),
    _Sample(120, "Recognise the Republic of Cascadia", "Cascadia asks for an embassy.", "diplomacy",
        ((0, "claim", None), (0, "priority", "high"), (0, "reply", "The State Department is asked."),
         (0, "resolve", "The embassy opens on Monday."), (None, "rate", 3))),
    _Sample(110, "A second vice president", "We would like two of them.", "rules",
        ((1, "claim", None), (1, "reject", "The constitution has one; propose an amendment first."))),
    _Sample(98, "The map shows Ohio as Illinois", "Both have the same colour.", "bug",
        ((2, "claim", None), (2, "resolve", "The colours are right again."))),
    _Sample(97, "Ohio has the wrong colour", "It looks like Illinois.", "bug", ((2, "duplicate", 6),)),
    _Sample(80, "Insults in the Senate channel", "Two members will not stop.", "issue",
        ((1, "claim", None), (1, "priority", "critical"), (1, "reply", "The channel is muted for an hour."),
         (1, "note", "Second time this month."), (1, "resolve", "Both were warned."))),
    _Sample(72, "A debate on the railway", "Before the election, please.", "event",
        ((1, "claim", None), (1, "reply", "Thursday at 20:00?"), (None, "answer", "That is fine for us."),
         (1, "snooze", 40))),
    _Sample(60, "Change the name of my party", "From Union to Federal Union.", "request",
        ((3, "claim", None), (3, "reply", "Who else is in the party?"),
         (None, "answer", "Lenny and I. Both want it."), (3, "note", "Ask Lenny, too."))),
    _Sample(52, "Who inherits an office?", "The governor has been away for a month.", "rules",
        ((1, "claim", None), (1, "reply", "Looking it up."))),
    _Sample(48, "The calendar has the wrong time zone", "It says 20:00 and means 19:00.", "bug",
        ((4, "assign", None), (4, "priority", "low"), (4, "snooze", 72))),
    _Sample(40, "Two parties with one colour", "On the poll of last night.", "issue",
        ((1, "claim", None), (1, "reply", "Which may change?"), (None, "answer", "Ours; green is fine."))),
    _Sample(31, "No answer from the treasury", "I asked for the loan on Sunday.", "issue"),
    _Sample(20, "An earthquake in California", "An idea for the winter, text attached.", "disaster",
        ((2, "claim", None), (2, "note", "Nice, but too large."))),
    _Sample(18, "The embassy in Texas", "When does it open?", "diplomacy", ((0, "reply", "On Friday."),)),
    _Sample(6, "A town hall with the candidates", "Saturday, in the general channel.", "event"),
    _Sample(3, "May I hold two offices?", "Mayor and senator.", "question"),
    _Sample(2, "Somebody votes twice", "Ask me for the names.", "issue", ((1, "priority", "critical"),)),
    _Sample(0.2, "The button of the poll does nothing", "It says that the interaction failed.", "bug"),
)  # fmt: skip


async def add_sample_reports(db: DatabaseManager, people: Reporters, context: Context) -> None:
    """Let the players report, and the staff deal with it a little later."""
    for number, sample in enumerate(_SAMPLES):
        reporter = people.players[number % len(people.players)]
        at = context.at - int(sample.hours * HOUR)
        write = ReportItem(title=sample.title, description=sample.text, category=sample.category)
        item = await db.write(write, replace(context, actor=reporter, at=at))
        gap = (context.at - at) // (2 * len(sample.steps) + 2)
        for count, (who, what, value) in enumerate(sample.steps, 1):
            actor = reporter if who is None else people.staff[who % len(people.staff)]
            done = replace(context, actor=people.manager if what == "assign" else actor, at=at + count * gap)
            await db.write(_step(item.id, what, value, actor, context.at), done)


def _step(item: int, what: str, value: Any, actor: int, now: int) -> Write[Any]:
    steps: dict[str, Callable[[], Write[Any]]] = {
        "claim": lambda: ClaimItem(item_id=item),
        "assign": lambda: AssignItem(item_id=item, member_id=actor),
        "priority": lambda: SetPriority(item_id=item, level=value, reason="As agreed in the staff channel"),
        "snooze": lambda: SnoozeItem(item_id=item, until=now + value * HOUR),
        "reply": lambda: ReplyToReporter(item_id=item, text=value),
        "answer": lambda: AnswerStaff(item_id=item, text=value),
        "note": lambda: AddNote(item_id=item, text=value),
        "duplicate": lambda: MarkDuplicate(item_id=item, of=value),
        "resolve": lambda: ResolveItem(item_id=item, resolution=value),
        "reject": lambda: RejectItem(item_id=item, reason=value),
        "rate": lambda: RateItem(item_id=item, stars=value),
    }
    return steps[what]()
