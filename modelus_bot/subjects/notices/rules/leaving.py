"""What becomes of notices whose time has come: which leave now, and which of them as one message. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal, cast

from modelus_bot.subjects.notices.model import Notice, Parcel, Preferences
from modelus_bot.subjects.notices.rules.kinds import KINDS, NoticeType, wanted_delivery
from modelus_bot.subjects.notices.rules.quiet_hours import quiet_until

__all__ = ["Judgement", "Leaving", "judged", "leaving", "together"]

TOGETHER = 10
"""Notices of one message: Discord takes so many cards."""
TOTAL = 6000
"""Characters that it takes in all cards of a message."""
ADDED = 400
"""Characters that a card may have beside its notice's title and text: its number, a link."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a notice leaves now, is held ``until`` an instant, or stays in the inbox or out of it."""

    does: Literal["leave", "hold", "inbox", "off"]
    until: int = 0


@dataclass(frozen=True, slots=True)
class Leaving:
    """What becomes of somebody's due notices: what is sent, held until when, kept in the inbox."""

    parcels: tuple[Parcel, ...]
    held: tuple[tuple[Notice, int], ...]
    kept: tuple[Notice, ...]


def judged(type: NoticeType, chosen: Preferences, at: int, fallback: str) -> Judgement:
    """Return what becomes of a notice of that kind at an instant (UTC seconds)."""
    wanted = wanted_delivery(type, chosen.deliveries.get(type))
    if wanted != "dm":
        return Judgement(wanted)
    until = None if KINDS[type].urgent else quiet_until(chosen.quiet, at, fallback)
    return Judgement("leave") if until is None else Judgement("hold", until)


def leaving(due: Sequence[Notice], chosen: Preferences, at: int, fallback: str) -> Leaving:
    """Return what becomes of one person's due notices, which are in the order in which they leave.

    A message that was packed before leaves as it was, since Discord may have it already. If something in it
    may not leave any more, it is only looked for. What was switched off after it was queued stays in the
    inbox.
    """
    judgements = {item.type: judged(_type(item), chosen, at, fallback) for item in due}
    loose = [item for item in due if item.parcel is None]
    leaves = [item for item in loose if judgements[item.type].does == "leave"]
    held = [(item, judgements[item.type]) for item in loose if judgements[item.type].does == "hold"]
    kept = [item for item in loose if judgements[item.type].does in {"inbox", "off"}]
    may_leave = {key for key, found in judgements.items() if found.does == "leave"}
    return Leaving(
        (*_packed_before(due, may_leave), *_packed_now(leaves, at)),
        tuple((item, found.until) for item, found in held),
        tuple(kept),
    )


def _packed_before(due: Iterable[Notice], may_leave: Collection[str]) -> Iterator[Parcel]:
    packed = sorted((item for item in due if item.parcel is not None), key=_parcel)
    for number, members in groupby(packed, key=_parcel):
        notices = tuple(members)
        yield Parcel(number, notices, only_look=any(item.type not in may_leave for item in notices))


def _packed_now(notices: Iterable[Notice], at: int) -> Iterator[Parcel]:
    for part in together(notices):
        number = part[0].id
        packed = tuple(replace(item, parcel=number, packed_at=at) for item in part)
        yield Parcel(number, packed, fresh=True)


def together(notices: Iterable[Notice]) -> Iterator[tuple[Notice, ...]]:
    """Yield notices, in their order, in as few messages as Discord's limits allow."""
    part: list[Notice] = []
    length = 0
    for notice in notices:
        own = len(notice.title) + len(notice.message) + ADDED
        if part and (len(part) == TOGETHER or length + own > TOTAL):
            yield tuple(part)
            part, length = [], 0
        part.append(notice)
        length += own
    if part:
        yield tuple(part)


def _parcel(notice: Notice) -> int:
    return notice.parcel or 0


def _type(notice: Notice) -> NoticeType:
    return cast("NoticeType", notice.type)
