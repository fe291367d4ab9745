"""What administrators do with a nation's figures: set them, and undo a change of one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.permissions import require_admin
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.feed.writes.recording import taken_back
from modelus_bot.subjects.nations.model import HistoryEntry, Nation, NationChange
from modelus_bot.subjects.nations.queries.history import history_entry, history_from
from modelus_bot.subjects.nations.queries.records import require_nation
from modelus_bot.subjects.nations.rules.figures import FIGURES, change_of, checked, shown
from modelus_bot.subjects.nations.rules.undoing import dependent, undone_of
from modelus_bot.subjects.nations.rules.words import CAUSES
from modelus_bot.subjects.nations.writes.fields import NationNumber
from modelus_bot.subjects.nations.writes.saving import save
from modelus_bot.text.escaping import plain

__all__ = ["EditNation", "EditableMetric", "Mode", "UndoChange"]

Mode = Literal["add", "subtract", "set"]
EditableMetric = Literal[
    "gdp", "population", "stability_bp", "tax_bp", "debt", "treasury", "ground", "naval", "air"
]
Amount = Annotated[int, Field(gt=-(2**62), lt=2**62)]


class EditNation(Write[NationChange]):
    """Add to a figure, subtract from it or set it; ``value`` is in the units that the figure is kept in.

    The context's reason is kept with the change.
    """

    nation_id: NationNumber
    metric: EditableMetric
    mode: Mode
    value: Amount

    def apply(self, tx: Transaction) -> NationChange:
        """Save it; what would be out of range is refused, not clamped."""
        require_admin(tx)
        before = require_nation(tx, self.nation_id)
        present = getattr(before, self.metric)
        new = checked(self.metric, change_of(self.mode, present, self.value))
        if new == present:
            raise InvalidInput(
                f"{FIGURES[self.metric].label} of {plain(before.name)} is {shown(self.metric, new)} already.",
                rule="nation.unchanged",
            )
        changes: dict[str, Any] = {self.metric: new}
        return save(tx, before, **changes)


class UndoChange(Write[NationChange]):
    """Set a figure back to what it was before a change; refused while something later depends on that."""

    history_id: NationNumber

    def apply(self, tx: Transaction) -> NationChange:
        """Save it as a change of its own, which names the one it undid."""
        require_admin(tx)
        entry = history_entry(tx, self.history_id)
        before = require_nation(tx, entry.nation_id)
        later = history_from(tx, entry)
        if entry.old is None:
            raise InvalidInput(
                f"Change {entry.id} is where the figure began, so there is nothing to go back to.",
                rule="undo.beginning",
            )
        if entry.id in undone_of(later):
            raise InvalidInput(f"Change {entry.id} has been undone already.", rule="undo.undone")
        if entry.metric in {"debt", "treasury"} and entry.cause != "undo" and entry.cause_id is not None:
            raise InvalidInput(
                f"Change {entry.id} is one side of transaction {entry.cause_id}. Take both back with"
                " `/economy reverse` instead.",
                rule="undo.booked",
            )
        _require_last(entry, before, dependent(entry, later))
        taken_back(tx, "nation_history", entry.id)
        change = save(tx, before, cause="undo", cause_id=entry.id, **{entry.metric: entry.old})
        return NationChange(change.before, change.after, change.history, entry)


def _require_last(entry: HistoryEntry, nation: Nation, other: HistoryEntry | None) -> None:
    """Raise ``InvalidInput`` if something builds on a change: ``other``, or a change from outside."""
    label = FIGURES[entry.metric].label
    if other is not None:
        raise InvalidInput(
            f"Change {entry.id} cannot be undone, because change {other.id} came after it: {label}"
            f" {shown(other.metric, other.old)} → {shown(other.metric, other.new)}"
            f" ({CAUSES[other.cause]}, <t:{other.at}:f>). Undo that one first.",
            rule="undo.depends",
        )
    if getattr(nation, entry.metric) != entry.new:
        raise InvalidInput(
            f"{label} of {plain(nation.name)} is {shown(entry.metric, getattr(nation, entry.metric))}, not"
            f" {shown(entry.metric, entry.new)} as change {entry.id} left it: it was changed outside of"
            " the bot. Set it with `/nation-admin edit` instead.",
            rule="undo.differs",
        )
