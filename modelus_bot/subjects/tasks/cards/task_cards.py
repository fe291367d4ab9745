"""The card of a task, what a change did, and tasks as lines of a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from modelus_bot.subjects.tasks.cards.words import PRIORITIES, STATUSES, Words, day_words, steps_between
from modelus_bot.subjects.tasks.model import BulkChange, StaffTask, TaskChange
from modelus_bot.subjects.tasks.rules.risk import risk_parts
from modelus_bot.text.escaping import bare, plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card, clip
from modelus_bot.ui.people import moment, quoted

__all__ = ["bulk_text", "change_card", "task_card", "task_line", "task_name"]

BAR = 10
"""Characters of a bar of progress."""


def task_name(found: StaffTask) -> str:
    """Return a task's number and title."""
    return f"Task {found.id}: {plain(found.title)}"


def task_card(found: StaffTask, words: Words, day: date) -> Card:
    """Return the card of a task; ``day`` is the one that tasks are in, for its risk."""
    make = cards.warning if found.is_delayed else cards.success if found.status == "done" else cards.info
    lines = [
        f"**Status:** {STATUSES[found.status]}{' — ⚠️ late' if found.is_delayed else ''}",
        f"**Of:** {words.owner(found)}",
        f"**Days:** {day_words(found.start)} to {day_words(found.end)}",
        f"**Progress:** {_bar(found.progress)} {found.progress} %",
        f"**Priority:** {PRIORITIES[found.priority]}",
    ]
    if found.is_open:
        lines.append(f"**Risk:** {_risk(found, day)}")
    if found.completed_at is not None:
        lines.append(f"**Done:** {moment(found.completed_at)}")
    if found.user_id is not None and found.role is not None:
        lines.append(f"**Role:** {words.value('role', found.role)}")
    if found.user_id is not None and found.discipline is not None:
        lines.append(f"**Discipline:** {words.value('discipline', found.discipline)}")
    for called, value in (("Epic", found.epic), ("Story", found.story)):
        if value is not None:
            lines.append(f"**{called}:** {plain(value)}")
    if found.triage_id is not None:
        lines.append(f"**From report:** item {found.triage_id} (`/triage show`)")
    if found.estimate_h is not None:
        lines.append(f"**Estimate:** {found.estimate_h} h")
    if found.description:
        lines += ["", quoted(clip(found.description, 2500))]
    return make(task_name(found), "\n".join(lines)).with_footer(f"Made by {_maker(found, words)}")


def change_card(change: TaskChange, words: Words, day: date) -> Card:
    """Return what a change did to a task; a new one is shown whole."""
    if change.before is None:
        card = task_card(change.after, words, day)
        return cards.success(
            f"Added as task {change.after.id}", f"**{plain(change.after.title)}**\n{card.text}"
        )
    lines = steps_between(change.before, change.after, words)
    text = "\n".join(lines) or "Nothing is different."
    if change.given is not None:
        text += f"\n\n**Next for {words.owner(change.given)}:** {task_line(change.given, words)}"
    return cards.success(task_name(change.after), text)


def task_line(found: StaffTask, words: Words) -> str:
    """Return a task as a line of a list."""
    late = "⚠️ " if found.is_delayed else ""
    parts = [words.owner(found), f"due {found.end:%b} {found.end.day}"]
    if found.status == "in_progress":
        parts.append(f"{found.progress} %")
    elif found.status != "todo":
        parts.append(STATUSES[found.status].lower())
    if found.is_open and found.risk != "low":
        parts.append(f"{found.risk} risk")
    return f"**{found.id}** {late}{plain(clip(found.title, 90))} — {', '.join(parts)}"


def bulk_text(change: BulkChange, words: Words) -> str:
    """Return what becomes of each task of many."""
    given = [
        f"{plain(clip(item.after.title, 60))} ({item.after.id}): "
        f"{words.value('user_id', item.before.user_id) if item.before else 'nobody'} → "
        f"{words.value('user_id', item.after.user_id)}"
        for item in change.assigned
    ]
    parts = [f"**Assigned, {len(given)}**\n{cards.lines(given, empty='None.', limit=1900)}"]
    if change.failed:
        parts.append(f"**Not assigned, {len(change.failed)}**\n{_failures(change)}")
    return "\n\n".join(parts)


def _failures(change: BulkChange) -> str:
    lines: Sequence[str] = [f"{item.task_id}: {item.why}" for item in change.failed]
    return cards.lines(lines, empty="None.", limit=1900)


def _risk(found: StaffTask, day: date) -> str:
    parts = list(risk_parts(found.status, found.progress, found.end, day))
    points = sum(part for part, _ in parts)
    why = ": " + ", ".join(f"{text} {part}" for part, text in parts) if parts else ""
    return f"{found.risk} ({points} points{why})"


def _bar(progress: int) -> str:
    full = progress * BAR // 100
    return "▰" * full + "▱" * (BAR - full)


def _maker(found: StaffTask, words: Words) -> str:
    name = words.names.get(found.created_by)
    return bare(name) if name is not None else f"member {found.created_by}"
