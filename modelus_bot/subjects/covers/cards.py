"""The card that shows how a cover request stands."""

from __future__ import annotations

from modelus_bot.domain.cover_days import days_words
from modelus_bot.subjects.covers.model import Cover
from modelus_bot.text.escaping import plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.people import moment, name_of

__all__ = ["card_of"]

STANDS = {
    "open": "Open",
    "taken": "Taken, waiting for approval",
    "approved": "Approved",
    "declined": "Declined",
    "withdrawn": "Withdrawn",
    "expired": "Expired",
    "revoked": "Revoked",
}


def card_of(cover: Cover, names: dict[int, str], before: str | None = None) -> Card:
    """Return the card that shows a request; ``before`` is the status it had before the last step."""
    make = {"approved": cards.success, "open": cards.question, "taken": cards.question}.get(
        cover.status, cards.info
    )
    stands = STANDS[cover.status]
    if before is not None and before != cover.status:
        stands = f"{STANDS[before]} → {stands}"
    who = name_of(cover.replacement_id, names) if cover.replacement_id else "anybody on the roster"
    lines = [
        f"**Turn:** {plain(cover.duty)}, {plain(cover.sprint_name)}",
        f"**Of:** {name_of(cover.original_id, names)}",
    ]
    if cover.days is not None:
        lines.append(f"**Days:** {days_words(cover.days)}")
    if cover.requested_by != cover.original_id:
        lines.append(f"**Asked by:** {name_of(cover.requested_by, names)}")
    lines += [f"**Cover by:** {who}", f"**Status:** {stands}"]
    if cover.decided_by is not None and cover.decided_at is not None:
        lines.append(f"**Decided by:** {name_of(cover.decided_by, names)}, {moment(cover.decided_at)}")
    if cover.reason:
        lines.append(f"**Reason:** {plain(cover.reason)}")
    card = make(f"Cover request {cover.id}", "\n".join(lines))
    if cover.attempts > 1:
        card = card.with_footer(f"Asked {cover.attempts} times")
    return card
