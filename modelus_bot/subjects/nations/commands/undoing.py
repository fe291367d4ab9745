"""/nation-admin undo: taking back a change of a figure."""

from __future__ import annotations

import discord
from discord import app_commands

from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.nations.choices import LONGEST
from modelus_bot.subjects.nations.commands.acting import ActsForNations
from modelus_bot.subjects.nations.commands.administering import DRY_RUN, WHY, Reason
from modelus_bot.subjects.nations.model import HistoryEntry
from modelus_bot.subjects.nations.queries.undoable import undoable_changes
from modelus_bot.subjects.nations.rules.figures import FIGURES, shown
from modelus_bot.subjects.nations.rules.words import CAUSES
from modelus_bot.subjects.nations.writes.editing import UndoChange
from modelus_bot.text.escaping import bare, plain
from modelus_bot.ui.commands.suggestions import SHOWN, Choices, picks, suggested
from modelus_bot.ui.picks import unpicked

__all__ = ["UndoesChanges"]

LAST = 2**63 - 1


class UndoesChanges(ActsForNations):
    """The command of administrators that undoes changes."""

    @app_commands.command(
        name="undo", description="Undo a change of a figure, unless something later depends on it"
    )
    @app_commands.describe(
        change="Which: pick it by its nation or reason, or type its number as /nation history has it",
        reason=WHY,
        dry_run=DRY_RUN,
    )
    async def undo(
        self,
        interaction: discord.Interaction,
        change: str,
        reason: Reason | None = None,
        dry_run: bool = False,
    ) -> None:
        """Save the way back, or show it."""
        await self.begin(interaction, None)
        write = UndoChange(history_id=_number(change))
        await self.carry_out(interaction, write, reason=reason, dry_run=dry_run)

    @undo.autocomplete("change")
    async def _to_undo(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Suggest what nothing depends on: of nations called so first, then what has the words."""
        found = await suggested(interaction, undoable_changes, typed.strip()[:LONGEST])
        if found is None:
            return []
        named = picks("change", ((_label(*item), item[1].id) for item in found.named), "")
        newest = picks("change", ((_label(*item), item[1].id) for item in found.newest), typed)
        known = {choice.value for choice in named}
        return [*named, *(choice for choice in newest if choice.value not in known)][:SHOWN]


def _number(typed: str) -> int:
    """Return the number of the change that was picked or typed; raises ``InvalidInput``."""
    key = unpicked("change", typed) or typed.strip().removeprefix("#")
    if not (key.isascii() and key.isdecimal()) or not 1 <= int(key[:20]) <= LAST:
        raise InvalidInput(
            f"“{plain(typed[:40])}” is not the number of a change. Pick one from the list, or take the number"
            " from `/nation history`.",
            rule="history.unknown",
        )
    return int(key)


def _label(nation: str, entry: HistoryEntry) -> str:
    change = f"{shown(entry.metric, entry.old)} → {shown(entry.metric, entry.new)}"
    cause = f"change {entry.cause_id} undone" if entry.cause == "undo" else CAUSES[entry.cause]
    why = f", {bare(entry.reason)}" if entry.reason else f", {cause}"
    return f"{entry.id}: {bare(nation)}, {FIGURES[entry.metric].label} {change}{why}"
