"""What those who lead a nation decide: its taxes, its form of government, what is said of it, its flag."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import Snowflake
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.nations.model import NationChange
from modelus_bot.subjects.nations.rules.figures import shown
from modelus_bot.subjects.nations.rules.governments import checked_government
from modelus_bot.subjects.nations.writes.fields import NationNumber
from modelus_bot.subjects.nations.writes.powers import led_nation
from modelus_bot.subjects.nations.writes.saving import save
from modelus_bot.subjects.nations.writes.waiting import begin_wait
from modelus_bot.text.escaping import plain

__all__ = ["Describe", "SetFlag", "SetGovernment", "SetTax"]

MOST_TAX = 5000
"""What leaders may ask, in hundredths of a percent; administrators may set more."""


class SetTax(Write[NationChange]):
    """Set the tax rate, in hundredths of a percent; possible once in seven days."""

    tax_bp: Annotated[int, Field(ge=0, le=MOST_TAX)]
    nation_id: NationNumber | None = None

    def apply(self, tx: Transaction) -> NationChange:
        """Save it; the budget follows."""
        before = led_nation(tx, self.nation_id, deputy=True)
        if self.tax_bp == before.tax_bp:
            raise InvalidInput(
                f"The tax rate of {plain(before.name)} is {shown('tax_bp', before.tax_bp)} already, so"
                " nothing was changed and nothing has to wait.",
                rule="nation.unchanged",
            )
        begin_wait(tx, before, "tax")
        return save(tx, before, cause="tax", tax_bp=self.tax_bp)


class SetGovernment(Write[NationChange]):
    """Choose one of the known forms of government."""

    government: Annotated[str, Field(min_length=1, max_length=40)]
    nation_id: NationNumber | None = None

    def apply(self, tx: Transaction) -> NationChange:
        """Save it."""
        before = led_nation(tx, self.nation_id, deputy=False)
        government = checked_government(self.government)
        if government == before.government:
            raise InvalidInput(
                f"{plain(before.name)} has this form of government already.", rule="nation.unchanged"
            )
        return save(tx, before, government=government)


class Describe(Write[NationChange]):
    """Say what a nation is; None says nothing of it any more."""

    description: Annotated[str, Field(min_length=1, max_length=1000)] | None
    nation_id: NationNumber | None = None

    def apply(self, tx: Transaction) -> NationChange:
        """Save it."""
        before = led_nation(tx, self.nation_id, deputy=True)
        if self.description == before.description:
            raise InvalidInput("Nothing to change: that is what its card says now.", rule="nation.unchanged")
        return save(tx, before, description=self.description)


class SetFlag(Write[NationChange]):
    """Remember the message in which a nation's flag stands; possible once in three hours."""

    channel_id: Snowflake
    message_id: Snowflake
    nation_id: NationNumber | None = None

    def apply(self, tx: Transaction) -> NationChange:
        """Save it."""
        before = led_nation(tx, self.nation_id, deputy=True)
        begin_wait(tx, before, "flag")
        return save(tx, before, flag_channel_id=self.channel_id, flag_message_id=self.message_id)
