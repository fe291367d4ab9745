"""A treaty's card, lists of treaties, and what a change did. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from modelus_bot.subjects.treaties.model import Treaty, TreatyChange, TreatyStatus
from modelus_bot.subjects.treaties.rules import A_KIND, KINDS, STATES, lasted
from modelus_bot.text.escaping import bare, plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.people import moment, quoted

__all__ = ["change_card", "label_of", "treaties_card", "treaty_card"]


def treaty_card(treaty: Treaty, now: int) -> Card:
    """Return a treaty: who with whom, since when, on what terms."""
    make = {"pending": cards.question, "active": cards.success}.get(treaty.status, cards.info)
    lines = [f"**Status:** {_standing(treaty, now)}", _proposal(treaty)]
    if treaty.end_reason:
        lines.append(f"**Reason:** {plain(treaty.end_reason)}")
    if treaty.terms:
        lines.append(f"**Terms:**\n{quoted(treaty.terms)}")
    card = make(f"{KINDS[treaty.kind]}: {_pair(treaty)}", "\n".join(lines))
    return card.with_footer(f"Treaty {treaty.id}")


def change_card(change: TreatyChange, now: int) -> Card:
    """Return what a change did to a treaty, and the treaty as it is now."""
    after = change.after
    card = treaty_card(after, now)
    return replace(card, text=f"{_done(change)}\n\n{card.text}")


def treaties_card(found: Sequence[Treaty], status: TreatyStatus, nation: str | None, now: int) -> Card:
    """Return a page of treaties of a status; ``nation`` names whose, None: everybody's."""
    lines = [f"**{one.id}** {KINDS[one.kind]}: {_pair(one)}, {_brief(one, now)}" for one in found]
    whose = f" of {plain(nation)}" if nation is not None else ""
    empty = "None. `/treaty propose` proposes one."
    return cards.info(f"Treaties{whose}: {STATES[status].lower()}", cards.lines(lines, empty=empty))


def label_of(treaty: Treaty) -> str:
    """Return what a list to pick from calls a treaty."""
    return f"{treaty.id}: {KINDS[treaty.kind]}, {bare(treaty.name_a)} and {bare(treaty.name_b)}"


def _pair(treaty: Treaty) -> str:
    return f"{plain(treaty.name_a)} and {plain(treaty.name_b)}"


def _done(change: TreatyChange) -> str:
    """Say in a sentence what happened."""
    after = change.after
    by, to = plain(after.name_of(after.proposed_by)), plain(after.name_of(after.answerer))
    if change.before is None:
        told = "" if change.leaders else f" Nobody leads {to} at present, so nobody was told."
        return f"{by} proposes {A_KIND[after.kind]} to {to}.{told}"
    what = KINDS[after.kind].lower()
    if after.status == "active":
        return f"{to} accepted: the {what} is in force."
    if after.status == "declined":
        return f"{to} declined the {what}. It can be proposed again at any time."
    if after.status == "withdrawn":
        return f"{by} withdrew the {what}."
    return f"The {what} has ended."


def _standing(treaty: Treaty, now: int) -> str:
    state = STATES[treaty.status]
    if treaty.status == "pending":
        return f"{state}, can be answered until {moment(treaty.expires_at)}"
    if treaty.decided_at is None:
        return state
    if treaty.status == "active":
        return f"{state} since {moment(treaty.decided_at, 'D')} ({lasted(treaty, now)})"
    if treaty.ended_at is not None:
        begun, over = moment(treaty.decided_at, "D"), moment(treaty.ended_at, "D")
        return f"{state}, was in force from {begun} to {over} ({lasted(treaty, now)})"
    return f"{state} {moment(treaty.decided_at, 'D')}"


def _proposal(treaty: Treaty) -> str:
    by, to = plain(treaty.name_of(treaty.proposed_by)), plain(treaty.name_of(treaty.answerer))
    return f"**Proposed:** by {by} to {to}, {moment(treaty.proposed_at, 'D')}"


def _brief(treaty: Treaty, now: int) -> str:
    if treaty.status == "pending":
        by = plain(treaty.name_of(treaty.proposed_by))
        return f"proposed by {by}, until {moment(treaty.expires_at, 'D')}"
    if treaty.status == "active":
        return f"for {lasted(treaty, now)}"
    if treaty.status == "ended":
        return f"lasted {lasted(treaty, now)}"
    return f"{moment(treaty.decided_at or treaty.expires_at, 'D')}"
