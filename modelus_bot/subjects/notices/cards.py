"""What people see of notices: a notice, a page of the inbox, what they have chosen."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from modelus_bot.subjects.notices.model import Notice, Preferences
from modelus_bot.subjects.notices.rules.kinds import KINDS, NoticeType
from modelus_bot.subjects.notices.rules.quiet_hours import is_known_zone
from modelus_bot.text.escaping import plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.people import moment

if TYPE_CHECKING:
    import discord

__all__ = [
    "DELIVERIES",
    "clock_words",
    "is_of",
    "kind_label",
    "line_of",
    "notice_card",
    "opened_card",
    "quiet_card",
]

DELIVERIES = {
    "dm": ("Direct message", "Sent to you, and kept in your inbox"),
    "inbox": ("Inbox only", "Nothing is sent; `/inbox list` has it"),
    "off": ("Off", "Neither sent nor kept for you"),
}
"""What each delivery is called, and a few words about it."""

_NUMBER = re.compile(r"Inbox number (\d+)")
_WAYS = {
    "dm": "Sent to you as a direct message {at}.",
    "inbox": "Kept in your inbox, as you have chosen for this kind.",
    "read": "Not sent, since you had read it here before.",
    "closed": "Could not be sent {at}: your direct messages are closed to the bot.",
    "outdated": "Not sent: what it tells of had passed, or was somebody else's, by then.",
    "given_up": "Could not be sent, after many tries.",
}
OPEN_AGAIN = (
    "To get direct messages again, allow them for this server: its name, Privacy Settings, Direct Messages."
)


def notice_card(notice: Notice) -> Card:
    """Return a notice as it is sent; its number is how it is found in the inbox, and in direct messages."""
    return cards.info(notice.title, notice.message).with_footer(f"Inbox number {notice.id}")


def is_of(notices: Sequence[Notice], message: discord.Message) -> bool:
    """Say whether a message shows one of the notices."""
    known = {(item.id, item.title.strip()) for item in notices}
    return any((_number(drawn.footer.text), drawn.title) in known for drawn in message.embeds)


def opened_card(notice: Notice) -> Card:
    """Return a notice as its reader opens it: also when it came, and what became of sending it."""
    card = notice_card(notice).with_field("Kind", kind_label(notice.type), inline=True)
    card = card.with_field("Since", moment(notice.created_at), inline=True)
    return card.with_field("Sending", _sending(notice))


def line_of(notice: Notice) -> str:
    """Return a notice as one line of a list; what was not read stands out."""
    mark, title = ("🔵", f"**{notice.title}**") if not notice.is_read else ("▫️", notice.title)
    failed = " ⚠️" if notice.way in {"closed", "given_up"} else ""
    return (
        f"{mark} {notice.id}. {title}{failed} ({kind_label(notice.type)}, {moment(notice.created_at, 'R')})"
    )


def kind_label(type: str) -> str:
    """Return what people call a kind of notices."""
    return KINDS[cast("NoticeType", type)].label


def quiet_card(chosen: Preferences, fallback: str, title: str = "Your quiet hours") -> Card:
    """Return when nothing is sent to somebody, and what time it is where they are."""
    zone = chosen.zone if is_known_zone(chosen.zone) else fallback
    now = datetime.fromtimestamp(time.time(), ZoneInfo(zone))
    place = f"Your time zone is {plain(zone)}, where it is {now:%H:%M} now."
    if chosen.quiet is None:
        return cards.info(title, f"You have none: notices are sent at once.\n{place}\n{_how()}")
    hours = f"{clock_words(chosen.quiet.begin)} to {clock_words(chosen.quiet.end)}"
    urgent = ", ".join(kind.label for kind in KINDS.values() if kind.urgent)
    text = (
        f"From **{hours}** nothing is sent to you but what is urgent ({urgent})."
        f" The rest is in your inbox at once and is sent when they end.\n{place}\n{_how()}"
    )
    return cards.info(title, text)


def clock_words(minute: int) -> str:
    """Return a minute of the day as a clock shows it."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _how() -> str:
    return "`/inbox quiet` with `from`, `to` and `zone` changes this, `from: off` ends quiet hours."


def _sending(notice: Notice) -> str:
    if notice.delivered_at is None:
        failed = " The last try failed." if notice.attempts else ""
        return f"Is sent to you {moment(notice.deliver_after, 'R')} if you do not read it before.{failed}"
    words = _WAYS[notice.way or "dm"].format(at=moment(notice.delivered_at))
    return f"{words} {OPEN_AGAIN}" if notice.way == "closed" else words


def _number(footer: str | None) -> int | None:
    found = _NUMBER.fullmatch(footer or "")
    return int(found[1]) if found is not None else None
