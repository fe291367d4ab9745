"""The kinds of notices: what people call each, and what they may choose about it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from modelus_bot.subjects.notices.model import Delivery

__all__ = ["KINDS", "Kind", "NoticeType", "wanted_delivery"]

NoticeType = Literal[
    "task_assigned",
    "task_delayed",
    "task_completed",
    "issue_reported",
    "system",
    "oncall",
    "cover",
    "nation",
    "economy",
    "disaster",
    "diplomacy",
]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notices; ``about`` ends "You are told …".

    One that ``may_be_off`` need not even be in the inbox; ``why_not`` says of another why it must be. An
    ``urgent`` one is sent in quiet hours, too.
    """

    label: str
    about: str
    may_be_off: bool = True
    urgent: bool = False
    why_not: str = ""


_COVERS = "Decisions about your own covers change when you are on duty"
_SYSTEM = "Messages of the bot tell you what became of your own changes, and of a restored database"

KINDS: dict[NoticeType, Kind] = {
    "oncall": Kind("On duty", "when your duty begins, ends, moves, or comes near"),
    "cover": Kind("Covers", "of requests that concern you, and what was decided", False, why_not=_COVERS),
    "task_assigned": Kind("Tasks given to you", "when a task becomes yours"),
    "task_delayed": Kind("Late tasks", "when a task of yours is late or at risk"),
    "task_completed": Kind("Finished tasks", "when a task that you gave is done"),
    "issue_reported": Kind("Reports", "of reports that wait for you, night and day", urgent=True),
    "nation": Kind("Nations", "of changes to your nation, its laws, and laws that you wrote"),
    "economy": Kind("Economy", "of loans, payments and turns of your nation"),
    "disaster": Kind("Disasters", "when a disaster hits your nation"),
    "diplomacy": Kind("Diplomacy", "of treaties, alliances and requests"),
    "system": Kind("The bot itself", "what became of changes, and of the database", False, why_not=_SYSTEM),
}
"""Every kind there is, in the order in which they are shown.

Only reports are urgent: whoever is on duty has as little as an hour for one, counted at night as well.
Everything else is as true in the morning.
"""

if set(KINDS) != set(get_args(NoticeType)):
    raise ValueError("every kind of notices needs its rule")


def wanted_delivery(type: NoticeType, chosen: Delivery | None) -> Delivery:
    """Return how a kind is delivered to somebody who has chosen this; without a choice it is sent.

    What may not be switched off is in the inbox at least.
    """
    if chosen == "off" and not KINDS[type].may_be_off:
        return "inbox"
    return chosen or "dm"
