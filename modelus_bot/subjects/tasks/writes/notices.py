"""What people read about tasks: one is theirs, stands worse, or is done."""

from __future__ import annotations

from modelus_bot.database import Transaction
from modelus_bot.subjects.notices.writes.outbox import NoticeType, notify
from modelus_bot.subjects.people.queries import member
from modelus_bot.subjects.tasks.model import StaffTask
from modelus_bot.subjects.tasks.rules.risk import Level, task_day
from modelus_bot.text.escaping import plain

__all__ = ["tell_of_assignment", "tell_of_completion", "tell_of_rise"]

TABLE = "tasks"
_HOLDER = "SELECT assigned_to FROM triage_items WHERE id = ? AND status IN ('pending', 'in_review')"


def tell_of_assignment(tx: Transaction, after: StaffTask, why: str = "") -> None:
    """Tell whoever has a task now, unless they took it themselves."""
    author = tx.context.actor
    by = f"{_name(tx, author)} gave it to you." if author is not None else "It was given to you."
    text = f"{_named(after)}, due {after.end}. {why or by} The buttons below move it on."
    _tell(
        tx,
        after,
        after.user_id,
        "task_assigned",
        f"Yours: {_title(after)}",
        text,
        f"assigned:{after.version}",
    )


def tell_of_completion(tx: Transaction, after: StaffTask) -> None:
    """Tell who made a task, and who had it, that somebody else has finished it."""
    text = f"{_named(after)} is done, says {_name(tx, tx.context.actor)}."
    people = _people(after)
    for person in people:
        _tell(tx, after, person, "task_completed", f"Done: {_title(after)}", text, f"done:{after.version}")
    if after.triage_id is not None:
        _tell_holder(tx, after, text, people)


def _tell_holder(tx: Transaction, after: StaffTask, text: str, told: list[int]) -> None:
    """Tell whoever has the report that a task was made from, with the report's own buttons."""
    holder = tx.fetch_value(_HOLDER, (after.triage_id,))
    if holder is None or holder in told or holder == tx.context.actor:
        return
    notify(
        tx, holder, "task_completed", f"The task of item {after.triage_id} is done", text,
        dedupe_key=f"task:{after.id}:done:{after.version}", ref_table="triage_items", ref_id=after.triage_id,
    )  # fmt: skip


def tell_of_rise(tx: Transaction, after: StaffTask, level: Level) -> int:
    """Tell who has a task and who made it that it stands worse, once for each level and day.

    Returns how many people that concerns.
    """
    day = task_day(tx.context.at, tx.context.zone)
    state, what = "At risk", f"is due {after.end}, and {after.progress} % of it are done."
    if level == "delayed":
        state, what = "Late", f"was due {after.end} and is not done."
    people = [person for person in _people(after) if person != tx.context.actor]
    for person in people:
        text = f"{_named(after)} {what} `/task show` says more; its days can be changed with `/task edit`."
        notify(
            tx, person, "task_delayed", f"{state}: {_title(after)}", text,
            dedupe_key=f"late:{after.id}:{level}:{day}", ref_table=TABLE, ref_id=after.id,
        )  # fmt: skip
    return len(people)


def _tell(
    tx: Transaction, after: StaffTask, person: int | None, kind: NoticeType, title: str, text: str, key: str
) -> None:
    if person == tx.context.actor:
        return
    notify(
        tx, person, kind, title, text,
        dedupe_key=f"task:{after.id}:{key}", ref_table=TABLE, ref_id=after.id,
    )  # fmt: skip


def _people(found: StaffTask) -> list[int]:
    """Return whom a task concerns: who made it, and who has it."""
    owner = [found.user_id] if found.user_id is not None else []
    return list(dict.fromkeys([found.created_by, *owner]))


def _title(found: StaffTask) -> str:
    return f"task {found.id} ({plain(found.title)})"


def _named(found: StaffTask) -> str:
    return f"Task {found.id}, “{plain(found.title)}”,"


def _name(tx: Transaction, person: int | None) -> str:
    found = member(tx, person) if person is not None else None
    return plain(found.username) if found is not None else "somebody"
