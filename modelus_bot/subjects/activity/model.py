"""What is counted of messages, and how somebody in office stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from modelus_bot.subjects.nations.model import OfficeName

__all__ = [
    "ChannelCount",
    "Count",
    "Counted",
    "DayCount",
    "InactivityReport",
    "Leave",
    "LeaveChange",
    "MemberActivity",
    "OfficeStanding",
    "Standing",
    "TopEntry",
]

Standing = Literal["heard", "silent", "inactive", "leave"]
"""``silent`` until the days of the office's limit are over, then ``inactive``."""


class Count(NamedTuple):
    """Messages of a member in a channel on a day; ``last_at`` (UTC seconds) is the newest one's."""

    channel_id: int
    user_id: int
    day: date
    messages: int
    last_at: int


@dataclass(frozen=True, slots=True)
class Counted:
    """What became of a batch: ``left_out`` are messages of members who are deactivated or were erased."""

    messages: int
    left_out: int


@dataclass(frozen=True, slots=True)
class TopEntry:
    """A member's messages within some days, and on how many of those days they wrote."""

    user_id: int
    messages: int
    days: int
    last_at: int


@dataclass(frozen=True, slots=True)
class DayCount:
    """Messages of one day."""

    day: date
    messages: int


@dataclass(frozen=True, slots=True)
class ChannelCount:
    """Messages in one channel."""

    channel_id: int
    messages: int


@dataclass(frozen=True, slots=True)
class Leave:
    """From when to when somebody is away, both days included, and when they said so themselves."""

    user_id: int
    from_day: date
    to_day: date
    said_on: date | None

    def covers(self, day: date) -> bool:
        """Say whether a day is part of it."""
        return self.from_day <= day <= self.to_day


@dataclass(frozen=True, slots=True)
class LeaveChange:
    """A leave before and after a change; None: there is none. ``back`` says that it was ended."""

    user_id: int
    before: Leave | None
    after: Leave | None
    back: bool


@dataclass(frozen=True, slots=True)
class MemberActivity:
    """One member's messages since ``first``; ``by_day`` without days on which they wrote nothing."""

    user_id: int
    first: date
    by_day: tuple[DayCount, ...]
    by_channel: tuple[ChannelCount, ...]
    last_at: int | None
    """The newest message that is known, whenever it was."""
    leave: Leave | None

    @property
    def messages(self) -> int:
        """All of them."""
        return sum(one.messages for one in self.by_day)


@dataclass(frozen=True, slots=True)
class OfficeStanding:
    """Who holds an office of a nation, and for how many days they have not been heard.

    ``silent_since`` is the last day on which they were there for certain. ``limit`` is how many days of
    silence make them inactive; 0: none do. ``item_id`` is the item that was made of this silence.
    """

    office_id: int
    nation_id: int
    nation: str
    office: OfficeName
    user_id: int
    silent_since: date
    silent_days: int
    limit: int
    standing: Standing
    last_at: int | None = None
    leave_to: date | None = None
    item_id: int | None = None
    item_status: str | None = None


@dataclass(frozen=True, slots=True)
class InactivityReport:
    """What a look at the offices found: how many are held, and the items that were made."""

    day: date
    offices: int
    items: tuple[int, ...]
