"""A bloc's card, lists of blocs, and what a change did. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from modelus_bot.subjects.blocs.model import BlocChange, BlocMember, BlocSheet, BlocStatus
from modelus_bot.text.escaping import plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.people import moment, quoted

__all__ = ["bloc_card", "blocs_card", "change_card"]

NAMED = 6
"""How many members a line of a list names."""


def bloc_card(sheet: BlocSheet) -> Card:
    """Return a bloc: what it stands for, who leads it, who belongs to it and who is invited."""
    bloc, leader = sheet.bloc, sheet.leader
    lines = [f"**Since:** {moment(bloc.created_at, 'D')}"]
    if bloc.disbanded_at is not None:
        lines.append(f"**Disbanded:** {moment(bloc.disbanded_at, 'D')}")
    if leader is not None:
        lines.append(f"**Led by:** {plain(leader.nation)}")
    if bloc.description:
        lines.append(quoted(bloc.description))
    make = cards.info if bloc.disbanded_at is not None else cards.success
    card = make(plain(bloc.name), "\n".join(lines))
    if sheet.members:
        joined = [f"{plain(one.nation)} (since {moment(one.at, 'D')})" for one in sheet.members]
        text = cards.lines(joined, empty="", limit=900)
        card = card.with_field(f"Members ({len(sheet.members)})", text)
    if sheet.invited:
        card = card.with_field("Invited", cards.lines(map(_waits, sheet.invited), empty="", limit=900))
    return card.with_footer(f"Bloc {bloc.id}")


def change_card(change: BlocChange) -> Card:
    """Return what a change did, and the bloc as it is now."""
    card = bloc_card(change.after)
    return replace(card, text=f"{change.done}\n\n{card.text}")


def blocs_card(found: Sequence[BlocSheet], status: BlocStatus) -> Card:
    """Return a page of blocs."""
    empty = "There is no bloc yet. `/bloc create` founds one."
    empty = empty if status == "active" else "No bloc was disbanded."
    title = "Blocs" if status == "active" else "Blocs that are disbanded"
    return cards.info(title, cards.lines(map(_line, found), empty=empty))


def _line(sheet: BlocSheet) -> str:
    name = f"**{plain(sheet.bloc.name)}**"
    if sheet.bloc.disbanded_at is not None:
        return f"{name}, disbanded {moment(sheet.bloc.disbanded_at, 'D')}"
    leader = sheet.leader
    others = [plain(one.nation) for one in sheet.members if one is not leader]
    more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
    with_whom = f" with {', '.join(others[:NAMED])}{more}" if others else ", alone"
    return f"{name}: {plain(leader.nation) if leader is not None else 'nobody'}{with_whom}"


def _waits(one: BlocMember) -> str:
    until = f", can answer until {moment(one.expires_at, 'D')}" if one.expires_at is not None else ""
    return f"{plain(one.nation)}{until}"
