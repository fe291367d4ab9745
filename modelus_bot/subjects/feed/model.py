"""What an event is, and what is told of several in one message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Event", "EventKind", "FeedPost", "FeedState", "OnItsWay"]

EventKind = Literal[
    "nation.founded",
    "nation.renamed",
    "nation.archived",
    "nation.restored",
    "nation.government",
    "nation.leader",
    "law.enacted",
    "law.opened",
    "law.repealed",
    "war.started",
    "war.joined",
    "war.left",
    "war.ended",
    "treaty.signed",
    "treaty.ended",
    "bloc.changed",
    "loan.granted",
    "loan.defaulted",
    "disaster.struck",
    "corrected",
]
"""Everything that can be told of; a subject with a new one adds a line here and one to the words of kinds."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; ``user_id`` is who it is about, ``at`` UTC seconds."""

    id: int
    kind: EventKind
    nation_id: int | None
    user_id: int | None
    headline: str
    at: int


@dataclass(frozen=True, slots=True)
class FeedPost:
    """Events that leave as one message, in their order; packed for ``channel_id`` at ``packed_at``.

    One that is ``closed`` tells of something that is not for everybody any more.
    """

    channel_id: int
    packed_at: int
    events: tuple[Event, ...]
    closed: bool = False

    @property
    def ids(self) -> tuple[int, ...]:
        """The numbers of its events."""
        return tuple(event.id for event in self.events)


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """What there is to do: a message of which nothing is known yet, and since when the oldest event waits."""

    post: FeedPost | None
    oldest_at: int | None
    waiting: int


@dataclass(frozen=True, slots=True)
class FeedState:
    """How a channel's feed is: what waits, why Discord refused it last, and when something was told last."""

    waiting: int
    refusal: str | None
    posted_at: int | None
