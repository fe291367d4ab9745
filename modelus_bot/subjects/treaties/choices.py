"""Treaties as people pick or type them: by their number."""

from __future__ import annotations

import discord

from modelus_bot.domain.permissions import Viewer
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.nations.choices import PicksNations
from modelus_bot.subjects.treaties.cards.treaty_card import label_of
from modelus_bot.subjects.treaties.model import TreatyStatus
from modelus_bot.subjects.treaties.queries import Side, treaties_to_pick
from modelus_bot.text.escaping import plain
from modelus_bot.ui.cards import clip
from modelus_bot.ui.commands.suggestions import Choices, picks, suggested
from modelus_bot.ui.picks import unpicked

__all__ = ["PicksTreaties"]


class PicksTreaties(PicksNations):
    """A command group whose commands take a treaty."""

    def treaty_number(self, value: str) -> int:
        """Return the number of the treaty that was picked or typed; raises ``InvalidInput``."""
        digits = unpicked("treaty", value) or value.partition(":")[0].strip().lstrip("#")
        if not (digits.isascii() and digits.isdecimal()) or len(digits) > 18 or int(digits) == 0:
            raise InvalidInput(
                f"“{plain(clip(value, 60))}” is not a treaty. Pick one from the list or type its number, as"
                " `/treaty list` shows it.",
                rule="treaty.unknown",
            )
        return int(digits)

    async def suggest_treaties(
        self, interaction: discord.Interaction, typed: str, status: TreatyStatus, side: Side = "either"
    ) -> Choices:
        """Suggest treaties of a status in which the member's nation stands on a side."""
        viewer: Viewer = self.viewer(interaction)
        found = await suggested(interaction, treaties_to_pick, viewer, status, side)
        return picks("treaty", ((label_of(one), one.id) for one in found or ()), typed)
