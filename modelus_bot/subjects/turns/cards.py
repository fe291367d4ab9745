"""How far the simulation's clock is, and what the next turn would do. Pure."""

from __future__ import annotations

from modelus_bot.subjects.ledger.rules.amounts import exact
from modelus_bot.subjects.turns.model import SimulationClock, TurnPreview
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.people import moment

__all__ = ["clock_card", "preview_card"]


def clock_card(found: SimulationClock | None, title: str = "The simulation's clock") -> Card:
    """Return which turn it is, and when the next one comes."""
    if found is None:
        return cards.info(title, "It was not set going yet.")
    state = "The first turn has not begun yet." if not found.turn else f"Turn {found.turn} is over."
    if found.phase != "idle":
        state = f"Turn {found.turn} is under way."
    if found.paused_at is not None:
        return cards.warning(title, f"{state}\nTurns are held since {moment(found.paused_at)}.")
    return cards.info(
        title, f"{state}\nThe next one is due {moment(found.next_at)} ({moment(found.next_at, 'R')})."
    )


def preview_card(found: TurnPreview) -> Card:
    """Return what the next turn would do if it came now."""
    settled = f"{exact(found.interest)} interest, {exact(found.paid)} paid"
    lines = [
        f"{found.nations:,} nations would get {exact(found.income)}.",
        f"{found.loans:,} loans would be settled: {settled}.",
    ]
    if found.missed_count:
        named = ", ".join(found.missed)
        more = found.missed_count - len(found.missed)
        rest = f" and {more:,} more" if more else ""
        lines.append(f"**{found.missed_count:,} instalments would be missed:** {named}{rest}.")
    if found.defaulted:
        lines.append(f"**{found.defaulted:,} loans would be in default.**")
    return cards.info(f"Turn {found.turn}, if it came now", "\n".join(lines)).with_footer("Nothing was saved")
