"""The kinds of events: the sign before each, and the title of a message about this kind alone. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from modelus_bot.subjects.feed.model import Event, EventKind

__all__ = ["KINDS", "KindOfEvent", "title_of"]

NEWS = "News of the nations"


@dataclass(frozen=True, slots=True)
class KindOfEvent:
    """A kind of events: ``sign`` stands before each, ``title`` above several of it."""

    sign: str
    title: str


KINDS: dict[EventKind, KindOfEvent] = {
    "nation.founded": KindOfEvent("🌱", "A nation is founded"),
    "nation.renamed": KindOfEvent("🏷️", "A new name"),
    "nation.archived": KindOfEvent("🗄️", "A nation is archived"),
    "nation.restored": KindOfEvent("🌤️", "A nation is back"),
    "nation.government": KindOfEvent("🏛️", "A new form of government"),
    "nation.leader": KindOfEvent("🎖️", "Who leads"),
    "law.enacted": KindOfEvent("📜", "A law is enacted"),
    "law.opened": KindOfEvent("📜", "A law is public now"),
    "law.repealed": KindOfEvent("✂️", "A law is repealed"),
    "war.started": KindOfEvent("⚔️", "A war has begun"),
    "war.joined": KindOfEvent("⚔️", "A nation joins a war"),
    "war.left": KindOfEvent("🕊️", "A nation leaves a war"),
    "war.ended": KindOfEvent("🕊️", "A war has ended"),
    "treaty.signed": KindOfEvent("🤝", "A treaty is signed"),
    "treaty.ended": KindOfEvent("🤝", "A treaty has ended"),
    "bloc.changed": KindOfEvent("🧩", "A bloc changes"),
    "loan.granted": KindOfEvent("🏦", "A loan is granted"),
    "loan.defaulted": KindOfEvent("🏦", "A loan is in default"),
    "disaster.struck": KindOfEvent("🌪️", "A disaster strikes"),
    "corrected": KindOfEvent("↩️", "A correction"),
}

if set(KINDS) != set(get_args(EventKind)):
    raise ValueError("every kind of events needs its words")


def title_of(events: tuple[Event, ...]) -> str:
    """Return what stands above events that are told together."""
    return KINDS[events[0].kind].title if len(events) == 1 else NEWS
