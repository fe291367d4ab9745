"""The card of an item, its line in a list, and what was said about it."""

from __future__ import annotations

from collections.abc import Mapping

from modelus_bot.subjects.conversations.model import ChatMessage
from modelus_bot.subjects.triage.model import Priority, Status, ThreadState, TriageItem
from modelus_bot.text.escaping import plain, plain_lines
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card, CardSection, Link
from modelus_bot.ui.people import moment, name_of

__all__ = ["card_of", "line_of", "message_card", "message_line", "thread_link"]

STATUS: Mapping[Status, str] = {
    "pending": "Waits for somebody to claim it",
    "in_review": "In review",
    "resolved": "Resolved",
    "rejected": "Rejected",
}
PRIORITY: Mapping[Priority, str] = {
    "critical": "🔴 critical",
    "high": "🟠 high",
    "medium": "🟡 medium",
    "low": "⚪ low",
}
WITHOUT: Mapping[ThreadState, str] = {
    "refused": "None: the bot may not open one, so this goes on in direct messages.",
    "deleted": "None: it was deleted, so this goes on in direct messages.",
    "unset": "None: no channel for reports is set, so this goes on in direct messages.",
}
TASK = {"todo": "to do", "in_progress": "in progress", "done": "done"}
DESCRIPTION_LIMIT = 2600
"""Characters of a description on a card; the transcript has all of it."""


def card_of(
    item: TriageItem, names: Mapping[int, str], now: int, *, link: str | None = None, staff: bool = True
) -> Card:
    """Return the card that shows how an item stands; ``link`` is its thread's address.

    Whoever is no ``staff`` is not told where staff talk.
    """
    make = {"resolved": cards.success, "pending": cards.question}.get(item.status, cards.info)
    card = make(
        f"Item {item.id}: {plain(item.title)}", cards.clip(plain_lines(item.description), DESCRIPTION_LIMIT)
    )
    for name, text in _facts(item, names, now):
        card = card.with_field(name, text, inline=True)
    if item.resolution is not None:
        card = card.with_field("Outcome", cards.clip(plain_lines(item.resolution), 1000))
    if link is not None:
        card = card.with_section(CardSection("Thread", beside=Link("Open it", link)))
    elif staff and item.is_open and item.thread_state in WITHOUT:
        card = card.with_field("Thread", WITHOUT[item.thread_state])
    return card.with_footer(f"Item {item.id}")


def _facts(item: TriageItem, names: Mapping[int, str], now: int) -> list[tuple[str, str]]:
    duty = plain(item.label) if item.label else "none"
    facts = [
        ("Status", STATUS[item.status]),
        ("Priority", PRIORITY[item.priority]),
        ("Category", f"{item.category} ({duty})"),
        ("Reported by", f"{name_of(item.reporter_id, names)}, {moment(item.created_at, 'R')}"),
        ("Has it", name_of(item.assigned_to, names)),
    ]
    if item.sleeps(now) and item.snoozed_until is not None:
        facts.append(("Sleeps until", moment(item.snoozed_until)))
    elif item.waits and item.respond_by is not None:
        late = " — **late**" if now >= item.respond_by else ""
        facts.append(("Answer due", f"{moment(item.respond_by)} ({moment(item.respond_by, 'R')}){late}"))
    if item.duplicate_of is not None:
        facts.append(("Duplicate of", f"item {item.duplicate_of}"))
    if item.task_id is not None:
        facts.append(("Task", f"task {item.task_id}, {TASK[item.task_status or 'todo']} (`/task show`)"))
    if item.rating is not None:
        facts.append(("Rated", f"{'★' * item.rating}{'☆' * (5 - item.rating)}"))
    return facts


def line_of(item: TriageItem, names: Mapping[int, str], now: int) -> str:
    """Return an item on two lines of a list."""
    if item.sleeps(now) and item.snoozed_until is not None:
        when = f"sleeps until {moment(item.snoozed_until)}"
    elif item.waits and item.respond_by is not None:
        late = "**late**, " if now >= item.respond_by else ""
        when = f"{late}answer due {moment(item.respond_by, 'R')}"
    else:
        when = f"reported {moment(item.created_at, 'R')}"
    has = f"{name_of(item.assigned_to, names)} has it" if item.is_open else STATUS[item.status].lower()
    title = plain(cards.clip(item.title, 80))
    return f"{item.id}\\. **{title}**\n{PRIORITY[item.priority]}, {item.category}, {has}, {when}"


def message_line(message: ChatMessage, names: Mapping[int, str]) -> str:
    """Return a message as a part of a list of them."""
    text = cards.clip(plain_lines(message.text), 1600)
    if message.type == "system":
        return f"{moment(message.created_at)} *{text}*"
    mark = " (note)" if message.internal else ""
    who = name_of(message.sender_id, names)
    return f"{moment(message.created_at)} **{who}**{mark}{_changed(message)}\n{text}"


def message_card(message: ChatMessage, item: TriageItem, names: Mapping[int, str]) -> Card:
    """Return a message as the item's thread shows it; the foot has its number."""
    text = plain_lines(message.text)
    foot = f"Message {message.id}"
    if message.type == "system":
        return cards.info("", f"*{text}*").with_footer(foot)
    who, changed = name_of(message.sender_id, names), _changed(message)
    if message.internal:
        return cards.warning(f"Note by {who}{changed}", text).with_footer(foot)
    if message.sender_id == item.reporter_id:
        return cards.question(f"{who}, who reported this, writes{changed}", text).with_footer(foot)
    return cards.success(f"{who} replies to the reporter{changed}", text).with_footer(foot)


def _changed(message: ChatMessage) -> str:
    """Return what became of a message since it was said."""
    if message.deleted_at is not None:
        return " (deleted)"
    return " (edited)" if message.edited_at is not None else ""


def thread_link(item: TriageItem, guild_id: int | None) -> str | None:
    """Return the address of an item's thread; None without one."""
    if item.thread_state != "open" or item.thread_id is None or guild_id is None:
        return None
    return f"https://discord.com/channels/{guild_id}/{item.thread_id}"
